"""Which due deliveries go to a worker now, and as which batches."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, or_, select, update

from bot.store.among import among
from bot.store.database import Session
from bot.store.delivery_states import IS_PLANNED
from bot.store.sending.halts import PUSHES, stands_in_the_way
from bot.store.sending.signing import LEASE
from bot.store.tables import deliveries
from bot.values.channels import MASS, NOTICE, REPLY_WINDOW, TEMPLATE

SINGLES = (REPLY_WINDOW, NOTICE, TEMPLATE)  # one request a customer
OUTWARD = (*SINGLES, MASS)  # all by which something goes out when it is due
BATCH = 100
MASS_BATCH = 10_000  # openids in one request to WeChat
MASS_BATCHES = 4  # handed out at once


@dataclass(frozen=True, slots=True)
class Batch:
    """Delivery ids for one worker: messages to one customer each, or one content's mass send."""

    ids: tuple[int, ...]
    channel: str


def hand_out(
    session: Session, now: datetime, real: datetime, halted: Collection[str], *, most: int
) -> list[Batch]:
    """Due deliveries as batches, each handed once until its lease is over; a lost batch is handed out again.

    `most` of each channel with one request a customer. While the stop switch is on only answers are handed out.
    """
    due = _due(now, real)
    if PUSHES in halted:
        due = due.where(deliveries.c.campaign_id.is_(None))
    batches = []
    for channel in SINGLES:
        if channel not in halted and most > 0:
            ids = _take(session, due.where(deliveries.c.channel == channel).limit(most), real)
            batches += [Batch(tuple(ids[n : n + BATCH]), channel) for n in range(0, len(ids), BATCH)]
    if not stands_in_the_way(halted, MASS):
        batches += _mass_batches(session, due.where(deliveries.c.channel == MASS), real)
    return batches


def is_due(session: Session, now: datetime, real: datetime) -> bool:
    """Whether a tick has anything to look at: one cheap question, as there mostly is nothing.

    In the order of the index for each channel: asked for any, PostgreSQL reads the whole table when it believes that most
    are planned still.
    """
    due = _due(now, real).limit(1)
    first = (due.where(deliveries.c.channel == one).scalar_subquery() for one in OUTWARD)
    return session.execute(select(func.coalesce(*first))).scalar() is not None


def by_channel(session: Session, ids: Sequence[int]) -> dict[str, list[int]]:
    """Of these, what is still planned."""
    asked = (
        select(deliveries.c.id, deliveries.c.channel)
        .where(among(session, deliveries.c.id, ids), deliveries.c.state == "planned")
        .order_by(deliveries.c.id)
    )
    found: dict[str, list[int]] = {}
    for row in session.execute(asked):
        found.setdefault(row.channel, []).append(row.id)
    return found


def put_back(session: Session, ids: Sequence[int], until: datetime | None = None) -> None:
    """Handed out, but not claimed and still planned: may be handed out again at once, or then (in real time)."""
    session.execute(
        update(deliveries)
        .where(among(session, deliveries.c.id, ids), deliveries.c.state == "planned")
        .values(handed_until=until)
    )


def _mass_batches(session: Session, due: Select[Any], real: datetime) -> list[Batch]:
    batches: list[Batch] = []
    while len(batches) < MASS_BATCHES:
        first = session.execute(due.with_only_columns(deliveries.c.content_id).limit(1)).scalar()
        if not first:
            break
        of_content = due.where(deliveries.c.content_id == first)
        ids = _take(session, of_content.limit(_as_many(session, of_content)), real)
        if not ids:
            break
        batches.append(Batch(tuple(ids), MASS))
    return batches


def _as_many(session: Session, of_content: Select[Any]) -> int:
    """One fewer than fits where that would leave a single one behind, whom WeChat takes in no list."""
    there = of_content.limit(MASS_BATCH + 2).subquery()
    found = session.execute(select(func.count()).select_from(there)).scalar_one()
    return MASS_BATCH - 1 if found == MASS_BATCH + 1 else MASS_BATCH


def _due(now: datetime, real: datetime) -> Select[Any]:
    return (
        select(deliveries.c.id)
        .where(IS_PLANNED, deliveries.c.due_at <= now)
        .where(or_(deliveries.c.closes_at.is_(None), deliveries.c.closes_at > now))
        .where(or_(deliveries.c.handed_until.is_(None), deliveries.c.handed_until < real))
        .order_by(deliveries.c.due_at, deliveries.c.id)
    )


def _take(session: Session, due: Select[Any], real: datetime) -> list[int]:
    ids = list(session.execute(due.with_for_update(skip_locked=True, key_share=True)).scalars())
    if ids:
        handed = update(deliveries).where(among(session, deliveries.c.id, ids))
        session.execute(handed.values(handed_until=real + LEASE))
    return ids
