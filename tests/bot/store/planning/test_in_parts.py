"""What concerns many is written a part at a time, and whoever dies over it leaves the rest to the next pass."""

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import insert, select, update

from bot.config import Push
from bot.rules.pushes.windows import Window, next_window
from bot.store import rows
from bot.store.database import Session
from bot.store.planning import care
from bot.store.sending import moving
from bot.store.tables import care_looks, care_meetings, customers, deliveries
from tests.support.build import LONG_AGO, Build
from tests.support.faults import Crash
from tests.support.staged import Staged

SHANGHAI = ZoneInfo("Asia/Shanghai")
DAY, TOMORROW = date(2026, 11, 24), date(2026, 11, 25)
MANY = rows.AT_ONCE + 200
RICH: Any = SimpleNamespace(
    id="rich", occasion={"care": {"field": "points", "op": ">=", "value": 100}, "pause_days": 1}
)


def noon(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 12, tzinfo=SHANGHAI).astimezone(UTC)


def meetings(session: Session) -> list[tuple[Any, ...]]:
    met = care_meetings.c
    found = select(met.customer_id, met.met_on, met.left_on, met.is_occasion).order_by(met.customer_id)
    return [tuple(row) for row in session.execute(found)]


def look(session: Session, day: date, *, dies_at: int = 0) -> None:
    care.look(Staged(session, dies_at=dies_at), RICH, day, noon(day))


def points(session: Session, customer_id: int, number: int) -> None:
    session.execute(update(customers).where(customers.c.id == customer_id).values(points=number))


@pytest.mark.parametrize("dies_at", [1, 2])
def test_a_first_look_that_was_cut_short_still_greets_nobody(
    dies_at: int, session: Session, build: Build
) -> None:
    build.segment()
    build.campaign("rich", occasion=RICH.occasion)
    session.execute(insert(customers), [_customer(number) for number in range(MANY)])
    with pytest.raises(Crash):
        look(session, DAY, dies_at=dies_at)
    assert not session.execute(select(care_looks)).all(), "what was cut short is looked at again"
    look(session, DAY)
    found = meetings(session)
    assert len(found) == MANY
    assert {(met_on, left_on, is_occasion) for _, met_on, left_on, is_occasion in found} == {
        (DAY, None, False)
    }


@pytest.mark.parametrize("dies_at", [1, 2, 3, 4])
def test_a_look_that_was_cut_short_goes_on_where_it_was(dies_at: int, session: Session, build: Build) -> None:
    build.segment()
    build.campaign("rich", occasion=RICH.occasion)
    gone, back, new = build.customer(points=500), build.customer(points=500), build.customer(points=0)
    look(session, DAY)
    points(session, back, 0)
    look(session, TOMORROW)
    for customer_id, number in ((gone, 0), (back, 500), (new, 500)):
        points(session, customer_id, number)
    third = TOMORROW + timedelta(days=1)
    with pytest.raises(Crash):
        look(session, third, dies_at=dies_at)
    look(session, third)
    assert meetings(session) == [
        (gone, DAY, third, False),
        (back, third, None, True),
        (new, third, None, True),
    ]
    assert session.execute(select(care_looks.c.looked_on)).scalar_one() == third


def test_nobody_who_was_forgotten_meanwhile_is_noted(session: Session, build: Build) -> None:
    build.segment()
    build.campaign("rich", occasion=RICH.occasion)
    stays, goes = build.customer(points=500), build.customer(points=500)

    class Meanwhile(Staged):
        def transaction(self) -> Any:
            with super().transaction() as other:
                other.execute(update(customers).where(customers.c.id == goes).values(forgotten_at=noon(DAY)))
            return super().transaction()

    care.look(Meanwhile(session), RICH, DAY, noon(DAY))
    assert [row[0] for row in meetings(session)] == [stays]


def test_what_was_not_sent_moves_on_in_parts(session: Session, build: Build) -> None:
    build.segment()
    build.campaign("k", [build.content("words")])
    session.execute(insert(customers), [_customer(number) for number in range(MANY)])
    ids = session.execute(select(customers.c.id)).scalars().all()
    session.execute(insert(deliveries), [_closed(one) for one in ids])
    window = next_window("care", noon(TOMORROW), Push())
    with pytest.raises(Crash):
        moving.move_closed(Staged(session, dies_at=2), "care", window, noon(TOMORROW))
    assert days(session) == {TOMORROW: rows.AT_ONCE, DAY: MANY - rows.AT_ONCE}
    assert move(session, window) == (MANY - rows.AT_ONCE, 0)
    assert days(session) == {TOMORROW: MANY}
    assert move(session, window) == (0, 0)


def move(session: Session, window: Window) -> tuple[int, int]:
    return moving.move_closed(Staged(session), "care", window, noon(TOMORROW))


def days(session: Session) -> Counter[date]:
    return Counter(session.execute(select(deliveries.c.day)).scalars())


def _customer(number: int) -> dict[str, Any]:
    return {
        "openid": f"many-{number}", "bucket": 5000, "followed_at": LONG_AGO, "created_at": LONG_AGO,
        "source": "search", "points": 500,
    }  # fmt: skip


def _closed(customer_id: int) -> dict[str, Any]:
    closed = datetime(2026, 11, 24, 21, 30, tzinfo=SHANGHAI).astimezone(UTC)
    return {
        "customer_id": customer_id, "campaign_id": "k", "content_id": "words", "channel": "mass", "purpose": "care",
        "state": "planned", "day": DAY, "planned_at": LONG_AGO, "due_at": closed - timedelta(hours=1),
        "closes_at": closed,
    }  # fmt: skip
