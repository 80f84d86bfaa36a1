"""The campaigns that are sent from, and what their contents are for."""

from collections.abc import Sequence
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


def purposes_of(session: Session, campaign_id: str) -> list[str]:
    """What the campaign's contents are for; each purpose has its own windows."""
    found = (
        select(contents.c.purpose)
        .join(campaign_contents, campaign_contents.c.content_id == contents.c.id)
        .where(campaign_contents.c.campaign_id == campaign_id)
        .distinct()
        .order_by(contents.c.purpose)
    )
    return list(session.execute(found).scalars())
