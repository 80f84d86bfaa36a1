"""How pushing stands: what is halted, what is due, what is under way."""

from datetime import datetime

from sqlalchemy import ColumnElement, func, select

from bot.store.database import Session
from bot.store.sending import halts
from bot.store.tables import deliveries
from bot.values.channels import NEXT_CONTACT
from bot.values.pushes import PushStatus


def push_status(session: Session, now: datetime) -> PushStatus:
    halted = tuple(halts.every(session, now))
    due = (
        (deliveries.c.state == "planned")
        & (deliveries.c.due_at <= now)
        & (deliveries.c.channel != NEXT_CONTACT)
    )
    return PushStatus(
        at=now,
        stopped=any(one.channel == halts.PUSHES for one in halted),
        halted=halted,
        due=_count(session, due & (deliveries.c.closes_at.is_(None) | (deliveries.c.closes_at > now))),
        under_way=_count(session, deliveries.c.state == "claimed"),
        unknown=_count(session, deliveries.c.state == "unknown"),
    )


def _count(session: Session, which: ColumnElement[bool]) -> int:
    number: int = session.execute(select(func.count()).select_from(deliveries).where(which)).scalar_one()
    return number
