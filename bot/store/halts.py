"""Channels that nothing goes out on until somebody has looked."""

from datetime import datetime

from sqlalchemy import delete, insert, update

from bot.store.database import Session
from bot.store.tables import channel_halts


def halt(session: Session, channel: str, reason: str, now: datetime) -> None:
    """Halted already: the first reason stays, it is the cause."""
    known = update(channel_halts).where(channel_halts.c.channel == channel)
    expired = session.execute(
        known.where(channel_halts.c.until <= now).values(reason=reason[:200], since=now, until=None)
    ).rowcount
    if expired or session.execute(known.values(channel=channel)).rowcount:
        return
    session.execute(insert(channel_halts).values(channel=channel, reason=reason[:200], since=now))


def lift(session: Session, channel: str) -> bool:
    """True when it was halted."""
    return session.execute(delete(channel_halts).where(channel_halts.c.channel == channel)).rowcount > 0
