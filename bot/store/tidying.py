"""What is dropped because time passed."""

from datetime import datetime, timedelta

from sqlalchemy import and_, delete, update

from bot.store.database import Session
from bot.store.tables import messages, plan_totals, staff_sessions, volatile

RAW_KEPT = timedelta(days=30)
TOTALS_KEPT = timedelta(days=90)


def drop_raw_bodies(session: Session, now: datetime) -> int:
    """The opened bodies are kept for inspection only; an answer still owed is made from its body."""
    old = and_(
        messages.c.created_at < now - RAW_KEPT, messages.c.raw.is_not(None), messages.c.state == "done"
    )
    return session.execute(update(messages).where(old).values(raw=None)).rowcount


def drop_totals(session: Session, now: datetime) -> int:
    return session.execute(delete(plan_totals).where(plan_totals.c.pass_at < now - TOTALS_KEPT)).rowcount


def drop_ended_sessions(session: Session, now: datetime) -> int:
    return session.execute(delete(staff_sessions).where(staff_sessions.c.ends_at < now)).rowcount


def drop_expired_keys(session: Session, real: datetime) -> int:
    return session.execute(delete(volatile).where(volatile.c.expires_at < real)).rowcount
