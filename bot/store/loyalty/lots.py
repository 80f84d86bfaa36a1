"""Points that end soon, for segments and for the words of a reminder."""

from datetime import datetime, timedelta

from sqlalchemy import Select, func, select

from bot.store.tables import point_lots

SOON = timedelta(days=30)


def ending(now: datetime) -> Select[int]:
    """How many, as `points`: 0 where there are none. To be narrowed to whose."""
    left = func.coalesce(func.sum(point_lots.c.remaining), 0).label("points")
    today = now.date()
    return select(left).where(
        point_lots.c.remaining > 0, point_lots.c.expires_on.between(today, today + SOON)
    )
