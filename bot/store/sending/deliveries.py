"""Deliveries: what is owed, what is handed to workers, how each attempt ended, and how many there are of each."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, and_, exists, insert, or_, select, update
from sqlalchemy.exc import IntegrityError

from bot.config import Push
from bot.rules.pushes.windows import next_window, window_at
from bot.store.among import among
from bot.store.campaigns import working_days
from bot.store.campaigns.content_rows import content_of
from bot.store.database import Session
from bot.store.delivery_states import LIVE
from bot.store.people.customers import COLUMNS, profile_from
from bot.store.planning.moments import Moment
from bot.store.programs import outbox
from bot.store.sending import lone
from bot.store.sending.repeats import may_repeat
from bot.store.sending.taking_back import release
from bot.store.tables import contents, customers, deliveries
from bot.values.channels import NEXT_CONTACT, REPLY_WINDOW
from bot.values.push import Claimed, Content
from bot.values.reply import Reply, to_json

# to what they said: an answer is given within four, and is read first
AFTER_THE_ANSWER = timedelta(seconds=5)


def owe_answer(
    session: Session,
    *,
    customer_id: int,
    answers_id: int | None,
    reply: Reply,
    day: date,
    now: datetime,
    staff_id: int | None = None,
) -> int:
    """An answer that was not ready in time, or a person's words (`staff_id`): due now if a window is open, else
    kept for the next contact.

    No push: it obeys no rhythm and no window of a purpose.
    """
    row = session.execute(select(customers).where(customers.c.id == customer_id)).one()
    is_open = (row.window_left > 0 and row.window_until is not None and row.window_until > now) or (
        row.scene_left > 0 and row.scene_until is not None and row.scene_until > now
    )
    owed = insert(deliveries).values(
        customer_id=customer_id,
        answers_id=answers_id,
        staff_id=staff_id,
        channel=REPLY_WINDOW if is_open else NEXT_CONTACT,
        reason="" if is_open else "contact_awaited",
        purpose="service",
        regular=False,
        state="planned",
        day=day,
        planned_at=now,
        due_at=now,
        payload=to_json(reply),
    )
    if not is_open:
        session.execute(update(customers).where(customers.c.id == customer_id).values(has_kept=True))
    owed_id: int = session.execute(owed.returning(deliveries.c.id)).scalar_one()
    return owed_id


def release_kept(session: Session, customer_id: int, now: datetime, push: Push) -> int:
    """They made contact: answers that waited are due now, and the oldest push that waited in its next window.

    One push at a time; the claim asks every policy again. Gives how many became due.
    """
    kept = and_(
        deliveries.c.customer_id == customer_id,
        deliveries.c.state == "planned",
        deliveries.c.channel == NEXT_CONTACT,
    )
    answers = session.execute(
        update(deliveries)
        .where(kept, deliveries.c.campaign_id.is_(None))
        .values(channel=REPLY_WINDOW, reason="", due_at=now, handed_until=None)
    ).rowcount
    pushes = lone.send_through_window(
        session, deliveries.c.customer_id == customer_id, now + AFTER_THE_ANSWER
    )
    pushes += _release_push(session, customer_id, kept, now, push)
    still = session.execute(select(deliveries.c.id).where(kept).limit(1)).first() is not None
    session.execute(update(customers).where(customers.c.id == customer_id).values(has_kept=still))
    return answers + pushes


def _release_push(
    session: Session, customer_id: int, kept: ColumnElement[bool], now: datetime, push: Push
) -> int:
    oldest = session.execute(
        select(deliveries.c.id, deliveries.c.purpose, deliveries.c.campaign_id)
        .where(kept, deliveries.c.campaign_id.is_not(None))
        .order_by(deliveries.c.id)
        .limit(1)
    ).one_or_none()
    if oldest is None:
        return 0
    calendar = working_days.around(session, now.astimezone(push.zone).date())
    window = window_at(oldest.purpose, now, push, calendar) or next_window(
        oldest.purpose, now, push, calendar
    )
    there = deliveries.alias("there")
    in_the_way = exists().where(
        there.c.customer_id == customer_id,
        there.c.id != oldest.id,
        or_(
            and_(
                there.c.campaign_id.is_not(None),
                there.c.state.in_(LIVE),
                there.c.channel != NEXT_CONTACT,
            ),
            and_(
                there.c.campaign_id == oldest.campaign_id,
                there.c.day == window.day,
                there.c.state != "skipped",
            ),
        ),
    )
    released = (
        update(deliveries)
        .where(deliveries.c.id == oldest.id, deliveries.c.state == "planned", ~in_the_way)
        .values(
            channel=REPLY_WINDOW,
            due_at=max(now + AFTER_THE_ANSWER, window.opens),
            closes_at=window.closes,
            day=window.day,
            handed_until=None,
        )
    )
    try:
        with session.begin_nested():
            return session.execute(released).rowcount
    except IntegrityError:  # PostgreSQL: the planner was faster with another push; this one goes on waiting
        return 0


def skip(session: Session, ids: Sequence[int], reason: str, now: datetime) -> None:
    planned = and_(among(session, deliveries.c.id, ids), deliveries.c.state == "planned")
    ends = update(deliveries).where(planned).values(state="skipped", reason=reason, finished_at=now)
    outbox.ending(session, ends, "skipped")


def claimed(session: Session, ids: Sequence[int]) -> list[Claimed]:
    """What a worker needs to send these."""
    wide = len(COLUMNS)
    rows = session.execute(
        select(*COLUMNS, deliveries.c.id.label("delivery_id"), deliveries.c.claim_token, deliveries.c.channel,
               deliveries.c.payload, deliveries.c.attempts, deliveries.c.content_id, deliveries.c.lease_until,
               deliveries.c.closes_at)
        .join(deliveries, deliveries.c.customer_id == customers.c.id)
        .where(among(session, deliveries.c.id, ids))
        .order_by(deliveries.c.id)
    ).all()  # fmt: skip
    known = _contents(session, {row.content_id for row in rows if row.content_id})
    return [
        Claimed(
            id=row.delivery_id,
            token=row.claim_token,
            channel=row.channel,
            profile=profile_from(row[:wide]),
            content=known.get(row.content_id),
            payload=row.payload,
            attempts=row.attempts,
            until=row.lease_until,
            closes_at=row.closes_at,
        )
        for row in rows
    ]


def contents_of(session: Session, ids: Sequence[int]) -> list[Content]:
    """Of these deliveries, those contents that are more than words."""
    named = select(deliveries.c.content_id).where(among(session, deliveries.c.id, ids))
    asked = select(contents).where(contents.c.id.in_(named), contents.c.kind != "text")
    return [content_of(row) for row in session.execute(asked)]


def _contents(session: Session, ids: set[str]) -> dict[str, Content]:
    return {
        row.id: content_of(row) for row in session.execute(select(contents).where(contents.c.id.in_(ids)))
    }


def recover(session: Session, moment: Moment, real: datetime) -> tuple[int, int]:
    """Claims whose worker is gone. Never left: planned again. Left, without a key that allows a repeat: unknown.

    Gives how many of each. Mass sends and template messages that left are repeated by `scheduler/recover.py`.
    """
    dead = and_(deliveries.c.state == "claimed", deliveries.c.lease_until < real)
    never_left = list(
        session.execute(select(deliveries.c.id).where(dead, deliveries.c.left_at.is_(None))).scalars()
    )
    release(session, _still(session, never_left, dead), moment, "")
    lost = (
        update(deliveries)
        .where(dead, deliveries.c.left_at.is_not(None), deliveries.c.mass_send_id.is_(None))
        .where(~may_repeat(moment.now))
        .values(state="unknown", reason="no_answer", finished_at=moment.now)
    )
    return len(never_left), outbox.ending(session, lost, "unknown")


def _still(session: Session, ids: list[int], dead: ColumnElement[bool]) -> list[int]:
    """Locks them: their worker may be slow, not dead, and be leaving at this moment."""
    locked = select(deliveries.c.id).where(
        among(session, deliveries.c.id, ids), dead, deliveries.c.left_at.is_(None)
    )
    return list(session.execute(locked.with_for_update(skip_locked=True)).scalars())
