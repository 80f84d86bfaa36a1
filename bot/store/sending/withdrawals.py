"""Planned deliveries that a person takes back before they go out: skipped, `withdrawn`, and counted as the day's attempt.

What is claimed is under way and cannot be called back. The planner gives the customer nothing else of the campaign
on that day; on a later day it may come again.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, and_, select, update

from bot.store.among import among
from bot.store.database import Session
from bot.store.programs import outbox
from bot.store.tables import campaigns, contents, deliveries

WITHDRAWN, CHANGED, OVER = "withdrawn", "campaign_changed", "campaign_over"
PLANNED_BY = frozenset(
    {"segment_id", "contents", "variants", "hold_out_percent", "channels", "occasion", "marketing_in_window"}
)  # of a campaign: who gets what of it, and how. Of its priority: `planning/making_way.py`; its period and status the claim asks


def of_campaign(session: Session, campaign_id: str, now: datetime) -> int:
    """Gives how many."""
    return _withdraw(session, deliveries.c.campaign_id == campaign_id, now)


def of_one_that_stops(session: Session, campaign_id: str, now: datetime) -> int:
    """What the campaign has planned and has not claimed yet goes nowhere."""
    return _withdraw(session, deliveries.c.campaign_id == campaign_id, now, OVER)


def these(session: Session, ids: Sequence[int], now: datetime) -> list[int]:
    """Pushes and answers alike; gives those of them that were still planned."""
    planned = and_(among(session, deliveries.c.id, ids), deliveries.c.state == "planned")
    found = select(deliveries.c.id).where(planned).order_by(deliveries.c.id).with_for_update()
    mine = list(session.execute(found).scalars())
    _withdraw(session, among(session, deliveries.c.id, mine), now)
    return mine


def after_change(session: Session, campaign_id: str, changed: Iterable[str], now: datetime) -> int:
    """Nothing goes out by what the campaign was before: the next pass plans it anew, the same day. Gives how many."""
    if PLANNED_BY.isdisjoint(changed):
        return 0
    return _withdraw(session, deliveries.c.campaign_id == campaign_id, now, CHANGED)


def after_purpose(session: Session, content_id: str, now: datetime) -> int:
    """A content that was planned for another purpose has other windows, channels and approvals now. Gives how many."""
    meant = select(contents.c.purpose).where(contents.c.id == content_id).scalar_subquery()
    otherwise = and_(deliveries.c.content_id == content_id, deliveries.c.purpose != meant)
    return _withdraw(session, and_(otherwise, deliveries.c.campaign_id.is_not(None)), now, CHANGED)


def after_segment(session: Session, segment_ids: Iterable[str], now: datetime) -> int:
    """Whom a rule of these segments leaves out now gets nothing by what it was before. Gives how many."""
    theirs = select(campaigns.c.id).where(campaigns.c.segment_id.in_(sorted(segment_ids)))
    return _withdraw(session, deliveries.c.campaign_id.in_(theirs), now, CHANGED)


def _withdraw(session: Session, which: ColumnElement[bool], now: datetime, reason: str = WITHDRAWN) -> int:
    planned = and_(which, deliveries.c.state == "planned")
    ends = update(deliveries).where(planned).values(state="skipped", reason=reason, finished_at=now)
    return outbox.ending(session, ends, "skipped")
