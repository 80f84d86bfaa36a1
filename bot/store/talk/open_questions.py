"""What customers asked and nothing could answer: kept for the operator until they wrote the answer or let it be."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, insert, select, update

from bot.store.database import Session
from bot.store.tables import open_questions

LONGEST = 200  # characters
MOST_READ = 5000  # the newest; grouping them takes a second
MOST_OF_ONE = 20  # open ones of one customer: who floods the account does not flood the operator


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenQuestion:
    id: int
    customer_id: int
    text: str
    intent: str
    asked_at: datetime


def keep(session: Session, customer_id: int, text: str, intent: str, now: datetime) -> None:
    mine = (open_questions.c.customer_id == customer_id) & open_questions.c.settled_at.is_(None)
    if session.execute(select(func.count()).where(mine)).scalar_one() >= MOST_OF_ONE:
        return
    kept = {"customer_id": customer_id, "text": text[:LONGEST], "intent": intent, "asked_at": now}
    session.execute(insert(open_questions).values(kept))


def still_open(session: Session, most: int = MOST_READ) -> list[OpenQuestion]:
    """The newest first."""
    columns = (
        open_questions.c.id,
        open_questions.c.customer_id,
        open_questions.c.text,
        open_questions.c.intent,
        open_questions.c.asked_at,
    )
    asked = select(*columns).where(open_questions.c.settled_at.is_(None))
    rows = session.execute(
        asked.order_by(open_questions.c.asked_at.desc(), open_questions.c.id.desc()).limit(most)
    )
    return [
        OpenQuestion(id=found, customer_id=customer_id, text=text, intent=intent, asked_at=asked_at)
        for found, customer_id, text, intent, asked_at in rows
    ]


def settle(session: Session, ids: Collection[int], now: datetime) -> int:
    """How many were open and are no more."""
    some = open_questions.c.id.in_(list(ids)) & open_questions.c.settled_at.is_(None)
    return session.execute(update(open_questions).where(some).values(settled_at=now)).rowcount
