"""Whether part of the month's mass sends is kept for festivals: only while one is still to come this month."""

from calendar import monthrange
from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import select

from bot.rules.pushes import occasions
from bot.store.campaigns import festivals
from bot.store.database import Session
from bot.store.tables import campaigns
from bot.values.festival import Festival


def standing(session: Session, today: date, wanted: int) -> int:
    """The wanted reserve, while a time-bound campaign that has not ended runs in what is left of the month; else 0.

    One that is still a draft, or paused, counts as well: whoever prepares a festival wants the sends for it.
    """
    month_ends = today.replace(day=monthrange(today.year, today.month)[1])
    coming = select(campaigns.c.occasion, campaigns.c.starts, campaigns.c.ends).where(
        campaigns.c.regular.is_(False),
        campaigns.c.status != "ended",
        campaigns.c.starts <= month_ends,
        campaigns.c.ends >= today,
    )
    if not wanted:
        return 0
    days = festivals.known(session)
    is_coming = any(
        _is_festival_between(row.occasion, max(today, row.starts), min(month_ends, row.ends), days)
        for row in session.execute(coming)
    )
    return wanted if is_coming else 0


def _is_festival_between(
    occasion: dict[str, Any] | None, first: date, last: date, known: Mapping[str, Festival]
) -> bool:
    """What is bound to the days of its own period counts; birthdays and return visits, which never end, do not."""
    if occasion is None:
        return True
    meant = occasions.read(occasion)
    return meant.kind == "festival" and occasions.is_sent_between(meant, first, last, known)
