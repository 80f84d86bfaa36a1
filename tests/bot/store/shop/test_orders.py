"""A customer's orders as the chat reads them."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

from sqlalchemy import insert

from bot.store.database import Session
from bot.store.shop import orders
from bot.store.shop.orders import Line
from bot.store.tables import order_lines
from tests.support.build import Build

AUTUMN = datetime(2026, 10, 1, tzinfo=UTC)


def test_newest_first_with_lines_in_their_order(session: Session, build: Build) -> None:
    mine, other = build.customer(), build.customer()
    old = build.order(mine, external_id="D1", amount=Decimal("99.50"), ordered_at=AUTUMN)
    build.order(mine, external_id="D2", ordered_at=AUTUMN + timedelta(days=1))
    build.order(other, external_id="D3", ordered_at=AUTUMN)
    for position, name in ((1, "茶杯"), (0, "茶壶")):
        line = {
            "order_id": old,
            "position": position,
            "product_name": name,
            "quantity": position + 1,
            "price": 1,
        }
        session.execute(insert(order_lines).values(line))
    found = orders.newest(session, mine)
    assert [order.number for order in found] == ["D2", "D1"]
    assert found[1].lines == (Line("茶壶", 1), Line("茶杯", 2))
    assert found[1].amount == Decimal("99.50")
    assert [order.number for order in orders.newest(session, mine, most=1)] == ["D2"]


def test_an_order_is_found_by_its_number_only_by_its_customer(session: Session, build: Build) -> None:
    mine, other = build.customer(), build.customer()
    build.order(mine, external_id="Wl-7a")
    found = orders.find_numbered(session, mine, "WL-7A")
    assert found is not None
    assert found.number == "Wl-7a"
    assert orders.find_numbered(session, other, "WL-7A") is None
    assert orders.find_numbered(session, mine, "%") is None
