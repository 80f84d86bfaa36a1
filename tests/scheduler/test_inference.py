"""The nightly inference on both databases: what it counts, what it writes, whom it looks at."""

from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import insert, select, update

from bot.clock import FixedClock
from bot.rules.people.facts import load
from bot.services import Services
from bot.store.database import Database, Session
from bot.store.people import facts, facts_inferred, facts_signals, forgetting
from bot.store.tables import customers, order_lines, products
from bot.store.tables import facts as table
from bot.store.talk import handovers
from bot.store.worth import statistics
from bot.values.facts import Fact
from scheduler.inference import infer
from tests.conftest import NOON
from tests.support.build import Build
from tests.support.door import services_of

DAY = timedelta(days=1)


class Shop:
    """Customers and their orders, in transactions of their own; an old order makes the shop older than its news."""

    def __init__(self, database: Database, services: Services, clock: FixedClock) -> None:
        self.database, self.services, self.clock = database, services, clock
        with database.transaction() as session:
            build = Build(session)
            self.pots = [build.product(category="壶", price=100 + 100 * each) for each in range(4)]
            first = build.customer(openid="o-first")
            for number, pot in enumerate(self.pots[:3]):
                order = build.order(first, external_id=f"F{number}", ordered_at=NOON - 900 * DAY)
                _line(session, order, pot)

    def customer(self, openid: str, **fields: object) -> int:
        with self.database.transaction() as session:
            return Build(session).customer(openid=openid, **fields)

    def buys(self, customer: int, count: int, pot: int, *, days_ago: int = 100, coupon: int = 0) -> None:
        with self.database.transaction() as session:
            build = Build(session)
            for number in range(count):
                at = NOON - timedelta(days=days_ago - number)
                name = f"D{customer}-{days_ago}-{number}-{pot}"
                order = build.order(customer, external_id=name, ordered_at=at, coupon_amount=coupon)
                _line(session, order, pot)
            statistics.touch(session, [customer], self.clock.now())

    def infer(self, *, everybody: bool = False) -> tuple[int, int, int]:
        found = infer(self.services, everybody=everybody)
        return found.looked_at, found.said, found.ended

    def known(self, customer: int, attribute: str = "decision_driver") -> Fact | None:
        with self.database.reading() as session:
            return facts.holding(session, customer).get(attribute)


def _line(session: Session, order: int, pot: int) -> None:
    row = {
        "order_id": order,
        "position": 1,
        "product_id": pot,
        "product_name": "壶",
        "quantity": 1,
        "price": 100,
    }
    session.execute(insert(order_lines).values(row))


@pytest.fixture
def shop(database: Database, clock: FixedClock, tmp_path: Path) -> Shop:
    return Shop(database, services_of(database, clock, tmp_path), clock)


def test_seven_of_nine_orders_with_a_coupon_are_evidence(shop: Shop) -> None:
    anna = shop.customer("o-anna")
    shop.buys(anna, 7, shop.pots[2], coupon=5)
    shop.buys(anna, 2, shop.pots[3], days_ago=300)
    shop.infer()
    found = shop.known(anna)
    assert found is not None
    assert (found.value, found.source, found.evidence["discounted"], found.evidence["orders"]) == (
        "price",
        "inference",
        7,
        9,
    )
    assert 0.5 < found.confidence < 0.6


@pytest.mark.parametrize(
    ("pot", "value"),
    [
        pytest.param(0, "price", id="the cheap one of its category"),
        pytest.param(3, "trend", id="what was first sold in these days"),
    ],
)
def test_what_is_bought_is_evidence(shop: Shop, pot: int, value: str) -> None:
    customers_of = [shop.customer(f"o-{number}") for number in range(5)]
    with shop.database.transaction() as session:
        if pot == 0:
            session.execute(update(products).where(products.c.id == shop.pots[0]).values(price=50))
    anna = customers_of[0]
    if pot == 0:
        # another of the cheap ones each time, so that nothing is bought again
        with shop.database.transaction() as session:
            build = Build(session)
            for number in range(4):
                cheap = build.product(external_id=f"c-{number}", category="壶", price=60)
                old = build.order(customers_of[1], external_id=f"O{number}", ordered_at=NOON - 800 * DAY)
                _line(session, old, cheap)
                order = build.order(anna, external_id=f"C{number}", ordered_at=NOON - number * DAY)
                _line(session, order, cheap)
            statistics.touch(session, [anna], shop.clock.now())
    else:
        with shop.database.transaction() as session:
            build = Build(session)
            for number in range(4):
                new = build.product(external_id=f"n-{number}", category="杯", price=100)
                order = build.order(anna, external_id=f"N{number}", ordered_at=NOON - number * DAY)
                _line(session, order, new)
            statistics.touch(session, [anna], shop.clock.now())
    shop.infer()
    found = shop.known(anna)
    assert found is not None
    assert found.value == value


def test_buying_the_same_again_is_evidence_of_function(shop: Shop) -> None:
    anna = shop.customer("o-anna")
    shop.buys(anna, 6, shop.pots[2])
    shop.infer()
    found = shop.known(anna)
    assert found is not None
    assert (found.value, found.evidence["repeated"]) == ("function", 5)


def test_what_is_sold_in_the_shops_first_days_is_not_new(shop: Shop) -> None:
    first = shop.customer("o-early")
    with shop.database.transaction() as session:
        build = Build(session)
        for number in range(5):
            pot = build.product(external_id=f"e-{number}", category="盏", price=100)
            order = build.order(first, external_id=f"E{number}", ordered_at=NOON - 890 * DAY)
            _line(session, order, pot)
        statistics.touch(session, [first], shop.clock.now())
    shop.infer()
    assert shop.known(first) is None


def test_words_in_chat_are_evidence_and_stay_where_they_are(shop: Shop) -> None:
    anna = shop.customer("o-anna", spoke_at=NOON)
    with shop.database.transaction() as session:
        build = Build(session)
        for text in ("有优惠券吗", "能便宜点吗", "现在打折吗", "这个多少钱", "100% 正品吗"):
            build.message(anna, text, created_at=NOON)
        build.message(anna, "以前的价格", created_at=NOON - 500 * DAY)
    shop.infer()
    found = shop.known(anna)
    assert found is not None
    assert (found.value, dict(found.evidence)) == ("price", {"asked_price": 4})


def test_returns_reviews_and_complaints_tell_how_strict_they_are(shop: Shop) -> None:
    anna, ben = shop.customer("o-anna"), shop.customer("o-ben")
    shop.buys(anna, 3, shop.pots[2])
    with shop.database.transaction() as session:
        build = Build(session)
        order = build.order(anna, external_id="R0", ordered_at=NOON)
        for _ in range(3):
            build.returned(order)
        handovers.open_handover(session, anna, complaint=True, now=NOON, until=NOON)
        for number in range(5):
            build.review(ben, 5, external_id=f"B{number}")
        statistics.touch(session, [anna, ben], shop.clock.now())
    shop.infer()
    strict, tolerant = shop.known(anna, "strictness"), shop.known(ben, "strictness")
    assert strict is not None
    assert tolerant is not None
    assert (strict.value, dict(strict.evidence)) == ("perfectionist", {"returned": 3, "complaints": 1})
    assert (tolerant.value, dict(tolerant.evidence)) == ("tolerant", {"good_reviews": 5})


def test_only_who_did_something_is_looked_at_again_and_nothing_is_written_twice(shop: Shop) -> None:
    anna, ben = shop.customer("o-anna"), shop.customer("o-ben")
    shop.buys(anna, 5, shop.pots[2], coupon=5)
    shop.buys(ben, 5, shop.pots[2], coupon=5)
    assert shop.infer() == (3, 2, 0)
    shop.clock.forward(days=1)
    assert shop.infer()[1:] == (0, 0)
    shop.clock.forward(days=1)
    assert shop.infer() == (0, 0, 0)
    shop.buys(ben, 20, shop.pots[1], days_ago=50)
    looked_at, said, ended = shop.infer()
    assert (looked_at, said, ended) == (1, 1, 1)
    found = shop.known(ben)
    assert found is not None
    assert found.value == "function"
    assert shop.infer(everybody=True)[1:] == (0, 0)


def test_what_can_no_longer_be_said_is_taken_back_and_stays_as_history(shop: Shop) -> None:
    anna = shop.customer("o-anna")
    shop.buys(anna, 4, shop.pots[2], coupon=5)
    shop.infer()
    shop.clock.forward(days=1)
    for pot in range(4):
        shop.buys(anna, 1, shop.pots[pot], days_ago=300 + pot)
    with shop.database.transaction() as session:
        session.execute(update(products).values(category=""))
    assert shop.infer()[2] == 1
    assert shop.known(anna) is None
    with shop.database.reading() as session:
        assert [fact.ended_by for fact in facts.of(session, anna, with_history=True)] == ["superseded"]


def test_their_own_word_is_believed_and_an_inference_comes_back_behind_none(shop: Shop) -> None:
    anna, ben, cleo = (shop.customer(f"o-{name}") for name in ("anna", "ben", "cleo"))
    for customer in (anna, ben, cleo):
        shop.buys(customer, 5, shop.pots[2], coupon=5)
    with shop.database.transaction() as session:
        now = shop.clock.now()
        facts.learn(session, anna, "decision_driver", "trend", "own_word", now, now.date())
        facts.erase(session, ben, "decision_driver", now)
        facts.retract(session, cleo, "decision_driver", now, staff_id=None)
    shop.infer()
    found = shop.known(anna)
    assert found is not None
    assert found.value == "trend"
    assert shop.known(ben) is None
    assert shop.known(cleo) is None


def test_who_grew_older_is_in_the_next_band(shop: Shop) -> None:
    anna = shop.customer("o-anna")
    with shop.database.transaction() as session:
        facts.learn(session, anna, "birthday", "1996-11-30", "import", NOON, NOON.date())
    shop.clock.forward(days=5)
    shop.infer()
    found = shop.known(anna, "age_band")
    assert found is not None
    assert found.value == "20s"
    shop.clock.forward(days=1)
    shop.infer()
    found = shop.known(anna, "age_band")
    assert found is not None
    assert found.value == "30s"


def test_who_was_forgotten_is_not_inferred(shop: Shop) -> None:
    anna = shop.customer("o-anna")
    shop.buys(anna, 5, shop.pots[2], coupon=5)
    with shop.database.transaction() as session:
        session.execute(update(customers).where(customers.c.id == anna).values(forgotten_at=NOON))
    shop.infer()
    with shop.database.reading() as session:
        assert session.execute(select(table.c.id).where(table.c.customer_id == anna)).all() == []


def test_what_happens_while_it_is_weighed_is_looked_at_before_it_is_written(shop: Shop) -> None:
    anna, ben, cleo = (shop.customer(f"o-{name}") for name in ("anna", "ben", "cleo"))
    for customer in (anna, ben, cleo):
        shop.buys(customer, 5, shop.pots[2], coupon=5)
    now, rules = shop.clock.now(), load("").inference
    who = facts_signals.changed(1, cleo, None)
    with shop.database.reading() as session:
        weighed = facts_inferred.weigh(session, who, rules, now)
    with shop.database.transaction() as session:
        facts.learn(session, anna, "decision_driver", "trend", "own_word", now, now.date())
        forgetting.forget(session, ben, "salt", now)
    with shop.database.transaction() as session:
        facts_inferred.write(session, weighed, now)
        left = session.execute(select(table.c.customer_id, table.c.value).where(table.c.holds)).all()
    assert set(map(tuple, left)) == {(anna, "trend"), (cleo, "price")}


def test_an_imported_birthday_without_a_band_gets_one_and_a_band_of_their_own_is_left_alone(
    shop: Shop,
) -> None:
    anna = shop.customer("o-anna", birthday=date(1990, 1, 2))
    ben = shop.customer("o-ben", birthday=date(1990, 1, 2))
    with shop.database.transaction() as session:
        now = shop.clock.now()
        facts.learn(session, ben, "age_band", "40s", "own_word", now, now.date())
    shop.infer()
    shop.infer()
    found, told = shop.known(anna, "age_band"), shop.known(ben, "age_band")
    assert found is not None
    assert told is not None
    assert (found.value, found.source, dict(found.evidence)) == ("30s", "import", {"from": "birthday"})
    assert (told.value, told.source) == ("40s", "own_word")
