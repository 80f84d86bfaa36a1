"""What was decided for a customer at an instant that is over, by what was kept of it: nothing is judged again."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Row, func, select

from bot.store.database import Instant, Session
from bot.store.delivery_states import GOT
from bot.store.planning import verdicts
from bot.store.planning.verdicts import Page, Verdict
from bot.store.tables import campaigns, deliveries, messages, plan_passes
from bot.values.explanation import Attempt, CampaignExplained, Finding


@dataclass(frozen=True, slots=True, kw_only=True)
class Rhythm:
    """A customer's, as it was."""

    engagement: str
    silent_pushes: int
    spoke_at: datetime | None
    last_push_at: datetime | None
    last_push_day: date | None


def is_over(session: Session, at: datetime) -> bool:
    """A later pass has decided since."""
    later = select(plan_passes.c.id).where(plan_passes.c.at > at, plan_passes.c.finished_at.is_not(None))
    return session.execute(later.limit(1)).first() is not None


def explained(
    session: Session, customer_id: int, campaign_id: str | None, at: datetime
) -> list[CampaignExplained]:
    """One campaign, or all that were planned for: the verdict, and the customer's figures it was decided on."""
    said = {(one.campaign_id, one.purpose): one for one in verdicts.of_customer(session, customer_id, at)}
    return [
        _explained(
            session, page, entry["campaign"], customer_id, said.get((entry["campaign"], page.purpose)), at
        )
        for page in verdicts.pages(session, at)
        for entry in page.entries
        if campaign_id in (None, entry["campaign"])
    ]


def rhythm(
    session: Session, who: Row[Any], said: Sequence[CampaignExplained], at: datetime, zone: ZoneInfo
) -> Rhythm:
    """What was known of their answers when it was last decided, and what they had said and got by then."""
    decided = [one for one in said if one.decided_at is not None]
    last = max(decided, key=lambda one: one.decided_at or at, default=None)
    values = last.findings[0].values if last else {}
    spoke = select(func.max(messages.c.created_at, type_=Instant())).where(
        messages.c.customer_id == who.id, messages.c.direction == "in", messages.c.created_at <= at
    )
    got = select(func.max(deliveries.c.left_at, type_=Instant())).where(
        deliveries.c.customer_id == who.id, deliveries.c.campaign_id.is_not(None),
        deliveries.c.state.in_(("claimed", *GOT)), deliveries.c.left_at <= at,
    )  # fmt: skip
    pushed_at: datetime | None = session.execute(got).scalar()
    return Rhythm(
        engagement=values.get("engagement", who.engagement),
        silent_pushes=values.get("silent_pushes", who.silent_pushes),
        spoke_at=session.execute(spoke).scalar(),
        last_push_at=pushed_at,
        last_push_day=pushed_at.astimezone(zone).date() if pushed_at else None,
    )


def _explained(
    session: Session, page: Page, campaign_id: str, customer_id: int, said: Verdict | None, at: datetime
) -> CampaignExplained:
    name = (
        session.execute(select(campaigns.c.name).where(campaigns.c.id == campaign_id)).scalar() or campaign_id
    )
    attempts = session.execute(
        select(deliveries)
        .where(deliveries.c.campaign_id == campaign_id, deliveries.c.customer_id == customer_id)
        .where(deliveries.c.planned_at <= at)
        .order_by(deliveries.c.id.desc())
        .limit(1)
    ).all()
    reason, values = (said.reason, said.values) if said else ("no_candidate", {})
    finding = Finding(policy=reason.partition(":")[0], stands=True, reason=reason, values=values)
    return CampaignExplained(
        campaign_id=campaign_id,
        name=name,
        purpose=page.purpose,
        in_segment=True,
        opens=page.opens,
        closes=page.closes,
        calendar_known=True,
        channel="",
        content_id="",
        findings=(finding,),
        last_verdict=said.reason if said else "",
        decided_at=said.decided_at if said else None,
        attempts=tuple(
            Attempt(
                delivery_id=row.id, content_id=row.content_id or "", channel=row.channel, state=row.state,
                reason=row.reason, planned_at=row.planned_at, due_at=row.due_at, finished_at=row.finished_at,
            )
            for row in attempts
        ),
    )  # fmt: skip
