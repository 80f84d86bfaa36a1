"""Whether a pass has anything to do: what was edited since the last one over everybody, and who changed since the last.

Told by what is written anyway, as for segments: messages, figures not scored yet, notes of whoever writes about a
customer, and who came into a segment or left it. What nothing tells of (a delivery that was skipped, a rhythm that
allows the next one in the middle of a long window) is found by the next pass over everybody.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, or_, select, union

from bot.rules.pushes.windows import Window
from bot.store.database import Session
from bot.store.segments import segment_changes
from bot.store.tables import (
    campaign_contents,
    campaigns,
    contents,
    plan_passes,
    segment_moves,
    segment_passes,
    segment_states,
    segments,
)

EVERY = timedelta(minutes=30)  # at the longest, while a window is open, between two passes over everybody
MOST = 20_000  # customers; when more changed, looking at everybody is the shorter way
OVERLAP = timedelta(minutes=2)  # a transaction that began before the last pass may have ended after it
COMMITS = timedelta(seconds=15)  # so long after its own time somebody's edit is there at the latest
_EDITED = (
    (campaigns, (campaigns.c.updated_at,)),
    (contents, (contents.c.updated_at, contents.c.approved_at)),
    (segments, (segments.c.updated_at,)),
)


@dataclass(frozen=True, slots=True)
class Last:
    """The last pass over everybody that came to its end, and the last pass of all."""

    full_id: int
    full_at: datetime
    book: dict[str, Any]
    at: datetime


def last(session: Session) -> Last | None:
    done = select(plan_passes).where(plan_passes.c.finished_at.is_not(None)).order_by(plan_passes.c.id.desc())
    full = session.execute(done.where(plan_passes.c.kind == "full").limit(1)).one_or_none()
    if full is None:
        return None
    newest = session.execute(done.limit(1)).one()
    return Last(full.id, full.at, full.book, newest.at)


def wants_everybody(
    session: Session, before: Last | None, windows: Mapping[str, Window], at: datetime
) -> bool:
    """A window nobody was planned into yet, half an hour over, a clock set back, or something was edited."""
    if before is None or not before.full_at <= at < before.full_at + EVERY or before.at > at:
        return True
    known = before.book["windows"]
    if any(known.get(name, {}).get("opens") != window.opens.isoformat() for name, window in windows.items()):
        return True
    return any(session.execute(asked.limit(1)).first() is not None for asked in _edited(before).values())


def edited(session: Session, before: Last) -> set[str]:
    """The campaigns that were edited since the last pass over everybody, or their segment, or one of their contents."""
    of = _edited(before)
    by_content = select(campaign_contents.c.campaign_id).where(
        campaign_contents.c.content_id.in_(of["contents"])
    )
    by_segment = select(campaigns.c.id).where(campaigns.c.segment_id.in_(of["segments"]))
    return set(session.execute(union(of["campaigns"], by_content, by_segment)).scalars())


def _edited(before: Last) -> dict[str, Select[Any]]:
    """Ids, by table."""
    since_then = before.full_at - COMMITS
    return {
        table.name: select(table.c.id).where(or_(*(column > since_then for column in columns)))
        for table, columns in _EDITED
    }


def since(session: Session, before: Last) -> Sequence[int] | None:
    """Who changed since the last pass; None: too many to tell."""
    of_segments = segment_changes.since(session, before.at - OVERLAP)
    passes = select(segment_passes.c.id).where(segment_passes.c.at > before.at - OVERLAP)
    moved = select(segment_moves.c.customer_id).where(
        segment_moves.c.segment_number.in_(select(segment_states.c.number)),
        segment_moves.c.pass_id.in_(passes),
    )
    found = session.execute(moved.distinct().limit(MOST + 1)).scalars()
    who = {*of_segments.customer_ids, *found}
    return None if of_segments.are_too_many or len(who) > MOST else sorted(who)
