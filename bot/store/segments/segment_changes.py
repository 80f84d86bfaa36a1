"""Which customers were written about since the segments were last refreshed: only they are looked at until the night.

Told by what is written anyway: the figures that are not scored yet, the conversation log; and by `note`, for everything
else that a rule may ask of a customer.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, func, insert, literal_column, select, union

from bot.store.database import Session
from bot.store.tables import customer_statistics, messages, segment_changes, segment_passes

MOST = 20_000  # customers; when more were written about, looking at everybody is the shorter way
OVERLAP = timedelta(minutes=5)  # a transaction that began before the last refresh may have ended after it

_IS_STALE = literal_column("customer_statistics.is_stale") == literal_column("1")


@dataclass(frozen=True, slots=True)
class Changed:
    customer_ids: Sequence[int]
    noted_until: int  # the notes that are done with once these customers are looked at
    are_too_many: bool = False


def note(session: Session, customer_ids: Iterable[int]) -> None:
    """Tags, points, facts, a level, a place: whoever writes them outside a conversation says of whom."""
    values = [{"customer_id": customer_id} for customer_id in sorted(set(customer_ids))]
    if values:
        session.execute(insert(segment_changes), values)


def last_pass(session: Session) -> datetime | None:
    """When the last pass began that came to its end; None before the first."""
    ended = segment_passes.c.finished_at.is_not(None)
    last: datetime | None = session.scalar(select(func.max(segment_passes.c.at)).where(ended))
    return last


def since(session: Session, last: datetime) -> Changed:
    until = last_note(session)
    wrote = select(messages.c.customer_id).where(
        messages.c.created_at > last - OVERLAP, messages.c.customer_id.is_not(None)
    )
    ids = union(
        select(segment_changes.c.customer_id).where(segment_changes.c.id <= until),
        select(customer_statistics.c.customer_id).where(_IS_STALE),
        wrote,
    )
    found = list(session.scalars(select(ids.subquery().c[0]).limit(MOST + 1)))
    return Changed(sorted(found[:MOST]), until, are_too_many=len(found) > MOST)


def done(session: Session, until: int) -> None:
    session.execute(delete(segment_changes).where(segment_changes.c.id <= until))


def last_note(session: Session) -> int:
    return session.scalar(select(func.max(segment_changes.c.id))) or 0
