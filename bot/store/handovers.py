"""Customers who want a person: the list stays until somebody has looked, the bot's silence ends by itself.

Two things are kept apart: `customers.with_person_until` keeps the bot silent, and a row here waits for staff. A
complaint holds marketing back until a person closes it.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy import and_, func, insert, or_, select, update

from bot.store import segment_changes
from bot.store.database import Session
from bot.store.tables import customers, deliveries, handovers, messages

Reason = Literal["asked", "complaint"]
MOST_LISTED = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """One line of the list: who waits, since when, what they said last and how much nobody answered."""

    id: int
    customer_id: int
    name: str
    reason: str
    opened_at: datetime
    asked_again_at: datetime | None
    bot_silent_until: datetime | None
    unanswered: int
    last_text: str


def open_handover(
    session: Session, customer_id: int, *, complaint: bool, now: datetime, until: datetime
) -> bool:
    """Puts the customer on the list and the bot to silence until `until`; false when they already waited."""
    is_open = handovers.c.closed_at.is_(None)
    mine = update(handovers).where(handovers.c.customer_id == customer_id, is_open)
    waited = session.execute(mine.values(asked_again_at=now)).rowcount > 0
    if not waited:
        reason: Reason = "complaint" if complaint else "asked"
        session.execute(insert(handovers).values(customer_id=customer_id, reason=reason, opened_at=now))
    elif complaint:
        session.execute(mine.values(reason="complaint"))
    changed = {"with_person_until": until} | ({"complaint_open": True} if complaint else {})
    session.execute(update(customers).where(customers.c.id == customer_id).values(changed))
    return not waited


def is_open(session: Session, customer_id: int) -> bool:
    mine = select(handovers.c.id).where(
        handovers.c.customer_id == customer_id, handovers.c.closed_at.is_(None)
    )
    return session.execute(mine).first() is not None


def go_on(session: Session, customer_id: int, until: datetime) -> None:
    """The customer or a person wrote: the bot stays silent a while longer, if a person serves."""
    silent = (customers.c.id == customer_id) & customers.c.with_person_until.is_not(None)
    session.execute(update(customers).where(silent).values(with_person_until=until))


def back_to_bot(session: Session, customer_id: int, now: datetime) -> None:
    """The customer's own word. A complaint stays on the list: a person has yet to look at it."""
    session.execute(update(customers).where(customers.c.id == customer_id).values(with_person_until=None))
    asked = (
        (handovers.c.customer_id == customer_id)
        & handovers.c.closed_at.is_(None)
        & (handovers.c.reason == "asked")
    )
    session.execute(update(handovers).where(asked).values(closed_at=now, closed_by="customer"))


def close(session: Session, customer_id: int, *, staff_id: int, now: datetime) -> bool:
    """A person is done: bot and marketing are back. False when nothing was open."""
    mine = update(handovers).where(handovers.c.customer_id == customer_id, handovers.c.closed_at.is_(None))
    closed = session.execute(mine.values(closed_at=now, closed_by="staff", staff_id=staff_id)).rowcount > 0
    session.execute(
        update(customers)
        .where(customers.c.id == customer_id)
        .values(with_person_until=None, complaint_open=False)
    )
    segment_changes.note(session, [customer_id])
    return closed


def waiting(session: Session) -> list[Waiting]:
    """Who waits for a person, complaints first, then the longest waiting."""
    of_customer = messages.c.customer_id == handovers.c.customer_id
    by_staff = messages.alias("by_staff")
    words_of_staff = select(deliveries.c.id).where(
        deliveries.c.customer_id == handovers.c.customer_id, deliveries.c.campaign_id.is_(None)
    )
    answered = (
        select(func.max(by_staff.c.id))
        .where(by_staff.c.customer_id == handovers.c.customer_id, by_staff.c.direction == "out")
        .where(or_(by_staff.c.staff_id.is_not(None), by_staff.c.delivery_id.in_(words_of_staff)))
        .correlate(handovers)
        .scalar_subquery()
    )
    theirs = and_(of_customer, messages.c.direction == "in", messages.c.text != "")
    unanswered = (
        select(func.count())
        .where(
            theirs,
            messages.c.created_at >= handovers.c.opened_at,
            or_(answered.is_(None), messages.c.id > answered),
        )
        .scalar_subquery()
    )
    last_text = (
        select(messages.c.text).where(theirs).order_by(messages.c.id.desc()).limit(1).scalar_subquery()
    )
    columns = (
        handovers.c.id,
        handovers.c.customer_id,
        handovers.c.reason,
        handovers.c.opened_at,
        handovers.c.asked_again_at,
    )
    listed = (
        select(*columns, customers.c.name, customers.c.with_person_until, unanswered, last_text)
        .join(customers, customers.c.id == handovers.c.customer_id)
        .where(handovers.c.closed_at.is_(None))
        .order_by(handovers.c.reason == "asked", handovers.c.opened_at, handovers.c.id)
        .limit(MOST_LISTED)
    )
    return [
        Waiting(
            id=number, customer_id=customer_id, name=name or "", reason=reason, opened_at=opened_at, asked_again_at=again,
            bot_silent_until=until, unanswered=count, last_text=text or "",
        )
        for number, customer_id, reason, opened_at, again, name, until, count, text in session.execute(listed)
    ]  # fmt: skip
