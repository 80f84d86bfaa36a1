"""The instant a decision is made for, with every constant the policies compare with: all time is counted here."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime

from bot.config import Config
from bot.rules.pushes.entitlements import MassRules, channels_of, mass_rules, templates_a_day
from bot.rules.pushes.rhythm import Apart, Rung, thresholds
from bot.rules.pushes.windows import PURPOSES, Window, window_at
from bot.store.campaigns import working_days
from bot.store.database import Session
from bot.store.planning import reserves
from bot.store.sending import daily_calls, halts, steering
from bot.store.sending.halts import NOTHING_HALTED, Standing
from bot.values.channels import MASS, TEMPLATE


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    now: datetime
    today: date
    month: str  # "2026-11", in Shanghai: WeChat counts a follower's mass sends by it
    daily: Apart
    least: Apart
    rungs: tuple[Rung, ...]  # when a gap is aimed at: the one that fits first holds
    open_purposes: frozenset[str]
    closes: Mapping[str, datetime]  # of the purposes that are open
    window_lasts_until: datetime  # a reply window that ends before is of no use
    hold_out_below: int  # of the customers' buckets
    mass: MassRules
    channels: frozenset[str]  # that the account has at all
    templates_a_day: int  # calls for template messages
    has_template_calls: bool  # one at least is left today: how many is no matter of a policy
    suppressed: frozenset[str]  # channels WeChat refuses for some customers
    halted: frozenset[str]  # channels, and `pushes` when the stop switch is on
    standing: Standing = NOTHING_HALTED

    @property
    def mass_day(self) -> date:
        """In Shanghai: WeChat counts a subscription account's one send a day by it, wherever the shop is."""
        return self.now.astimezone(daily_calls.SHANGHAI).date()


def claiming(session: Session, now: datetime, config: Config) -> Moment:
    """For what leaves now: the least gap for everybody, and only purposes whose window is open."""
    known = thresholds(now, config.push)
    today = now.astimezone(config.push.zone).date()
    calendar = working_days.around(session, today)
    windows = {purpose: window_at(purpose, now, config.push, calendar) for purpose in PURPOSES}
    standing = halts.standing(session, now)
    return Moment(
        now=now,
        today=today,
        month=f"{now.astimezone(daily_calls.SHANGHAI):%Y-%m}",
        daily=known.daily,
        least=known.least,
        rungs=(),
        open_purposes=frozenset(purpose for purpose, window in windows.items() if window),
        closes={purpose: window.closes for purpose, window in windows.items() if window},
        window_lasts_until=now,
        hold_out_below=config.push.hold_out_percent * 100,
        mass=_mass(session, now, today, config),
        channels=channels_of(config.wechat),
        templates_a_day=templates_a_day(config.wechat),
        has_template_calls=_has_template_calls(session, now, config),
        suppressed=steering.suppressed_channels(session),
        halted=standing.halted,
        standing=standing,
    )


def planning(session: Session, window: Window, at: datetime, last_slot: datetime, config: Config) -> Moment:
    """For what is to leave in this window, decided for its first instant still to come: the gap aimed at."""
    first = max(at, window.opens)
    moment = promising(session, claiming(session, first, config))
    return replace(moment, rungs=thresholds(first, config.push).aimed, window_lasts_until=last_slot)


def promising(session: Session, moment: Moment) -> Moment:
    """Calls that what is planned will take are no more to be had."""
    if not moment.has_template_calls:
        return moment
    promised = daily_calls.promised(session, TEMPLATE, moment.now)
    return replace(moment, has_template_calls=promised < moment.templates_a_day)


def _has_template_calls(session: Session, now: datetime, config: Config) -> bool:
    if TEMPLATE not in channels_of(config.wechat):
        return False
    return daily_calls.used(session, TEMPLATE, now) < templates_a_day(config.wechat)


def _mass(session: Session, now: datetime, today: date, config: Config) -> MassRules:
    """The account's, as far as WeChat has not said that the period's quota is used up."""
    rules = mass_rules(config.wechat, reserves.standing(session, today, config.push.mass_reserve))
    return MassRules(rules.target, 0, 0) if MASS in steering.spent(session, now) else rules
