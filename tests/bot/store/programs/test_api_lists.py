"""Each list of the API, asked as programs ask it: the way to a page is an index, and nothing is sorted on the way."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import event

from bot.store.database import Database, Session
from bot.store.programs import api_lists
from bot.store.programs.api_lists import LISTS, Wanted
from tests.conftest import NOON

ASKED = [
    *(pytest.param(resource, Wanted(), id=f"all {resource}") for resource in LISTS),
    *(
        pytest.param(resource, Wanted(newest_first=True), id=f"all {resource}, newest first")
        for resource in ("messages", "deliveries")
    ),
    pytest.param("messages", Wanted(customer={"openid": "o-1"}), id="somebody's messages"),
    pytest.param("messages", Wanted(since=NOON, until=NOON + timedelta(days=1)), id="messages of a day"),
    pytest.param("messages", Wanted(since=NOON, equal={"direction": "in"}), id="messages one way since"),
    pytest.param("events", Wanted(since=NOON, newest_first=True), id="the last events"),
    pytest.param("deliveries", Wanted(equal={"campaign": "tea"}), id="a campaign's deliveries"),
    pytest.param("deliveries", Wanted(since=NOON), id="deliveries since"),
    pytest.param("deliveries", Wanted(customer={"openid": "o-1"}), id="somebody's deliveries"),
    pytest.param("orders", Wanted(since=NOON), id="orders since"),
    pytest.param("orders", Wanted(equal={"external_id": "D"}), id="an order by its number"),
    pytest.param("customers", Wanted(equal={"phone": "13800138000"}), id="a customer by phone"),
    pytest.param("shipments", Wanted(order="D"), id="an order's shipments"),
]
FEW = {"somebody's deliveries"}  # of one customer's rows, sorting is no work


@pytest.fixture
def statements(sqlite: Database) -> Iterator[list[tuple[str, Any]]]:
    """What SQLite is asked; PostgreSQL chooses by the numbers of rows, and of those a test has none."""
    seen: list[tuple[str, Any]] = []

    def note(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_more: Any) -> None:
        seen.append((statement, parameters))

    event.listen(sqlite.engine, "before_cursor_execute", note)
    yield seen
    event.remove(sqlite.engine, "before_cursor_execute", note)


def plan_of(session: Session, statement: str, parameters: Any) -> list[str]:
    found = session.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)
    return [row[-1] for row in found]


@pytest.mark.parametrize(("resource", "wanted"), ASKED)
def test_a_later_page_is_found_by_an_index(
    sqlite: Database, statements: list[tuple[str, Any]], resource: str, wanted: Wanted, request: Any
) -> None:
    with sqlite.transaction() as session:
        session.exec_driver_sql(
            "INSERT INTO customers (openid, bucket, created_at) VALUES ('o-1', 1, '2026-01-01')"
        )
        session.exec_driver_sql(
            "INSERT INTO orders (external_id, status, amount, ordered_at) VALUES ('D', 'paid', 1, '2026-01-01')"
        )
    after = (
        (NOON, 7) if wanted.is_timed else (7,) if LISTS[resource].identity.type.python_type is int else ("k",)
    )
    with sqlite.reading() as session:
        api_lists.page(session, resource, wanted, after, 50, NOON)
        steps = plan_of(session, *statements[-1])
    assert [step for step in steps if step.startswith("SCAN")] == []
    if request.node.callspec.id not in FEW:
        assert [step for step in steps if "TEMP B-TREE" in step] == []


def test_a_planted_list_without_an_index_is_found(
    sqlite: Database, statements: list[tuple[str, Any]]
) -> None:
    with sqlite.reading() as session:
        api_lists.page(session, "orders", Wanted(equal={"status": "paid"}), None, 50, NOON)
        assert any(step.startswith("SCAN") for step in plan_of(session, *statements[-1]))
