"""Points come a week after delivery, go with what comes back, end in time; levels go up at once and down in a new month."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import insert, select, update

from bot.clock import FixedClock
from bot.config import Membership
from bot.services import Services
from bot.store.database import Database
from bot.store.loyalty import points
from bot.store.tables import customers, orders, returns, shipments
from scheduler import membership
from scheduler.membership import Kept
from tests.support.build import Build
from tests.support.door import services_of
from tests.support.moved_clock import move


@pytest.fixture
def services(database: Database, clock: FixedClock, tmp_path: Path) -> Services:
    made = services_of(database, clock, tmp_path)
    config = made.config.model_copy(update={"membership": Membership(source="orders")})
    return replace(made, config=config)


class Shop:
    def __init__(self, services: Services, clock: FixedClock) -> None:
        self.services, self.clock = services, clock
        with services.database.transaction() as session:
            self.anna = Build(session).customer(openid="o-anna", points=40)

    def delivered(self, amount: str = "168.90", days_ago: int = 3) -> int:
        at = self.clock.now() - timedelta(days=days_ago)
        with self.services.database.transaction() as session:
            order = Build(session).order(
                self.anna, status="delivered", amount=Decimal(amount), ordered_at=at - timedelta(days=2),
                external_id=f"D{amount}-{days_ago}",
            )  # fmt: skip
            row = {"external_id": f"S{order}", "order_id": order, "status": "delivered", "delivered_at": at}
            session.execute(insert(shipments).values(row))
        return order

    def came_back(self, order: int, amount: str | None) -> None:
        row = {"external_id": f"R{order}", "order_id": order, "kind": "return", "status": "closed"}
        with self.services.database.transaction() as session:
            session.execute(
                insert(returns).values(
                    row | {"amount": amount and Decimal(amount), "requested_at": self.clock.now()}
                )
            )

    @property
    def member(self) -> tuple[int, str | None]:
        with self.services.database.reading() as session:
            assert points.faults(session) == []
            row = session.execute(select(customers).where(customers.c.id == self.anna)).one()
        return row.points, row.level


@pytest.fixture
def shop(services: Services, clock: FixedClock) -> Shop:
    return Shop(services, clock)


def test_points_come_a_week_after_delivery_and_once(shop: Shop) -> None:
    membership.keep(shop.services)  # the ledger begins
    shop.delivered(days_ago=3)
    assert membership.keep(shop.services).earned == 0
    shop.clock.forward(days=4)
    assert membership.keep(shop.services) == Kept(earned=1)
    assert membership.keep(shop.services) == Kept()
    assert shop.member[0] == 40 + 168


def test_what_was_ripe_before_the_ledger_is_in_the_opening_balance(shop: Shop) -> None:
    shop.delivered(days_ago=30)
    assert membership.keep(shop.services).earned == 0
    assert shop.member[0] == 40


def test_what_comes_back_takes_its_points_along_and_a_refund_the_rest(shop: Shop) -> None:
    membership.keep(shop.services)
    order = shop.delivered("100.00")
    shop.clock.forward(days=5)
    membership.keep(shop.services)
    shop.came_back(order, "30.00")
    assert membership.keep(shop.services).taken_back == 1
    assert shop.member[0] == 40 + 70
    with shop.services.database.transaction() as session:
        session.execute(update(orders).where(orders.c.id == order).values(status="refunded"))
    membership.keep(shop.services)
    assert membership.keep(shop.services) == Kept()
    assert shop.member[0] == 40


def test_points_end_with_the_next_year(shop: Shop) -> None:
    membership.keep(shop.services)
    shop.clock.set(datetime(2027, 12, 31, 4, tzinfo=UTC))
    assert membership.keep(shop.services).expired == 0
    shop.clock.forward(days=1)
    assert membership.keep(shop.services).expired == 1
    assert shop.member[0] == 0


def test_levels_go_up_at_once_and_down_on_the_first_of_a_month(shop: Shop) -> None:
    membership.keep(shop.services)
    shop.delivered("1000.00", days_ago=0)
    with shop.services.database.transaction() as session:
        session.execute(update(orders).values(ordered_at=shop.clock.now()))
    assert membership.keep(shop.services).levels == 1
    assert shop.member[1] == "青盏会员"
    shop.clock.forward(days=366)
    assert membership.put_levels_right(shop.services) == 0  # in the middle of a month
    assert shop.member[1] == "青盏会员"
    while shop.clock.now().astimezone(shop.services.config.push.zone).day != 1:
        shop.clock.forward(days=1)
    assert membership.put_levels_right(shop.services) == 1
    assert shop.member[1] == "白盏会员"


@pytest.mark.parametrize(
    ("came_back", "level"),
    [
        pytest.param("100.00", "青盏会员", id="what is left still reaches it"),
        pytest.param("100.01", "白盏会员", id="a cent less does not"),
        pytest.param(None, "白盏会员", id="no amount is the whole order"),
        pytest.param("5000.00", "白盏会员", id="more than the order takes nothing of others"),
    ],
)
def test_a_level_counts_what_a_return_leaves(shop: Shop, came_back: str | None, level: str) -> None:
    membership.keep(shop.services)
    shop.came_back(shop.delivered("1100.00"), came_back)
    other = shop.delivered("60.00")
    shop.came_back(other, "20.00")
    shop.came_back(shop.delivered("30.00"), "30.00")
    with shop.services.database.transaction() as session:
        session.execute(update(orders).where(orders.c.id == other).values(status="refunded"))
    membership.put_levels_right(shop.services)
    assert (shop.member[1] or "白盏会员") == level


def test_nothing_is_touched_where_the_shop_keeps_points_itself(shop: Shop) -> None:
    config = shop.services.config.model_copy(update={"membership": Membership(source="shop")})
    theirs = replace(shop.services, config=config)
    assert membership.keep(theirs) == Kept()
    assert membership.put_levels_right(theirs) == 0
    with theirs.database.reading() as session:
        assert points.begun_at(session) is None


def test_moving_the_clock_brings_the_points_of_the_days_between(shop: Shop) -> None:
    membership.keep(shop.services)
    shop.delivered(days_ago=3)
    move(shop.services, timedelta(days=8))
    assert shop.member[0] == 40 + 168
