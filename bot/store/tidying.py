"""What is dropped or brought up to date because time passed."""

from datetime import datetime, timedelta

from sqlalchemy import and_, case, delete, false, func, update

from bot.rules.rhythm import SPEAKS, TIRED_AFTER
from bot.store.database import Session
from bot.store.tables import customers, messages, plan_totals, staff_sessions, volatile

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


def refresh_engagement(session: Session, now: datetime) -> int:
    """Who wrote lately is engaged, who left several pushes unanswered is tired; only rows that change are written."""
    fresh = case(
        (func.coalesce(customers.c.spoke_at > now - SPEAKS, false()), "engaged"),
        (customers.c.silent_pushes >= TIRED_AFTER, "tired"),
        else_="ordinary",
    )
    alive = customers.c.forgotten_at.is_(None)
    changed = update(customers).where(alive, customers.c.engagement != fresh).values(engagement=fresh)
    return session.execute(changed).rowcount
