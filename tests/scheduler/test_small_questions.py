"""What is asked every few seconds or minutes reads no table that grows from end to end, however much was ever said and sent."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import event, insert

from bot.clock import FixedClock
from bot.services import Services
from bot.store import tidying
from bot.store.database import Database
from bot.store.operators import today
from bot.store.planning import starvation
from bot.store.sending import delivery_search
from bot.store.tables import deliveries, messages
from handlers.unanswered import answer_pending
from scheduler.deliver import hand_out_at_rate
from scheduler.recover import ask_after_mass, recover
from tests.conftest import NOON
from tests.support import pushing
from tests.support.build import Build

MANY = 2_000
SMALL = {
    str(index.name)
    for table in (deliveries, messages)
    for index in table.indexes
    if index.dialect_options["sqlite"]["where"] is not None
}  # indexes of the few rows that something is to be done about


@pytest.fixture
def services(sqlite: Database) -> Services:
    """A shop where much was said and sent, and nothing is owed."""
    with sqlite.transaction() as session:
        build = Build(session)
        build.segment()
        build.campaign("first", [build.content()])
        people = [build.customer() for _ in range(20)]
        said = {"direction": "in", "kind": "text", "text": "您好", "created_at": NOON}
        rows = [said | {"customer_id": people[n % 20], "once_key": f"m:{n}"} for n in range(MANY)]
        session.execute(insert(messages), rows)
        sent = {
            "channel": "reply_window", "purpose": "care", "state": "sent", "day": NOON.date(),
            "planned_at": NOON, "due_at": NOON, "claimed_at": NOON, "finished_at": NOON,
        }  # fmt: skip
        session.execute(insert(deliveries), [sent | {"customer_id": people[n % 20]} for n in range(MANY)])
        tidying.note_sizes(session)
    return pushing.services_with(sqlite, FixedClock(NOON))


def _look_at_the_first_page(services: Services) -> None:
    with services.database.reading() as session:
        today.figures(session, NOON.date(), NOON - timedelta(hours=12), NOON + timedelta(hours=12))
        today.concerns(session, NOON, NOON.date())
        starvation.as_of_the_last_pass(session, services.config.push)
        delivery_search.coming(session, NOON)


@pytest.mark.parametrize(
    "job", [recover, ask_after_mass, hand_out_at_rate, answer_pending, _look_at_the_first_page]
)
def test_it_reads_no_growing_table_from_end_to_end(
    services: Services, job: Callable[[Services], object]
) -> None:
    plans = _plans(services, job)
    assert plans
    assert [words for detail, words in plans if reads_all(detail)] == []


def test_what_goes_out_next_is_sought_and_not_looked_for_among_all(services: Services) -> None:
    def job(services: Services) -> None:
        with services.database.reading() as session:
            delivery_search.coming(session, NOON)

    assert not [step for step, _ in _plans(services, job) if step.startswith("SCAN deliveries")]


def _plans(services: Services, job: Callable[[Services], object]) -> list[tuple[str, str]]:
    """The steps of all that it asks, each with its statement."""
    asked: list[tuple[str, Any]] = []

    def hear(_connection: Any, _cursor: Any, statement: str, given: Any, *_rest: Any) -> None:
        asked.append((statement, given))

    engine = services.database.engine
    event.listen(engine, "before_cursor_execute", hear)
    job(services)
    event.remove(engine, "before_cursor_execute", hear)
    with services.database.reading() as session:
        return [
            (row.detail, words)
            for words, given in asked
            if words.startswith(("SELECT", "UPDATE", "DELETE"))
            for row in session.exec_driver_sql(f"EXPLAIN QUERY PLAN {words}", given)
        ]


def reads_all(step: str) -> bool:
    """Of a table that grows, by itself or by an index that holds all of it."""
    grows = step.startswith(("SCAN deliveries", "SCAN messages", "SCAN customers"))
    return grows and not any(name in step for name in SMALL)
