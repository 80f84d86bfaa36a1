"""Customers who want a person: the list stays until somebody has looked, the bot's silence ends by itself.

Two things are kept apart: `customers.with_person_until` keeps the bot silent, and a row here waits for staff. A
complaint holds marketing back until a person closes it.
"""

from datetime import datetime
from typing import Literal

from sqlalchemy import exists, insert, or_, select, update

from bot.store.database import Session
from bot.store.segments import segment_changes
from bot.store.tables import customers, handovers
from bot.store.talk import account_managers

Reason = Literal["asked", "complaint"]


def open_handover(
    session: Session, customer_id: int, *, complaint: bool, now: datetime, until: datetime
) -> bool:
    """Puts the customer on the list and the bot to silence until `until`; false when they already waited.

    It is their account manager's when they are present, else anybody's.
    """
    is_open = handovers.c.closed_at.is_(None)
    mine = update(handovers).where(handovers.c.customer_id == customer_id, is_open)
    again = mine.values(asked_again_at=now, asked=handovers.c.asked + 1)
    waited = session.execute(again).rowcount > 0
    if not waited:
        reason: Reason = "complaint" if complaint else "asked"
        manager = account_managers.present_manager(session, customer_id)
        opened = insert(handovers).values(
            customer_id=customer_id, reason=reason, opened_at=now, assigned_to=manager
        )
        session.execute(opened)
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
    """The customer wrote: the bot stays silent a while longer, if a person serves."""
    silent = (customers.c.id == customer_id) & customers.c.with_person_until.is_not(None)
    session.execute(update(customers).where(silent).values(with_person_until=until))


def served(session: Session, customer_id: int, until: datetime) -> None:
    """A person wrote: the bot is silent, also when it was back already while the customer stands on the list."""
    waits = exists().where(handovers.c.customer_id == customers.c.id, handovers.c.closed_at.is_(None))
    silent = (customers.c.id == customer_id) & or_(customers.c.with_person_until.is_not(None), waits)
    session.execute(update(customers).where(silent).values(with_person_until=until))


def bot_is_back(session: Session, customer_id: int) -> None:
    """Nobody wrote for a while: the bot answers, and the customer stays on the list."""
    session.execute(update(customers).where(customers.c.id == customer_id).values(with_person_until=None))


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
    """A person is done: bot and marketing are back. False when nothing was open. See `handover_endings.end`."""
    mine = update(handovers).where(handovers.c.customer_id == customer_id, handovers.c.closed_at.is_(None))
    closed = session.execute(mine.values(closed_at=now, closed_by="staff", staff_id=staff_id)).rowcount > 0
    session.execute(
        update(customers)
        .where(customers.c.id == customer_id)
        .values(with_person_until=None, complaint_open=False)
    )
    segment_changes.note(session, [customer_id])
    return closed
