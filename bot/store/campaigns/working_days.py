"""The working calendar as the shop has it: the published one, and what the operator entered over it.

Read anew for each decision, so that a correction counts in every process at once; it is a handful of short rows.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import delete, insert, select, update

from bot.rules.calendar.workdays import WorkingCalendar
from bot.rules.pushes.windows import LONGEST_WAIT
from bot.store.database import Session
from bot.store.operators import audit
from bot.store.tables import calendar_years, day_overrides

_d = day_overrides.c


@dataclass(frozen=True, slots=True)
class Override:
    day: date
    works: bool
    note: str


def around(session: Session, day: date) -> WorkingCalendar:
    """As far as the windows of a decision made on the day may reach."""
    return between(session, day - timedelta(days=1), day + timedelta(days=LONGEST_WAIT))


def between(session: Session, first: date, last: date) -> WorkingCalendar:
    """Both days included."""
    entered = overrides(session, first, last)
    return WorkingCalendar({one.day: one.works for one in entered}, frozenset(years(session)))


def overrides(session: Session, first: date, last: date) -> list[Override]:
    rows = select(_d.day, _d.works, _d.note).where(_d.day.between(first, last)).order_by(_d.day)
    return [Override(*row) for row in session.execute(rows)]


def years(session: Session) -> Sequence[int]:
    """Whose whole schedule the operator has entered."""
    return session.execute(select(calendar_years.c.year).order_by(calendar_years.c.year)).scalars().all()


def override(
    session: Session, days: Sequence[date], *, works: bool, note: str, staff_id: int | None, now: datetime
) -> int:
    """Says whether the days are worked on, whatever was published. Answers for how many that is a change."""
    there = _there(session, days)
    wanted = {"works": works, "note": note}
    for day in days:
        before = there.get(day)
        if before == wanted:
            continue
        if before is None:
            session.execute(insert(day_overrides).values(day=day, updated_at=now, **wanted))
        else:
            session.execute(update(day_overrides).where(_d.day == day).values(updated_at=now, **wanted))
        _record(session, "calendar.overridden", day, before or {}, wanted, staff_id, now)
    return len([day for day in days if there.get(day) != wanted])


def clear(session: Session, days: Sequence[date], *, staff_id: int | None, now: datetime) -> int:
    """The published calendar holds again. Answers for how many days something was entered."""
    there = _there(session, days)
    session.execute(delete(day_overrides).where(_d.day.in_(sorted(there))))
    for day, before in sorted(there.items()):
        _record(session, "calendar.cleared", day, before, dict.fromkeys(before), staff_id, now)
    return len(there)


def know_year(session: Session, year: int, *, known: bool, staff_id: int | None, now: datetime) -> bool:
    """Whether the year's schedule stands in the overrides as a whole. False when that was said already."""
    was = year in years(session)
    if was == known:
        return False
    if known:
        session.execute(insert(calendar_years).values(year=year, updated_at=now))
    else:
        session.execute(delete(calendar_years).where(calendar_years.c.year == year))
    _record(session, "calendar.year", year, {"known": was}, {"known": known}, staff_id, now)
    return True


def _there(session: Session, days: Sequence[date]) -> dict[date, dict[str, Any]]:
    rows = select(_d.day, _d.works, _d.note).where(_d.day.in_(days)).with_for_update()
    return {row.day: {"works": row.works, "note": row.note} for row in session.execute(rows)}


def _record(
    session: Session,
    action: str,
    what: date | int,
    before: dict[str, Any],
    after: dict[str, Any],
    staff_id: int | None,
    now: datetime,
) -> None:
    audit.record(
        session,
        action,
        "calendar",
        str(what),
        staff_id=staff_id,
        now=now,
        detail=audit.changes(before, after),
    )
