"""What is known in the database about a campaign somebody wants to keep: grounds for the rules to object on."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy import select

from bot.config import Config
from bot.rules.pushes.campaign_objections import LOOKED_AHEAD, Grounds
from bot.rules.pushes.entitlements import channels_of
from bot.store.campaigns import festivals, working_days
from bot.store.database import Session
from bot.store.segments import segments
from bot.store.tables import campaigns, customers
from bot.values.campaign import CampaignDraft, PoolContent
from bot.values.rule import BadRule


def grounds(
    session: Session, draft: CampaignDraft, pool: Iterable[PoolContent], now: datetime, config: Config
) -> Grounds:
    today = now.astimezone(config.push.zone).date()
    first = max(draft.starts, today)
    last = min(max(draft.ends, first), first + timedelta(days=LOOKED_AHEAD))
    reason, fault = _against_segment(session, draft.segment_id, now)
    return Grounds(
        now=now,
        push=config.push,
        pool=tuple(pool),
        segment=reason,
        segment_fault=fault,
        calendar=working_days.between(session, first, last),
        festivals=festivals.known(session),
        channels=channels_of(config.wechat),
    )


def waiting_for(session: Session, festival_id: str) -> str | None:
    """A campaign that is running or about to, and is sent for this festival."""
    live = select(campaigns.c.id, campaigns.c.occasion).where(
        campaigns.c.status.in_(("running", "paused")), campaigns.c.occasion.is_not(None)
    )
    for row in session.execute(live.order_by(campaigns.c.id)):
        if row.occasion.get("festival") == festival_id:
            return str(row.id)
    return None


def _against_segment(session: Session, segment_id: str, now: datetime) -> tuple[str, str]:
    """Whether anybody is in it is only asked where somebody follows at all."""
    found = segments.find(session, segment_id)
    if found is None:
        return "no_segment", segment_id
    try:
        members = segments.audience(segments.understood(session, found.rule), now)
    except BadRule as error:
        return "broken_segment", str(error)
    if session.execute(members.limit(1)).first() is not None:
        return "", ""
    follows = select(customers.c.id).where(segments.FOLLOWS).limit(1)
    return ("empty_segment", "") if session.execute(follows).first() is not None else ("", "")
