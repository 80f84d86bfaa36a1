"""The policies: each one name, one SQL expression, one sentence (in `rules/pushes/reasons.py`), and no second copy.

Planning asks for the first objection, the claim for none, the explanation for each of them. An expression is
true when the policy stands against the push, and never unknown. Its operands are the row of `customers` in the
statement, a `Candidate` (what is meant for them) and a `Moment` (the constants); time is never counted here.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import lru_cache

from sqlalchemy import String, and_, case, cast, false, literal, not_, or_, true

from bot.rules.pushes.rhythm import Apart, Rung
from bot.store.planning.moments import Moment
from bot.store.planning.operands import NONE, Candidate, Condition, Text, first_of, is_one_of, known, truly
from bot.store.sending.halts import PUSHES
from bot.store.tables import customers
from bot.values.channels import MASS, NEXT_CONTACT, REPLY_WINDOW

AT_HAND = 128  # instants whose rhythm is put together already: every kind of campaign asks for the same
PLAN, CLAIM, LEAVE = "plan", "claim", "leave"


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


@lru_cache(AT_HAND)
def _far_enough(apart: Apart) -> Condition:
    return and_(
        or_(customers.c.last_push_day.is_(None), customers.c.last_push_day <= apart.day),
        or_(customers.c.last_push_at.is_(None), customers.c.last_push_at <= apart.at),
    )


def _stricter(one: Apart, other: Apart) -> Apart:
    return Apart(day=min(one.day, other.day), at=min(one.at, other.at))


@lru_cache(AT_HAND)
def _keeps_the_gap(least_apart: Apart, told_apart: tuple[Rung, ...]) -> Condition:
    """By the rung they stand on; where no rung is told apart, the least for everybody."""
    least = _far_enough(least_apart)
    rungs = (
        (
            and_(customers.c.engagement == rung.engagement, customers.c.silent_pushes >= rung.unanswered),
            _far_enough(_stricter(least_apart, rung.apart)),
        )
        for rung in told_apart
    )
    return case(*rungs, else_=least) if told_apart else least


def _parts_of(messages: Text) -> Text:
    return literal("too_few_left:") + cast(messages, String(4))


def _kept_by(candidate: Candidate) -> Text:
    is_mine = candidate.kept == candidate.campaign_id
    return case((is_mine, "kept"), else_=literal("lost_to:") + candidate.kept)


def _is_shown_as_article(candidate: Candidate) -> Condition:
    """In the reply window, now or once it is open: only what is published, and nobody publishes without an approval."""
    in_window = or_(candidate.channel == REPLY_WINDOW, candidate.channel == NEXT_CONTACT)
    return and_(candidate.is_article, truly(in_window))


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
        holds=lambda c, _m: and_(
            c.is_chosen, not_(is_one_of(c.purpose, "service")), not_(customers.c.wants_personal)
        ),
        stages=(PLAN, CLAIM, LEAVE),
        shows=("wants_personal",),
    ),
    Policy(
        name="with_person",
        holds=lambda c, m: and_(
            is_one_of(c.purpose, "marketing"), truly(customers.c.with_person_until > m.now)
        ),
        stages=(PLAN, CLAIM, LEAVE),
        shows=("with_person_until",),
    ),
    Policy(
        name="complaint_open",
        holds=lambda c, _m: and_(is_one_of(c.purpose, "marketing"), customers.c.complaint_open),
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
        holds=lambda c, m: and_(c.regular, not_(_keeps_the_gap(m.least, m.rungs))),
        shows=("last_push_at", "last_push_day", "engagement", "silent_pushes"),
    ),
    Policy(name="outside_window", holds=lambda c, m: not_(is_one_of(c.purpose, *sorted(m.open_purposes)))),
    Policy(name="pushes_stopped", holds=lambda _c, m: known(PUSHES in m.halted), stages=(PLAN, CLAIM, LEAVE)),
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
        holds=lambda c, _m: and_(truly(c.reach == NEXT_CONTACT), c.kept.is_not(None)),
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
            c.approved_by.is_(None),
            or_(is_one_of(c.purpose, "marketing"), truly(c.channel == MASS), _is_shown_as_article(c)),
        ),
        stages=(PLAN, CLAIM, LEAVE),
        of_content=True,
    ),
    Policy(name="too_late", holds=lambda c, m: truly(c.useful_until <= m.now), of_content=True),
    Policy(
        name="unsuitable",
        holds=lambda c, _m: not_(c.entitled),
        stages=(PLAN,),
        reason=lambda c: case((c.too_long, _parts_of(c.messages)), else_=literal("no_entitlement")),
        of_content=True,
    ),
    Policy(
        name="kept_before",
        holds=lambda c, _m: and_(truly(c.channel == NEXT_CONTACT), c.kept.is_not(None)),
        stages=(PLAN,),
        reason=_kept_by,
        of_content=True,
    ),
    Policy(
        name="channel_halted",
        holds=lambda c, m: truly(c.channel.in_(sorted(m.halted))),
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
    return _first(candidate, moment, [policy for policy in at_stage(PLAN) if policy.of_content])


def objection(candidate: Candidate, moment: Moment, stage: str) -> Text:
    """The first policy's reason against it; null when there is none."""
    return _first(candidate, moment, at_stage(stage))


def _first(candidate: Candidate, moment: Moment, policies: Iterable[Policy]) -> Text:
    return first_of((policy.holds(candidate, moment), policy.says(candidate)) for policy in policies)


def allowed(candidate: Candidate, moment: Moment, stage: str) -> Condition:
    return and_(*(not_(policy.holds(candidate, moment)) for policy in at_stage(stage)))
