"""Campaigns that lose nearly everybody to others, day after day."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from sqlalchemy import case, func, select

from bot.config import Push
from bot.rules.pushes.reasons import ARRANGED
from bot.store.database import Session
from bot.store.delivery_states import GOT, LIVE
from bot.store.tables import campaigns, deliveries, plan_passes, plan_totals
from bot.values.push import Starved

DAYS = 3  # in a row
MOSTLY = 0.8  # of those nothing else stood against


def starved(session: Session, at: datetime, push: Push, days: int = DAYS) -> list[Starved]:
    """On each of the last days most of those nothing else stood against went to others, and it reached few.

    Whether it had something new for those it lost is not asked: a campaign that everybody has had all of is named too.
    """
    today = at.astimezone(push.zone).date()
    found = [
        one
        for campaign_id, name in session.execute(
            select(campaigns.c.id, campaigns.c.name).where(campaigns.c.status == "running")
        )
        if (
            one := _judged(session, campaign_id, name, [today - timedelta(days=n) for n in range(days)], push)
        )
    ]
    return sorted(found, key=lambda one: (-one.lost, one.campaign_id))


def as_of_the_last_pass(session: Session, push: Push) -> list[Starved]:
    """For whoever looks between two passes: a day that has just begun says nothing of it yet."""
    full = plan_passes.c.kind == "full", plan_passes.c.finished_at.is_not(None)
    last = session.execute(
        select(plan_passes.c.at).where(*full).order_by(plan_passes.c.id.desc()).limit(1)
    ).scalar()
    return starved(session, last, push) if last else []


def _judged(
    session: Session, campaign_id: str, name: str, days: Sequence[date], push: Push
) -> Starved | None:
    figures = []
    for day in days:  # most have enough to show for today, and no other day is asked about
        lost, won, to = _on(session, campaign_id, day, push)
        if lost <= MOSTLY * (lost + won) or not lost:
            return None
        figures.append((lost, won, to))
    reached = select(func.count()).where(
        deliveries.c.campaign_id == campaign_id,
        deliveries.c.day >= min(days),
        deliveries.c.state.in_((*LIVE, *GOT)),
    )
    lost, won, to = figures[0]
    if session.execute(reached).scalar_one() > (1 - MOSTLY) * lost:
        return None
    return Starved(campaign_id=campaign_id, name=name, days=len(days), lost=lost, won=won, to=to)


def _on(session: Session, campaign_id: str, day: date, push: Push) -> tuple[int, int, str]:
    """At the day's last pass over everybody: lost to others, won, and to whom most were lost."""
    begins = datetime.combine(day, datetime.min.time(), push.zone)
    of_day = (
        plan_totals.c.campaign_id == campaign_id,
        plan_totals.c.kind == "full",
        plan_totals.c.pass_at >= begins,
        plan_totals.c.pass_at < begins + timedelta(days=1),
    )
    last = select(func.max(plan_totals.c.pass_at)).where(*of_day).scalar_subquery()
    is_lost = plan_totals.c.reason.like("lost_to:%")
    rows = session.execute(
        select(plan_totals.c.reason, func.sum(plan_totals.c.customers).label("number"))
        .where(*of_day, plan_totals.c.pass_at == last, is_lost | plan_totals.c.reason.in_(ARRANGED))
        .group_by(plan_totals.c.reason)
        .order_by(case((is_lost, 0), else_=1), func.sum(plan_totals.c.customers).desc(), plan_totals.c.reason)
    ).all()
    lost = {row.reason.partition(":")[2]: int(row.number) for row in rows if row.reason not in ARRANGED}
    won = sum(int(row.number) for row in rows if row.reason in ARRANGED)
    return sum(lost.values()), won, next(iter(lost), "")
