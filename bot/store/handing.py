"""Which due deliveries go to a worker now, and as which batches."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, or_, select, update

from bot.store.claims import LEASE
from bot.store.database import Session
from bot.store.eligibility import MASS, NOTICE, REPLY_WINDOW
from bot.store.tables import deliveries

BATCH = 100
MASS_BATCH = 10_000  # openids in one request to WeChat


@dataclass(frozen=True, slots=True)
class Batch:
    """Delivery ids for one worker: customer-service messages, or one content's mass send."""

    ids: tuple[int, ...]
    channel: str


def hand_out(
    session: Session, now: datetime, real: datetime, halted: Sequence[str], *, most: int
) -> list[Batch]:
    """Due deliveries as batches, each handed once until its lease is over; a lost batch is handed out again."""
    batches = []
    for channel in (REPLY_WINDOW, NOTICE):
        if channel not in halted:
            singles = _due(now, real).where(deliveries.c.channel == channel)
            ids = _take(session, singles.limit(most), real)
            batches += [Batch(tuple(ids[n : n + BATCH]), channel) for n in range(0, len(ids), BATCH)]
    if MASS not in halted:
        by_mass = _due(now, real).where(deliveries.c.channel == MASS)
        first = session.execute(by_mass.with_only_columns(deliveries.c.content_id).limit(1)).scalar()
        of_content = by_mass.where(deliveries.c.content_id == first)
        ids = _take(session, of_content.limit(MASS_BATCH), real) if first else []
        batches += [Batch(tuple(ids), MASS)] if ids else []
    return batches


def put_back(session: Session, ids: Sequence[int]) -> None:
    """Handed out, but not claimed and still planned: may be handed out again at once."""
    session.execute(
        update(deliveries)
        .where(deliveries.c.id.in_(ids), deliveries.c.state == "planned")
        .values(handed_until=None)
    )


def _due(now: datetime, real: datetime) -> Select[Any]:
    return (
        select(deliveries.c.id)
        .where(deliveries.c.state == "planned", deliveries.c.due_at <= now)
        .where(or_(deliveries.c.closes_at.is_(None), deliveries.c.closes_at > now))
        .where(or_(deliveries.c.handed_until.is_(None), deliveries.c.handed_until < real))
        .order_by(deliveries.c.due_at, deliveries.c.id)
    )


def _take(session: Session, due: Select[Any], real: datetime) -> list[int]:
    ids = list(session.execute(due.with_for_update(skip_locked=True, key_share=True)).scalars())
    session.execute(update(deliveries).where(deliveries.c.id.in_(ids)).values(handed_until=real + LEASE))
    return ids
