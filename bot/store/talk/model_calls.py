"""What the language model was used for: the cap of a day, and the record for who examines it."""

from datetime import datetime, timedelta

from sqlalchemy import delete, func, insert, select

from bot.store.database import Session
from bot.store.tables import model_calls

KEPT = timedelta(days=90)


def spent(session: Session, since: datetime) -> int:
    """Tokens of everybody since then."""
    asked = select(func.coalesce(func.sum(model_calls.c.tokens), 0)).where(model_calls.c.at >= since)
    return int(session.execute(asked).scalar_one())


def note(
    session: Session, customer_id: int, *, tokens: int, milliseconds: int, ended: str, why: str, at: datetime
) -> None:
    session.execute(
        insert(model_calls).values(
            customer_id=customer_id,
            at=at,
            tokens=tokens,
            milliseconds=milliseconds,
            ended=ended,
            why=why[:100],
        )
    )


def tidy(session: Session, now: datetime) -> int:
    return session.execute(delete(model_calls).where(model_calls.c.at < now - KEPT)).rowcount
