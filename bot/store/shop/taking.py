"""What the takers of each kind share: the batch they work on, and the faults of what a record refers to."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, TypeAlias

from sqlalchemy import Table

from bot.rules.intake.cells import given
from bot.store import rows
from bot.store.database import Session
from bot.values.records import Fault, Taken

Outcome: TypeAlias = Taken | Fault

AHEAD = timedelta(days=1)  # so far somebody's clock may be before ours


@dataclass(frozen=True, slots=True)
class Batch:
    session: Session
    now: datetime
    salt: str  # recognises who was forgotten
    touched: set[int] = field(default_factory=set)  # customers whose figures are to be added up anew
    placed: dict[int, int] = field(default_factory=dict)  # orders made here, and whose they are
    newcomers: set[int] = field(default_factory=set)  # customers made here
    leave_it: Callable[[], None] = lambda: None  # called when what is left is long, and the database's to do


def said(record: Any, *names: str) -> rows.Row:
    """The record's fields that say something."""
    return {name: value for name in names if (value := getattr(record, name)) is not None}


def put_good(
    batch: Batch, table: Table, found: Sequence[rows.Row | Fault], *, key: str = "external_id"
) -> list[Outcome]:
    """Puts the rows; the faults between them stay where they are."""
    good = [row for row in found if not isinstance(row, Fault)]
    outcomes = iter(rows.put(batch.session, table, key, good, {"updated_at": batch.now}))
    return [row if isinstance(row, Fault) else next(outcomes) for row in found]


def not_here(name: str, what: str, value: str) -> Fault:
    return Fault(name, f"{what} that is here already", given(value))


def not_yet(name: str, at: datetime | date, batch: Batch) -> Fault | None:
    """A slip of the year would make a purchase of tomorrow the latest of all, for years."""
    latest = batch.now + AHEAD
    if at <= (latest if isinstance(at, datetime) else latest.date()):
        return None
    return Fault(name, "a time that has come", given(at.isoformat()))
