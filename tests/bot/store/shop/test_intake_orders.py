"""What is left when orders and their lines are in, on both databases."""

from datetime import timedelta
from decimal import Decimal

from sqlalchemy import func, select

from bot.store.database import Database
from bot.store.shop import intake
from bot.store.tables import customer_statistics, orders
from bot.values.records import OrderRecord
from tests.conftest import NOON


def test_others_may_go_on_when_only_the_figures_are_left(database: Database) -> None:
    record = OrderRecord(
        external_id="D1", status="paid", ordered_at=NOON - timedelta(days=1), lines=(),
        amount=Decimal(9), customer_external_id="C1",
    )  # fmt: skip
    there: list[tuple[int | None, int | None]] = []
    with database.transaction() as session:

        def look() -> None:
            counts = [select(func.count()).select_from(table) for table in (orders, customer_statistics)]
            there.append((session.scalar(counts[0]), session.scalar(counts[1])))

        assert intake.take(session, "orders", [record], NOON, salt="s", leave_it=look) == ["created"]
        look()
    assert there == [(1, 0), (1, 1)]
