"""Campaigns as operators see and change them. Sending is no business of this file."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from bot.rules.pushes.entitlements import ways_of
from bot.store.database import Session
from bot.store.planning import pools
from bot.store.tables import campaign_contents, campaigns, contents, deliveries, segments
from bot.values.campaign import CampaignDraft, PoolContent

MAY_BECOME: dict[str, tuple[str, ...]] = {  # a status, and those it may come from
    "running": ("draft", "paused"),
    "paused": ("running",),
    "ended": ("draft", "running", "paused"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class CampaignLine:
    id: str
    draft: CampaignDraft
    segment_name: str
    status: str
    updated_at: datetime
    states: dict[str, int]  # deliveries by state, only those that occur

    @property
    def deliveries(self) -> int:
        return sum(self.states.values())


def every(session: Session) -> list[CampaignLine]:
    """All of them: running, then paused, drafts and ended; by priority."""
    found = _lines(session, None)
    order = ("running", "paused", "draft", "ended")
    return sorted(found, key=lambda line: (order.index(line.status), -line.draft.priority, line.id))


def find(session: Session, campaign_id: str) -> CampaignLine | None:
    found = _lines(session, campaign_id)
    return found[0] if found else None


def names(session: Session) -> list[tuple[str, str]]:
    """Id and name of every campaign, by name."""
    return [
        (row.id, row.name)
        for row in session.execute(select(campaigns.c.id, campaigns.c.name).order_by(campaigns.c.name))
    ]


def pool(session: Session, content_ids: Sequence[str] | None = None) -> list[PoolContent]:
    """The contents of these ids, in this order; all of them, by category and title, when none are named."""
    asked = select(contents).order_by(contents.c.category, contents.c.title, contents.c.id)
    if content_ids is not None:
        asked = asked.where(contents.c.id.in_(content_ids))
    found = {row.id: _pool_content(row) for row in session.execute(asked)}
    return (
        [found[name] for name in content_ids if name in found]
        if content_ids is not None
        else list(found.values())
    )


def add(session: Session, campaign_id: str, draft: CampaignDraft, now: datetime) -> bool:
    """As a draft. False when there is a campaign of this id."""
    try:
        with session.begin_nested():
            session.execute(insert(campaigns).values(id=campaign_id, status="draft", **_fields(draft, now)))
    except IntegrityError:
        return False
    pools.replace(session, campaign_id, [(content, "") for content in dict.fromkeys(draft.contents)])
    return True


def change(
    session: Session, campaign_id: str, draft: CampaignDraft, *, seen_at: datetime, now: datetime
) -> bool:
    """False when somebody changed or ended it since it was seen, at `seen_at`."""
    changed = session.execute(
        update(campaigns)
        .where(
            campaigns.c.id == campaign_id, campaigns.c.updated_at == seen_at, campaigns.c.status != "ended"
        )
        .values(_fields(draft, now))
        .returning(campaigns.c.id)
    ).one_or_none()
    if changed is None:
        return False
    known = dict(pools.of_campaign(session, campaign_id))
    pool = [(content, known.get(content, "")) for content in dict.fromkeys(draft.contents)]
    pools.replace(session, campaign_id, pool)
    return True


def become(session: Session, campaign_id: str, status: str, now: datetime) -> bool:
    """False when the campaign's status does not allow it (any more)."""
    changed = session.execute(
        update(campaigns)
        .where(campaigns.c.id == campaign_id, campaigns.c.status.in_(MAY_BECOME[status]))
        .values(status=status, updated_at=now)
        .returning(campaigns.c.id)
    )
    return changed.one_or_none() is not None


def _fields(draft: CampaignDraft, now: datetime) -> dict[str, Any]:
    return {
        "name": draft.name,
        "segment_id": draft.segment_id,
        "priority": draft.priority,
        "starts": draft.starts,
        "ends": draft.ends,
        "regular": draft.regular,
        "repeat": draft.repeat,
        "channels": list(draft.channels),
        "marketing_in_window": draft.marketing_in_window,
        "occasion": draft.occasion,
        "updated_at": now,
    }


def _lines(session: Session, campaign_id: str | None) -> list[CampaignLine]:
    asked = select(campaigns, segments.c.name.label("segment_name")).join(
        segments, segments.c.id == campaigns.c.segment_id
    )
    chosen = select(campaign_contents).order_by(campaign_contents.c.position)
    counted = (
        select(deliveries.c.campaign_id, deliveries.c.state, func.count().label("number"))
        .where(deliveries.c.campaign_id.is_not(None))
        .group_by(deliveries.c.campaign_id, deliveries.c.state)
    )
    if campaign_id is not None:
        asked = asked.where(campaigns.c.id == campaign_id)
        chosen = chosen.where(campaign_contents.c.campaign_id == campaign_id)
        counted = counted.where(deliveries.c.campaign_id == campaign_id)
    pools: dict[str, list[str]] = {}
    for row in session.execute(chosen):
        pools.setdefault(row.campaign_id, []).append(row.content_id)
    states: dict[str, dict[str, int]] = {}
    for row in session.execute(counted):
        states.setdefault(row.campaign_id, {})[row.state] = row.number
    return [
        _line(row, tuple(pools.get(row.id, ())), states.get(row.id, {})) for row in session.execute(asked)
    ]


def _line(row: Row[Any], content_ids: tuple[str, ...], states: dict[str, int]) -> CampaignLine:
    draft = CampaignDraft(
        name=row.name,
        segment_id=row.segment_id,
        contents=content_ids,
        priority=row.priority,
        starts=row.starts,
        ends=row.ends,
        regular=row.regular,
        repeat=row.repeat,
        channels=tuple(row.channels),
        marketing_in_window=row.marketing_in_window,
        occasion=row.occasion,
    )
    return CampaignLine(
        id=row.id,
        draft=draft,
        segment_name=row.segment_name,
        status=row.status,
        updated_at=row.updated_at,
        states=states,
    )


def _pool_content(row: Row[Any]) -> PoolContent:
    return PoolContent(
        id=row.id,
        title=row.title,
        category=row.category,
        purpose=row.purpose,
        is_approved=row.approved_at is not None,
        useful_until=row.useful_until,
        ways=ways_of(
            row.purpose,
            by_mass=row.by_mass,
            has_notice=row.notice_template is not None,
            has_template=row.template_id is not None,
        ),
    )
