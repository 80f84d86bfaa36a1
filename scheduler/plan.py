"""One planning pass: what did not go out in time moves on, then each running campaign, the most important first."""

from datetime import datetime, timedelta

from bot.rules.windows import PURPOSES, Window, next_window, window_at
from bot.services import Services
from bot.store import moving, plans, working_days
from bot.values.push import CampaignPlan, PlanReport

AHEAD = timedelta(hours=2)  # a window that opens within this is planned already


def plan(services: Services, at: datetime) -> PlanReport:
    """Each campaign in a transaction of its own, so that a crash between two leaves nothing half done."""
    push = services.config.push
    today = at.astimezone(push.zone).date()
    with services.database.reading() as session:
        calendar = working_days.around(session, today)
    coming = {
        purpose: window_at(purpose, at, push, calendar) or next_window(purpose, at, push, calendar)
        for purpose in PURPOSES
    }
    moved, late = _tidy(services, coming, at)
    with services.database.reading() as session:
        campaigns = [
            (campaign, purpose)
            for campaign in plans.running(session, today)
            for purpose in plans.purposes_of(session, campaign.id)
        ]
    done: list[CampaignPlan] = []
    for campaign, purpose in campaigns:
        window = coming[purpose]
        if window.opens <= at + AHEAD and campaign.starts <= window.day <= campaign.ends:
            with services.database.transaction() as session:
                done.append(plans.plan_campaign(session, campaign, purpose, window, at, services.config))
    return PlanReport(
        at=at,
        campaigns=tuple(done),
        moved=moved,
        too_late=late,
        calendar_known=all(window.kind.known for window in coming.values()),
    )


def _tidy(services: Services, coming: dict[str, Window], at: datetime) -> tuple[int, int]:
    moved = late = 0
    with services.database.transaction() as session:
        for purpose, window in coming.items():
            more_moved, more_late = moving.move_closed(session, purpose, window, at)
            moved, late = moved + more_moved, late + more_late
        today = at.astimezone(services.config.push.zone).date()
        late += moving.drop_useless_kept(session, today, at)
    return moved, late
