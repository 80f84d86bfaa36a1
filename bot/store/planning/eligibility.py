"""The policies: each one name, one SQL expression, one sentence (in `rules/pushes/reasons.py`), and no second copy.

Planning asks for the first objection, the claim for none, the explanation for each of them. An expression is
true when the policy stands against the push, and never unknown. Its operands are the row of `customers` in the
statement, a `Candidate` (what is meant for them) and a `Moment` (the constants); time is never counted here.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final

from sqlalchemy import (
    ColumnElement,
    String,
    and_,
    case,
    cast,
    exists,
    false,
    func,
    literal,
    not_,
    null,
    or_,
    true,
)

from bot.rules.pushes.rhythm import Apart
from bot.store.planning.moments import Moment
from bot.store.sending.halts import PUSHES
from bot.store.tables import channel_suppressions, customers, notice_consents
from bot.values.channels import MASS, NEXT_CONTACT, NOTICE, TEMPLATE

PLAN, CLAIM, LEAVE = "plan", "claim", "leave"

Condition = ColumnElement[bool]
Text = ColumnElement[Any]

NONE: Final[Text] = null()
ONE: Final[Text] = literal(1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """What is meant for the customer: columns of a delivery and its campaign and content, or literals."""

    campaign_id: Text
    running: Condition
    purpose: Text
    regular: Condition
    marketing_in_window: Condition
    content_id: Text
    approved_by: Text
    useful_until: Text
    channel: Text  # null: none can reach them with this content
    entitled: Condition
    reach: Text  # the channel the best suited of the campaign's contents could go by; null: none of them any
    reserved: Condition  # only the reserve stands between them and a mass send
    messages: Text = ONE  # of the reply window it takes
    by_mass: Condition = field(default_factory=true)  # one mass send can carry it
    too_long: Condition = field(
        default_factory=false
    )  # only the number of its parts stands against the window
    least: Text = ONE  # messages the shortest of the campaign's contents takes
    too_few_left: Condition = field(default_factory=false)  # the window is open, and not even that is left
    held_out: Condition = field(default_factory=false)  # of this campaign, not of everything
    is_chosen: Condition = field(default_factory=false)  # its segment goes by who they are, or what they did
    notice_template: Text = NONE  # by which the content may go as a subscription notice
    template_id: Text = NONE  # by which it may go as a template message
    calls_spent: Condition = field(default_factory=false)  # only the day's calls stand against that
    mine: Text = NONE  # planning: "planned" or "kept" when this campaign has its delivery for the day
    other: Text = NONE  # planning: the campaign that has the customer's turn
    awaited: Text = NONE  # planning: the more important campaign that gets them later today
    kept: Text = NONE  # planning: the campaign whose content waits for the next contact


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    name: str
    holds: Callable[[Candidate, Moment], Condition]
    stages: tuple[str, ...] = (PLAN, CLAIM)
    reason: Callable[[Candidate], Text] | None = None  # when it says more than its name
    shows: tuple[str, ...] = ()  # the customer's columns it was decided on
    of_content: bool = False  # leans on the very content; the others judge a customer once for many campaigns

    def says(self, candidate: Candidate) -> Text:
        return self.reason(candidate) if self.reason else literal(self.name)


def _true(condition: ColumnElement[Any]) -> Condition:
    """Unknown counts as no."""
    return func.coalesce(condition, false())


def _literal(is_so: bool) -> Condition:
    return true() if is_so else false()


def _far_enough(apart: Apart) -> Condition:
    return and_(
        or_(customers.c.last_push_day.is_(None), customers.c.last_push_day <= apart.day),
        or_(customers.c.last_push_at.is_(None), customers.c.last_push_at <= apart.at),
    )


def _stricter(one: Apart, other: Apart) -> Apart:
    return Apart(day=min(one.day, other.day), at=min(one.at, other.at))


def _keeps_the_gap(moment: Moment) -> Condition:
    """By the rung they stand on; where no rung is told apart, the least for everybody."""
    least = _far_enough(moment.least)
    rungs = (
        (
            and_(customers.c.engagement == rung.engagement, customers.c.silent_pushes >= rung.unanswered),
            _far_enough(_stricter(moment.least, rung.apart)),
        )
        for rung in moment.rungs
    )
    return case(*rungs, else_=least) if moment.rungs else least


def _parts_of(messages: Text) -> Text:
    return literal("too_few_left:") + cast(messages, String(4))


def _kept_by(candidate: Candidate) -> Text:
    is_mine = candidate.kept == candidate.campaign_id
    return case((is_mine, "kept"), else_=literal("lost_to:") + candidate.kept)


POLICIES: tuple[Policy, ...] = (
    Policy(
        name="forgotten",
        holds=lambda _c, _m: customers.c.forgotten_at.is_not(None),
        stages=(PLAN, CLAIM, LEAVE),
        shows=("forgotten_at",),
    ),
    Policy(
        name="not_following",
        holds=lambda _c, _m: or_(
            customers.c.openid.is_(None),
            customers.c.followed_at.is_(None),
            customers.c.unfollowed_at.is_not(None),
        ),
        stages=(PLAN, CLAIM, LEAVE),
        shows=("followed_at", "unfollowed_at"),
    ),
    Policy(
        name="opted_out",
        holds=lambda _c, _m: not_(customers.c.wants_pushes),
        stages=(PLAN, CLAIM, LEAVE),
        shows=("wants_pushes", "stopped_pushes_at"),
    ),
    Policy(name="hold_out", holds=lambda _c, m: customers.c.bucket < m.hold_out_below, shows=("bucket",)),
    Policy(
        name="hold_out_of",
        holds=lambda c, _m: c.held_out,
        stages=(PLAN,),
        reason=lambda c: literal("hold_out:") + c.campaign_id,
        shows=("bucket",),
    ),
    Policy(
        name="personal_off",  # a notice they wait for is no choice made of who they are
        holds=lambda c, _m: and_(c.is_chosen, c.purpose != "service", not_(customers.c.wants_personal)),
        stages=(PLAN, CLAIM, LEAVE),
        shows=("wants_personal",),
    ),
    Policy(
        name="with_person",
        holds=lambda c, m: and_(c.purpose == "marketing", _true(customers.c.with_person_until > m.now)),
        stages=(PLAN, CLAIM, LEAVE),
        shows=("with_person_until",),
    ),
    Policy(
        name="complaint_open",
        holds=lambda c, _m: and_(c.purpose == "marketing", customers.c.complaint_open),
        stages=(PLAN, CLAIM, LEAVE),
        shows=("complaint_open",),
    ),
    Policy(name="campaign_over", holds=lambda c, _m: not_(c.running), stages=(PLAN, CLAIM, LEAVE)),
    Policy(
        name="mine",
        holds=lambda c, _m: c.mine.is_not(None),
        stages=(PLAN,),
        reason=lambda c: c.mine,
    ),
    Policy(
        name="lost_to",
        holds=lambda c, _m: c.other.is_not(None),
        stages=(PLAN,),
        reason=lambda c: literal("lost_to:") + c.other,
    ),
    Policy(
        name="day_taken",
        holds=lambda _c, m: not_(_far_enough(m.daily)),
        shows=("last_push_at", "last_push_day"),
    ),
    Policy(
        name="too_soon",
        holds=lambda c, m: and_(c.regular, not_(_keeps_the_gap(m))),
        shows=("last_push_at", "last_push_day", "engagement", "silent_pushes"),
    ),
    Policy(name="outside_window", holds=lambda c, m: not_(c.purpose.in_(sorted(m.open_purposes)))),
    Policy(
        name="pushes_stopped", holds=lambda _c, m: _literal(PUSHES in m.halted), stages=(PLAN, CLAIM, LEAVE)
    ),
    Policy(
        name="quota_reserved",
        holds=lambda c, _m: and_(c.reach.is_(None), c.reserved),
        shows=("mass_month", "mass_used"),
    ),
    Policy(
        name="too_few_left",
        holds=lambda c, _m: and_(c.reach.is_(None), c.too_few_left),
        reason=lambda c: _parts_of(c.least),
        shows=("window_until", "window_left"),
    ),
    Policy(name="day_quota", holds=lambda c, _m: and_(c.reach.is_(None), c.calls_spent)),
    Policy(
        name="no_entitlement",
        holds=lambda c, _m: c.reach.is_(None),
        shows=("window_until", "window_left", "asked_for_pushes_at", "mass_month", "mass_used"),
    ),
    Policy(
        name="already_kept",
        holds=lambda c, _m: and_(_true(c.reach == NEXT_CONTACT), c.kept.is_not(None)),
        stages=(PLAN,),
        reason=_kept_by,
        shows=("has_kept",),
    ),
    Policy(
        name="awaited",
        holds=lambda c, _m: c.awaited.is_not(None),
        stages=(PLAN,),
        reason=lambda c: literal("lost_to:") + c.awaited,
        of_content=True,
    ),
    Policy(name="nothing_new", holds=lambda c, _m: c.content_id.is_(None), of_content=True),
    Policy(
        name="not_approved",
        holds=lambda c, _m: and_(
            c.approved_by.is_(None), or_(c.purpose == "marketing", _true(c.channel == MASS))
        ),
        of_content=True,
    ),
    Policy(name="too_late", holds=lambda c, m: _true(c.useful_until <= m.now), of_content=True),
    Policy(
        name="unsuitable",
        holds=lambda c, _m: not_(c.entitled),
        stages=(PLAN,),
        reason=lambda c: case((c.too_long, _parts_of(c.messages)), else_=literal("no_entitlement")),
        of_content=True,
    ),
    Policy(
        name="kept_before",
        holds=lambda c, _m: and_(_true(c.channel == NEXT_CONTACT), c.kept.is_not(None)),
        stages=(PLAN,),
        reason=_kept_by,
        of_content=True,
    ),
    Policy(
        name="channel_halted",
        holds=lambda c, m: _true(c.channel.in_(sorted(m.halted))),
        of_content=True,
    ),
)


def at_stage(stage: str) -> tuple[Policy, ...]:
    return tuple(policy for policy in POLICIES if stage in policy.stages)


OF_DELIVERIES = ("mine", "lost_to")  # planning knows these of all customers at once


def before_contents() -> list[tuple[int, Policy]]:
    """When planning: those that judge a customer for all contents of a campaign alike, by their place in `POLICIES`."""
    return [
        (place, policy)
        for place, policy in enumerate(POLICIES)
        if PLAN in policy.stages and not policy.of_content and policy.name not in OF_DELIVERIES
    ]


def above_deliveries(campaign_id: str) -> list[Text]:
    """What is said whatever is planned for them already, in the words of one campaign."""
    first = next(place for place, policy in enumerate(POLICIES) if policy.name in OF_DELIVERIES)
    nobody = Candidate(
        campaign_id=literal(campaign_id), running=true(), purpose=NONE, regular=true(), marketing_in_window=false(),
        content_id=NONE, approved_by=NONE, useful_until=NONE, channel=NONE, entitled=false(), reach=NONE, reserved=false(),
    )  # fmt: skip
    return [policy.says(nobody) for place, policy in before_contents() if place < first]


def objection_to_content(candidate: Candidate, moment: Moment) -> Text:
    """When planning, once nothing else stands against it: the first policy's reason, or null."""
    of_content = [policy for policy in at_stage(PLAN) if policy.of_content]
    return case(
        *((policy.holds(candidate, moment), policy.says(candidate)) for policy in of_content), else_=None
    )


def objection(candidate: Candidate, moment: Moment, stage: str) -> Text:
    """The first policy's reason against it; null when there is none."""
    return case(
        *((policy.holds(candidate, moment), policy.says(candidate)) for policy in at_stage(stage)), else_=None
    )


def allowed(candidate: Candidate, moment: Moment, stage: str) -> Condition:
    return and_(*(not_(policy.holds(candidate, moment)) for policy in at_stage(stage)))


def in_open_window(moment: Moment, messages: Text = ONE) -> Condition:
    """So many messages are left in the 48 hours after they wrote."""
    is_open = _true(customers.c.window_until > moment.window_lasts_until)
    return and_(customers.c.window_left >= messages, is_open)


def in_open_scene(moment: Moment, messages: Text = ONE) -> Condition:
    """So many are left in the minute after a follow, a scan or a menu tap."""
    is_open = _true(customers.c.scene_until > moment.window_lasts_until)
    return and_(customers.c.scene_left >= messages, is_open)


def has_too_few_left(candidate: Candidate, moment: Moment, messages: Text) -> Condition:
    """The window is open and may be used; what is to be sent has more parts than it takes."""
    return and_(
        may_use_window(candidate),
        or_(in_open_window(moment), in_open_scene(moment)),
        not_(_true(or_(in_open_window(moment, messages), in_open_scene(moment, messages)))),
    )


def may_use_window(candidate: Candidate) -> Condition:
    """WeChat punishes marketing that nobody asked for in the reply window (T9)."""
    return or_(
        candidate.purpose != "marketing",
        customers.c.asked_for_pushes_at.is_not(None),
        candidate.marketing_in_window,
    )


def may_be_notice(candidate: Candidate, moment: Moment) -> Condition:
    """The content says how it fills a template, and they consented to one more; promotion never goes this way."""
    consent = notice_consents.alias("consent")
    is_left = (
        exists()
        .where(consent.c.customer_id == customers.c.id, consent.c.remaining > 0)
        .where(consent.c.template_id == candidate.notice_template)
        .correlate_except(consent)
    )
    suits = and_(candidate.purpose != "marketing", candidate.notice_template.is_not(None))
    return and_(suits, is_left, takes(NOTICE, moment))


def may_be_template(candidate: Candidate, moment: Moment) -> Condition:
    """The content fills a template, is a notice they wait for, and the account has a call left today."""
    return and_(suits_template(candidate), _literal(moment.has_template_calls), takes(TEMPLATE, moment))


def template_calls_are_spent(candidate: Candidate, moment: Moment) -> Condition:
    """It would go as a template message, were there a call left today."""
    is_spent = _literal(not moment.has_template_calls)
    return and_(suits_template(candidate), is_spent, takes(TEMPLATE, moment))


def suits_template(candidate: Candidate) -> Condition:
    """WeChat takes service notices only, and punishes promotion."""
    return and_(candidate.purpose == "service", candidate.template_id.is_not(None))


def takes(channel: str, moment: Moment) -> Condition:
    """WeChat has not refused the channel for this very customer since they last spoke."""
    if channel not in moment.suppressed:
        return true()
    refused = channel_suppressions.alias("refused")
    return not_(
        exists()
        .where(refused.c.customer_id == customers.c.id, refused.c.channel == channel)
        .where(or_(customers.c.spoke_at.is_(None), customers.c.spoke_at <= refused.c.since))
        .correlate_except(refused)
    )


def mass_used(moment: Moment) -> ColumnElement[int]:
    return case((_true(customers.c.mass_month == moment.month), customers.c.mass_used), else_=0)


def mass_is_left(candidate: Candidate, moment: Moment) -> Condition:
    """Of the month's sends, less the reserve for those who are not bound to a day."""
    return mass_used(moment) < case(
        (candidate.regular, moment.mass.most - moment.mass.reserve), else_=moment.mass.most
    )


def only_reserve_is_left(candidate: Candidate, moment: Moment) -> Condition:
    return and_(mass_used(moment) < moment.mass.most, not_(mass_is_left(candidate, moment)))
