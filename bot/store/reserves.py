"""Whether part of the month's mass sends is kept for festivals: only while one is still to come this month."""

from calendar import monthrange
from datetime import date

from sqlalchemy import select

from bot.store.database import Session
from bot.store.tables import campaigns


def standing(session: Session, today: date, wanted: int) -> int:
    """The wanted reserve, while a time-bound campaign that has not ended runs in what is left of the month; else 0.

    One that is still a draft, or paused, counts as well: whoever prepares a festival wants the sends for it.
    """
    month_ends = today.replace(day=monthrange(today.year, today.month)[1])
    coming = select(campaigns.c.id).where(
        campaigns.c.regular.is_(False),
        campaigns.c.status != "ended",
        campaigns.c.starts <= month_ends,
        campaigns.c.ends >= today,
    )
    return wanted if wanted and session.execute(coming.limit(1)).first() else 0
