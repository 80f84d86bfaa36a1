"""Why did, or didn't, this customer get that: every policy asked about one customer, by the expressions of all."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Row, Subquery, case, func, literal, select

from bot.config import Config
from bot.rules.pushes import greatest_good
from bot.rules.pushes.rhythm import SLACK, gap
from bot.rules.pushes.windows import Window, next_window, window_at
from bot.store.campaigns import campaign_pages, campaigns_running, festivals, working_days
from bot.store.database import Session
from bot.store.people.customers import HAS_KEPT
from bot.store.planning import awaited, days_sends, moments, occasions, past_explanations, rotation, verdicts
from bot.store.planning.awaited import Awaited
from bot.store.planning.candidates import of_campaign, shapes_of, with_history
from bot.store.planning.eligibility import POLICIES
from bot.store.planning.moments import Moment
from bot.store.planning.next_contents import judged_rows
from bot.store.planning.past_explanations import Rhythm
from bot.store.planning.verdicts import Verdict
from bot.store.segments.segments import members, understood
from bot.store.sending import mass_sends
from bot.store.tables import campaigns, customers, deliveries, segments
from bot.values.channels import MASS
from bot.values.explanation import Attempt, CampaignExplained, Explanation, Finding

MOST_ATTEMPTS = 20
SHOWN = tuple(dict.fromkeys(name for policy in POLICIES for name in policy.shows))


def explain(
    session: Session, openid: str, campaign_id: str | None, at: datetime, config: Config
) -> Explanation | None:
    """One campaign, or all that run on the day; None for an openid nobody has.

    For an instant planning has gone past, what was decided then, if it is kept still.
    """
    who = session.execute(select(customers).where(customers.c.openid == openid)).one_or_none()
    if who is None:
        return None
    today = at.astimezone(config.push.zone).date()
    past = (
        past_explanations.explained(session, who.id, campaign_id, at)
        if past_explanations.is_over(session, at)
        else []
    )
    then = past_explanations.rhythm(session, who, past, at, config.push.zone) if past else who
    explained = past or _judged(session, _campaigns(session, campaign_id, today), who, at, config)
    return Explanation(
        customer_id=who.id,
        openid=openid,
        at=at,
        engagement=then.engagement,
        unanswered=then.silent_pushes,
        spoke_at=then.spoke_at,
        gap_days=_gap(then, config),
        ordinary_gap_days=config.push.max_gap_days,
        most_gap_days=max(config.push.tired_gap_days, config.push.max_gap_days),
        last_push_at=then.last_push_at,
        next_urgent_at=_next_after(then, 1, config),
        next_regular_at=_next_after(then, _gap(then, config), config),
        campaigns=tuple(explained),
        is_over=bool(past),
        names=dict(campaign_pages.names(session)),
    )


def _campaigns(session: Session, campaign_id: str | None, today: date) -> Sequence[Row[Any]]:
    if campaign_id is None:
        return campaigns_running.on(session, today)
    return session.execute(
        select(campaigns, segments.c.rule)
        .join(segments, segments.c.id == campaigns.c.segment_id)
        .where(campaigns.c.id == campaign_id)
    ).all()


def _judged(
    session: Session, asked_about: Sequence[Row[Any]], who: Row[Any], at: datetime, config: Config
) -> list[CampaignExplained]:
    purposes_of = campaigns_running.purposes(session, asked_about)
    later = awaited.later_today(session, at, config)
    last = {(one.campaign_id, one.purpose): one for one in verdicts.of_customer(session, who.id)}
    return [
        _explained(session, campaign, purpose, who, at, config, later, last.get((campaign.id, purpose)))
        for campaign in asked_about
        for purpose in purposes_of.get(campaign.id, ())
    ]


def _gap(who: Row[Any] | Rhythm, config: Config) -> int:
    return gap(who.engagement, who.silent_pushes, config.push)


def _next_after(who: Row[Any] | Rhythm, gap_days: int, config: Config) -> datetime | None:
    """The first instant the rhythm allows: the day, and the hours, whichever is later."""
    last_at: datetime | None = who.last_push_at
    last_day: date | None = who.last_push_day
    if last_at is None or last_day is None:
        return None
    days = timedelta(days=gap_days)
    morning = datetime.combine(last_day + days, time(), config.push.zone)
    return max(morning, (last_at + days - SLACK).astimezone(config.push.zone))


def _explained(
    session: Session,
    campaign: Row[Any],
    purpose: str,
    who: Row[Any],
    at: datetime,
    config: Config,
    later: Sequence[Awaited],
    last: Verdict | None,
) -> CampaignExplained:
    """`later`: campaigns that may keep them from it today; `last`: what the last pass said."""
    calendar = working_days.around(session, at.astimezone(config.push.zone).date())
    window = window_at(purpose, at, config.push, calendar) or next_window(purpose, at, config.push, calendar)
    moment = moments.planning(session, window, at, max(at, window.opens), config)
    occasion, of_occasion = _occasion(session, campaign, who.id, window.day, config)
    awaits = awaited.awaits(later, campaign, window)
    found = _asked(session, campaign, purpose, who.id, moment, occasion, awaits)
    findings = tuple(
        Finding(
            policy=policy.name,
            stands=bool(getattr(found, f"holds_{number}")),
            reason=str(getattr(found, f"says_{number}") or policy.name),
            values={name: getattr(found, name) for name in policy.shows},
        )
        for number, policy in enumerate(POLICIES)
    )
    findings = (
        *_in_order(findings, of_occasion),
        *_of_the_days_send(session, campaign, found, moment),
    )
    return _with_history(session, campaign, purpose, who.id, window, found, findings, last)


def _of_the_days_send(
    session: Session, campaign: Row[Any], found: Row[Any], moment: Moment
) -> tuple[Finding, ...]:
    """A subscription account sends one content a day to many: what else would go that way has to wait."""
    if moment.mass.target != "tag" or found.channel != MASS:
        return ()
    if mass_sends.day_is_spent(session, moment.mass_day):
        return (Finding(policy="days_send", stands=True, reason="day_is_spent", values={}),)
    given = days_sends.given(session, moment.mass_day)
    if given is None or given.winner.content_id == found.content_id:
        return ()
    reason = greatest_good.reason(given, campaign.id)
    return (Finding(policy="days_send", stands=True, reason=reason, values={}),)


def _in_order(findings: tuple[Finding, ...], of_occasion: tuple[Finding, ...]) -> tuple[Finding, ...]:
    """Nobody without the occasion is a candidate; that it was had is no news while it is this campaign's turn."""
    if any(one.reason == "no_occasion" for one in of_occasion):
        return (*of_occasion, *findings)
    mine = next(place for place, one in enumerate(findings) if one.policy == "mine")
    if findings[mine].stands:
        return findings
    return (*findings[:mine], *of_occasion, *findings[mine:])


def _occasion(
    session: Session, campaign: Row[Any], customer_id: int, day: date, config: Config
) -> tuple[Subquery | None, tuple[Finding, ...]]:
    """Whose it is on the day, if theirs too; and what that says, for a campaign that waits for one."""
    if campaign.occasion is None:
        return None, ()
    rows = occasions.of_campaign(campaign, day, config.push.zone, festivals.known(session))
    mine = None
    if rows is not None:
        mine = session.execute(select(rows).where(rows.c.customer_id == customer_id)).one_or_none()
    if mine is None:
        return None, (Finding(policy="occasion", stands=True, reason="no_occasion", values={"day": day}),)
    values = {"occasion": mine.occasion, "until": mine.closes}
    return rows, (Finding(policy="occasion", stands=bool(mine.had), reason="occasion_had", values=values),)


def _asked(
    session: Session,
    campaign: Row[Any],
    purpose: str,
    customer_id: int,
    moment: Moment,
    occasion: Subquery | None,
    later: ColumnElement[Any],
) -> Row[Any]:
    is_running = campaign.status == "running" and campaign.starts <= moment.today <= campaign.ends
    shapes = shapes_of(session, campaign.id, purpose)
    judged = of_campaign(campaign, purpose, moment, shapes, is_running=is_running)
    candidate = replace(with_history(judged, campaign, moment), awaited=later)
    asked: list[Any] = [
        candidate.channel.label("channel"),
        func.coalesce(candidate.content_id, "").label("content_id"),
        case((members(understood(session, campaign.rule), moment.now), literal(1)), else_=literal(0)).label(
            "in_segment"
        ),
        *(HAS_KEPT.label(name) if name == "has_kept" else customers.c[name] for name in SHOWN),
    ]
    for number, policy in enumerate(POLICIES):
        holds = policy.holds(candidate, moment)
        asked += [
            case((holds, literal(1)), else_=literal(0)).label(f"holds_{number}"),
            case((holds, policy.says(candidate)), else_=None).label(f"says_{number}"),
        ]
    rows = select(*asked).select_from(
        judged_rows(
            campaign,
            purpose,
            moment,
            occasion,
            rotation=rotation.of_campaign(session, campaign, purpose),
        )
    )
    return session.execute(rows.where(customers.c.id == customer_id)).one()


def _with_history(
    session: Session,
    campaign: Row[Any],
    purpose: str,
    customer_id: int,
    window: Window,
    found: Row[Any],
    findings: tuple[Finding, ...],
    verdict: Verdict | None,
) -> CampaignExplained:
    attempts = session.execute(
        select(deliveries)
        .where(deliveries.c.campaign_id == campaign.id, deliveries.c.customer_id == customer_id)
        .order_by(deliveries.c.id.desc())
        .limit(MOST_ATTEMPTS)
    ).all()
    if any(row.state == "planned" for row in attempts):
        findings = _with_one_to_come(findings)
    return CampaignExplained(
        campaign_id=campaign.id,
        name=campaign.name,
        purpose=purpose,
        in_segment=bool(found.in_segment),
        opens=window.opens,
        closes=window.closes,
        calendar_known=window.kind.known,
        channel=found.channel or "",
        content_id=found.content_id,
        findings=findings,
        last_verdict=verdict.reason if verdict else "",
        decided_at=verdict.decided_at if verdict else None,
        attempts=tuple(_attempt(row) for row in attempts),
    )


def _with_one_to_come(findings: tuple[Finding, ...]) -> tuple[Finding, ...]:
    """Nothing may be left to plan besides what is planned or kept: that, they never got."""
    return tuple(
        replace(one, stands=False) if one.stands and one.policy == "nothing_new" else one for one in findings
    )


def _attempt(row: Row[Any]) -> Attempt:
    return Attempt(
        delivery_id=row.id,
        content_id=row.content_id or "",
        channel=row.channel,
        state=row.state,
        reason=row.reason,
        planned_at=row.planned_at,
        due_at=row.due_at,
        finished_at=row.finished_at,
    )
