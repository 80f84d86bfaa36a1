"""What was planned and did not go out: it moves on to the next window, or is too late."""

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import ColumnElement, and_, case, false, func, literal, or_, select, update

from bot.rules.pushes.spread import SLOTS, slots_of
from bot.rules.pushes.windows import Window
from bot.store.database import Database, Instant, Session
from bot.store.delivery_states import IS_KEPT, IS_PLANNED
from bot.store.programs import outbox
from bot.store.rows import among, parts
from bot.store.sending.lone import keep_the_lone
from bot.store.tables import campaigns, contents, deliveries, plan_passes
from bot.values.channels import MASS, NEXT_CONTACT

_there = deliveries.alias("there")


def is_due(session: Session, at: datetime) -> bool:
    """Whether there is anything to move."""
    closed = select(deliveries.c.id).where(
        IS_PLANNED,
        deliveries.c.closes_at <= at,
        deliveries.c.campaign_id.is_not(None),
    )
    was_set_back = select(plan_passes.c.id).where(plan_passes.c.at > at)
    return any(session.execute(asked.limit(1)).first() for asked in (closed, was_set_back))


def move_closed(database: Database, purpose: str, window: Window, at: datetime) -> tuple[int, int]:
    """What was not sent while its window was open goes to this one, unless it is of no use then.

    So does what was planned under a clock that has been set back since. A part at a time: what nobody came to is found
    again by the next pass. Gives how many moved, and how many were too late.
    """
    closed = and_(
        IS_PLANNED,
        deliveries.c.purpose == purpose,
        deliveries.c.campaign_id.is_not(None),
        deliveries.c.channel != NEXT_CONTACT,
        or_(deliveries.c.closes_at <= at, deliveries.c.planned_at > at),
    )
    moved = late = 0
    for ids in parts(_found(database, closed)):
        with database.transaction() as session:
            some = and_(closed, among(session, deliveries.c.id, ids))
            late += _skip(session, and_(some, _is_useless(max(at, window.opens))), "too_late", at)
            keep_the_lone(session, some, at)
            _skip(session, and_(some, _is_taken(window.day)), "day_taken", at)
            moved += _move(session, some, window, at)
    return moved, late


def _found(database: Database, which: ColumnElement[bool]) -> Sequence[int]:
    """Looked for aside: no writer waits for it."""
    with database.reading() as session:
        return sorted(session.execute(select(deliveries.c.id).where(which)).scalars())


def _is_taken(day: date) -> ColumnElement[bool]:
    """The campaign has another for the customer that day."""
    there = _there
    return (
        select(there.c.id)
        .where(
            there.c.customer_id == deliveries.c.customer_id, there.c.campaign_id == deliveries.c.campaign_id
        )
        .where(there.c.day == day, there.c.state != "skipped", there.c.id != deliveries.c.id)
        .correlate(deliveries)
        .exists()
    )


def _move(session: Session, which: ColumnElement[bool], window: Window, at: datetime) -> int:
    slots = slots_of(max(at, window.opens), window.closes)
    by_customer = (
        (deliveries.c.customer_id % SLOTS == number, literal(slot, Instant()))
        for number, slot in enumerate(slots)
    )
    due_at = case((deliveries.c.channel == MASS, literal(slots[0], Instant())), *by_customer, else_=slots[0])
    return session.execute(
        update(deliveries)
        .where(which)
        .values(
            due_at=due_at,
            day=window.day,
            closes_at=window.closes,
            planned_at=case(
                (deliveries.c.planned_at > at, literal(at, Instant())), else_=deliveries.c.planned_at
            ),
        )
    ).rowcount


def is_any_kept_useless(session: Session, day: date, at: datetime) -> bool:
    """Asked before a writer is kept waiting: it looks at all that is kept."""
    found = select(deliveries.c.id).where(_is_kept_in_vain(day, at)).limit(1)
    return session.execute(found).first() is not None


def drop_useless_kept(database: Database, day: date, at: datetime) -> int:
    """What waits for the next contact is dropped when its campaign is over or it is of no use any more."""
    useless, dropped = _is_kept_in_vain(day, at), 0
    for ids in parts(_found(database, useless)):
        with database.transaction() as session:
            dropped += _skip(session, and_(useless, among(session, deliveries.c.id, ids)), "too_late", at)
    return dropped


def _is_kept_in_vain(day: date, at: datetime) -> ColumnElement[bool]:
    over = select(campaigns.c.id).where(or_(campaigns.c.ends < day, campaigns.c.status == "ended"))
    stale = or_(deliveries.c.campaign_id.in_(over), _is_useless(at))
    return and_(IS_KEPT, deliveries.c.campaign_id.is_not(None), stale)


def _is_useless(at: datetime) -> ColumnElement[bool]:
    """The content has had its time, or the occasion it was for."""
    over = select(contents.c.id).where(contents.c.useful_until <= at)
    return or_(deliveries.c.content_id.in_(over), func.coalesce(deliveries.c.useful_until <= at, false()))


def _skip(session: Session, which: ColumnElement[bool], reason: str, at: datetime) -> int:
    skipped = update(deliveries).where(which).values(state="skipped", reason=reason, finished_at=at)
    return outbox.ending(session, skipped, "skipped")
