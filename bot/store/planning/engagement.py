"""How a customer takes our pushes, as their row tells it: brought up to date by each push, each answer and each night."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, and_, case, false, func, select, update

from bot.rules.pushes.rhythm import SPEAKS, TIRED_AFTER
from bot.store.among import among
from bot.store.database import Session
from bot.store.tables import customers, deliveries


def read_off(now: datetime, unanswered: ColumnElement[int]) -> ColumnElement[str]:
    """`rules.rhythm.engagement` for the rows of a statement."""
    spoke_lately = func.coalesce(customers.c.spoke_at > now - SPEAKS, false())
    return case(
        (and_(spoke_lately, unanswered < TIRED_AFTER), "engaged"),
        (and_(~spoke_lately, unanswered >= TIRED_AFTER), "tired"),
        else_="ordinary",
    )


def one_more_unanswered(session: Session, customer_ids: Sequence[int], now: datetime) -> None:
    """A push reached them. Whoever answers starts anew (`customers.SPEAKING`)."""
    unanswered = customers.c.silent_pushes + 1
    session.execute(
        update(customers)
        .where(among(session, customers.c.id, customer_ids))
        .values(silent_pushes=unanswered, engagement=read_off(now, unanswered))
    )


def one_unanswered_less(session: Session, delivery_ids: Sequence[int], now: datetime) -> None:
    """Pushes that were counted when WeChat took them, and reached nobody. Whoever made contact since has none to count."""
    who = select(deliveries.c.customer_id).where(among(session, deliveries.c.id, delivery_ids))
    unanswered = customers.c.silent_pushes - 1
    session.execute(
        update(customers)
        .where(customers.c.id.in_(who), customers.c.silent_pushes > 0)
        .values(silent_pushes=unanswered, engagement=read_off(now, unanswered))
    )


def refresh(session: Session, now: datetime, first: int, last: int) -> int:
    """For what changes because time passed, in a stretch of customers; only rows that change are written: how many."""
    fresh = read_off(now, customers.c.silent_pushes)
    alive = and_(customers.c.id.between(first, last), customers.c.forgotten_at.is_(None))
    changed = update(customers).where(alive, customers.c.engagement != fresh).values(engagement=fresh)
    return session.execute(changed).rowcount
