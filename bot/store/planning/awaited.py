"""Whom a more important campaign gets later today: a birthday's evening goes before the offer of the morning.

Only of campaigns that are bound to a time: what they have for somebody today may be of no use tomorrow.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any

from sqlalchemy import ColumnElement, Row, Subquery, and_, case, literal, not_, select

from bot.config import Config
from bot.rules.pushes.spread import slots_of
from bot.rules.pushes.windows import PURPOSES, Window, window_at, windows_of
from bot.store.campaigns import campaigns_running, festivals, working_days
from bot.store.database import Session
from bot.store.planning import occasions
from bot.store.planning.candidates import of_campaign, shapes_of
from bot.store.planning.eligibility import before_contents
from bot.store.planning.moments import Moment, planning
from bot.store.planning.next_contents import comes_again, is_new, of_use
from bot.store.planning.operands import NONE, Candidate, Condition
from bot.store.segments.segments import members, understood
from bot.store.tables import campaign_contents, contents, customers
from bot.values.channels import MASS, NEXT_CONTACT

_pool, _choice = campaign_contents.alias("pool"), contents.alias("choice")


@dataclass(frozen=True, slots=True)
class Awaited:
    campaign_id: str
    priority: int
    opens: datetime
    gets: Condition  # over the row of `customers`


def later_today(
    session: Session, at: datetime, config: Config, planned: Collection[str] = ()
) -> list[Awaited]:
    """The most important first; `planned`: purposes whose campaigns choose now anyhow."""
    bound = [one for one in _running(session, at, config) if not one.regular]
    if not bound:
        return []
    found: list[Awaited] = []
    for purpose, window in _windows(session, at, config):
        if purpose not in planned:
            moment = planning(session, window, at, slots_of(window.opens, window.closes)[-1], config)
            found += _of_purpose(session, bound, purpose, window, moment, config)
    return sorted(found, key=lambda one: (-one.priority, one.campaign_id))


def gets_today(
    session: Session, of: Sequence[Row[Any]], windows: Mapping[str, Window], at: datetime, config: Config
) -> Iterator[tuple[str, Condition]]:
    """Whom each of these campaigns gets now, in the window of its purpose; and later today, if it is bound to a time."""
    for purpose, window in windows.items():
        last_slot = slots_of(max(at, window.opens), window.closes)[-1]
        moment = planning(session, window, at, last_slot, config)
        for one in _of_purpose(session, of, purpose, window, moment, config):
            yield one.campaign_id, one.gets
    names = {one.id for one in of}
    for one in later_today(session, at, config, windows) if names else ():
        if one.campaign_id in names:
            yield one.campaign_id, one.gets


def before(later: Sequence[Awaited], campaign: Row[Any], window: Window) -> list[Awaited]:
    """Those that keep their customers from this campaign."""
    return [one for one in later if one.priority > campaign.priority and one.opens > window.opens]


def awaits(later: Sequence[Awaited], campaign: Row[Any], window: Window) -> ColumnElement[Any]:
    """The campaign they are kept for instead of this one; null for none."""
    found = before(later, campaign, window)
    return case(*((one.gets, literal(one.campaign_id)) for one in found), else_=None) if found else NONE


def _running(session: Session, at: datetime, config: Config) -> Sequence[Row[Any]]:
    return campaigns_running.on(session, at.astimezone(config.push.zone).date())


def _windows(session: Session, at: datetime, config: Config) -> Iterator[tuple[str, Window]]:
    """Of each purpose that waits for an hour of today."""
    day = at.astimezone(config.push.zone).date()
    calendar = working_days.around(session, day)
    for purpose in PURPOSES:
        if window_at(purpose, at, config.push, calendar) is None:
            windows = windows_of(purpose, day, config.push, calendar)
            coming = (window for window in windows if window.opens > at)
            yield from ((purpose, window) for window in islice(coming, 1))


def _of_purpose(
    session: Session, bound: Sequence[Row[Any]], purpose: str, window: Window, moment: Moment, config: Config
) -> Iterator[Awaited]:
    known, purposes_of = festivals.known(session), campaigns_running.purposes(session, bound)
    for campaign in bound:
        if purpose not in purposes_of.get(campaign.id, ()):
            continue
        occasion = None
        if campaign.occasion is not None:
            occasion = occasions.of_campaign(campaign, window.day, config.push.zone, known)
            if occasion is None:
                continue
        candidate = of_campaign(campaign, purpose, moment, shapes_of(session, campaign.id, purpose))
        is_theirs = members(understood(session, campaign.rule), moment.now)
        has_one = _has_one(campaign, purpose, moment, occasion)
        gets = and_(is_theirs, has_one, *_may(candidate, moment), _surely_by(candidate, moment))
        if _is_alone(session, and_(gets, candidate.reach == MASS)):
            gets = and_(gets, candidate.reach != MASS)
        yield Awaited(campaign.id, campaign.priority, window.opens, gets)


def _may(candidate: Candidate, moment: Moment) -> list[Condition]:
    policies = (policy for _, policy in before_contents() if policy.name != "already_kept")
    return [not_(policy.holds(candidate, moment)) for policy in policies]


def _surely_by(candidate: Candidate, moment: Moment) -> Condition:
    """By a channel that is theirs alone: a day's one send to all may be given to others."""
    unsure = {NEXT_CONTACT, *moment.halted, *({MASS} if moment.mass.target == "tag" else ())}
    return candidate.reach.not_in(sorted(unsure))


def _is_alone(session: Session, by_mass: Condition) -> bool:
    """WeChat takes no mass send of one, so whoever is alone with it would be kept in vain."""
    found = session.execute(select(customers.c.id).where(by_mass).limit(2)).all()
    return len(found) == 1


def _has_one(campaign: Row[Any], purpose: str, moment: Moment, occasion: Subquery | None) -> Condition:
    """It has an approved content for them, and if it waits for an occasion, they have one it has not done yet."""
    approved = (
        select(_pool.c.content_id)
        .join(_choice, _choice.c.id == _pool.c.content_id)
        .where(
            _choice.c.approved_by.is_not(None), *of_use(campaign, purpose, moment, _pool, _choice, occasion)
        )
    )
    if not comes_again(campaign, occasion):
        approved = approved.where(is_new(_pool))
    if occasion is None:
        return approved.correlate(customers).exists()
    is_theirs = approved.correlate(customers, occasion).exists()
    if occasions.concerns_all(campaign):
        of_them = occasion.c.customer_id == customers.c.id
        return (
            select(occasion.c.customer_id)
            .where(of_them, ~occasion.c.had, is_theirs)
            .correlate(customers)
            .exists()
        )
    return customers.c.id.in_(select(occasion.c.customer_id).where(~occasion.c.had, is_theirs))
