"""The campaigns that are sent from, and what their contents are for."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from sqlalchemy import Row, select

from bot.store.database import Session
from bot.store.tables import campaign_contents, campaigns, contents, segments


def on(session: Session, day: date) -> Sequence[Row[Any]]:
    """Those that run on the day, the most important first; each with the rule of its segment."""
    return between(session, [day])


def between(session: Session, days: Sequence[date]) -> Sequence[Row[Any]]:
    """Those that run on at least one of the days."""
    if not days:
        return []
    return session.execute(
        select(campaigns, segments.c.rule)
        .join(segments, segments.c.id == campaigns.c.segment_id)
        .where(
            campaigns.c.status == "running", campaigns.c.starts <= max(days), campaigns.c.ends >= min(days)
        )
        .order_by(campaigns.c.priority.desc(), campaigns.c.id)
    ).all()


def purposes(session: Session, of: Iterable[Row[Any]]) -> dict[str, list[str]]:
    """What the contents of each of these campaigns are for; each purpose has its own windows."""
    rows = (
        select(campaign_contents.c.campaign_id, contents.c.purpose)
        .join(contents, contents.c.id == campaign_contents.c.content_id)
        .where(campaign_contents.c.campaign_id.in_([one.id for one in of]))
        .distinct()
        .order_by(campaign_contents.c.campaign_id, contents.c.purpose)
    )
    found: dict[str, list[str]] = {}
    for row in session.execute(rows):
        found.setdefault(row.campaign_id, []).append(row.purpose)
    return found
