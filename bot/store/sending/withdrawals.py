"""Planned deliveries that a person takes back before they go out: skipped, `withdrawn`, and counted as the day's attempt.

What is claimed is under way and cannot be called back. The planner gives the customer nothing else of the campaign
on that day; on a later day it may come again.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, and_, select, update

from bot.store.among import among
from bot.store.database import Session
from bot.store.programs import outbox
from bot.store.tables import deliveries

WITHDRAWN = "withdrawn"


def of_campaign(session: Session, campaign_id: str, now: datetime) -> int:
    """Gives how many."""
    return _withdraw(session, deliveries.c.campaign_id == campaign_id, now)


def these(session: Session, ids: Sequence[int], now: datetime) -> list[int]:
    """Pushes and answers alike; gives those of them that were still planned."""
    planned = and_(among(session, deliveries.c.id, ids), deliveries.c.state == "planned")
    found = select(deliveries.c.id).where(planned).order_by(deliveries.c.id).with_for_update()
    mine = list(session.execute(found).scalars())
    _withdraw(session, among(session, deliveries.c.id, mine), now)
    return mine


def _withdraw(session: Session, which: ColumnElement[bool], now: datetime) -> int:
    planned = and_(which, deliveries.c.state == "planned")
    ends = update(deliveries).where(planned).values(state="skipped", reason=WITHDRAWN, finished_at=now)
    return outbox.ending(session, ends, "skipped")
