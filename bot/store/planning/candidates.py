"""Who is judged, and by which operands: a campaign's candidates when planning, a delivery when claiming."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, TypeAlias

from sqlalchemy import (
    ColumnElement,
    FromClause,
    Row,
    ScalarSelect,
    String,
    and_,
    case,
    false,
    literal,
    null,
    or_,
    select,
    true,
)

from bot.store.database import Session
from bot.store.delivery_states import GOT, LIVE
from bot.store.planning import variants
from bot.store.planning.entitlements import (
    has_too_few_left,
    in_open_scene,
    in_open_window,
    mass_is_left,
    may_be_notice,
    may_be_template,
    may_use_window,
    only_reserve_is_left,
    takes,
    template_calls_are_spent,
)
from bot.store.planning.moments import Moment
from bot.store.planning.operands import Candidate, first_of
from bot.store.segments.segments import EVERYONE
from bot.store.sending.withdrawals import WITHDRAWN
from bot.store.tables import campaign_contents, campaigns, contents, customers, deliveries
from bot.values.channels import CHANNELS, MASS, NEXT_CONTACT, NOTICE, REPLY_WINDOW, TEMPLATE

Choices: TypeAlias = list[tuple[ColumnElement[bool], ColumnElement[Any]]]


def of_delivery(delivery: FromClause, moment: Moment) -> Candidate:
    """For a statement that holds `delivery` and the rows of its customer, campaign and content."""
    today = moment.today
    candidate = Candidate(
        campaign_id=delivery.c.campaign_id,
        running=and_(campaigns.c.status == "running", campaigns.c.starts <= today, campaigns.c.ends >= today),
        purpose=delivery.c.purpose,
        regular=delivery.c.regular,
        marketing_in_window=campaigns.c.marketing_in_window,
        content_id=delivery.c.content_id,
        approved_by=contents.c.approved_by,
        useful_until=_first_end(contents.c.useful_until, delivery.c.useful_until),
        channel=delivery.c.channel,
        entitled=false(),
        reach=null(),
        reserved=false(),
        notice_template=contents.c.notice_template,
        template_id=contents.c.template_id,
        messages=contents.c.messages,
        by_mass=contents.c.by_mass,
        is_article=contents.c.kind == "article",
        is_chosen=campaigns.c.segment_id != EVERYONE,
    )
    is_open = or_(in_open_window(moment, candidate.messages), in_open_scene(moment, candidate.messages))
    in_window = and_(may_use_window(candidate), is_open)
    by_mass = delivery.c.channel == MASS
    paid = {
        REPLY_WINDOW: and_(in_window, takes(REPLY_WINDOW, moment)),
        NOTICE: may_be_notice(candidate, moment),
        TEMPLATE: may_be_template(candidate, moment),
        MASS: and_(mass_is_left(candidate, moment), candidate.by_mass, takes(MASS, moment)),
    }
    whens = [(delivery.c.channel == name, paid[name]) for name in paid if name in moment.channels]
    entitled = case(*whens, else_=false()) if whens else false()
    too_few = has_too_few_left(candidate, moment, candidate.messages)
    return replace(
        candidate,
        entitled=entitled,
        reach=case((entitled, delivery.c.channel), else_=None),
        reserved=and_(by_mass, only_reserve_is_left(candidate, moment)),
        calls_spent=and_(delivery.c.channel == TEMPLATE, template_calls_are_spent(candidate, moment)),
        least=candidate.messages,
        too_few_left=and_(delivery.c.channel == REPLY_WINDOW, too_few),
    )


def _first_end(one: ColumnElement[Any], other: ColumnElement[Any]) -> ColumnElement[Any]:
    """The earlier of two, either of which may be empty."""
    return case((or_(other.is_(None), one < other), one), else_=other)


@dataclass(frozen=True, slots=True)
class Shape:
    """What of a content its channel hangs on; contents that are alike in it go by the same channels."""

    messages: int
    by_mass: bool
    notice_template: str | None
    template_id: str | None


def shapes_of(session: Session, campaign_id: str, purpose: str) -> list[Shape]:
    """Of the campaign's contents of one purpose."""
    found = (
        select(contents.c.messages, contents.c.by_mass, contents.c.notice_template, contents.c.template_id)
        .join(campaign_contents, campaign_contents.c.content_id == contents.c.id)
        .where(campaign_contents.c.campaign_id == campaign_id, contents.c.purpose == purpose)
        .distinct()
    )
    rows = session.execute(found)
    return sorted((Shape(*row) for row in rows), key=lambda one: (one.messages, one.by_mass, str(one)))


# of a campaign: what `of_campaign` does not look at, or looks at only for its own content
_APART = frozenset({
    "id", "name", "segment_id", "priority", "starts", "ends", "status", "updated_at", "rule", "repeat", "variants",
    "in_order", "occasion",
})  # fmt: skip


def alike(campaign: Row[Any], shapes: Sequence[Shape]) -> tuple[Any, ...]:
    """Campaigns of one purpose with the same judge a customer alike, up to their contents."""
    own = {name: value for name, value in campaign._mapping.items() if name not in _APART}  # noqa: SLF001
    mine = campaign.id if campaign.hold_out_percent else ""
    is_chosen = campaign.segment_id != EVERYONE
    return (mine, is_chosen, tuple(shapes), *sorted((name, repr(value)) for name, value in own.items()))


def of_campaign(
    campaign: Row[object], purpose: str, moment: Moment, shapes: Sequence[Shape], *, is_running: bool = True
) -> Candidate:
    """For a statement over `judged_rows`: the customer's row and that of the content that is their next.

    What is planned for them already is left out: see `with_history`.
    """
    candidate = Candidate(
        campaign_id=literal(campaign.id),
        running=true() if is_running else false(),
        purpose=literal(purpose),
        regular=true() if campaign.regular else false(),
        marketing_in_window=true() if campaign.marketing_in_window else false(),
        content_id=contents.c.id,
        approved_by=contents.c.approved_by,
        useful_until=contents.c.useful_until,
        channel=null(),
        entitled=false(),
        reach=null(),
        reserved=false(),
        notice_template=contents.c.notice_template,
        template_id=contents.c.template_id,
        messages=contents.c.messages,
        by_mass=contents.c.by_mass,
        is_article=contents.c.kind == "article",
        held_out=variants.is_held_out(campaign),
        is_chosen=true() if campaign.segment_id != EVERYONE else false(),
    )
    allowed = _allowed(campaign, moment)
    choices = _choices(candidate, allowed, moment)
    can_mass = MASS in allowed and any(shape.by_mass for shape in shapes)
    least = min((shape.messages for shape in shapes), default=1)
    in_window = REPLY_WINDOW in allowed
    return replace(
        candidate,
        channel=first_of(choices),
        entitled=or_(false(), *(condition for condition, _ in choices)),
        reach=first_of(_reaching(candidate, allowed, moment, shapes)),
        reserved=only_reserve_is_left(candidate, moment) if can_mass else false(),
        calls_spent=_calls_are_spent(candidate, moment, shapes) if TEMPLATE in allowed else false(),
        least=literal(least),
        too_few_left=has_too_few_left(candidate, moment, literal(least))
        if in_window and least > 1
        else false(),
        too_long=has_too_few_left(candidate, moment, candidate.messages) if in_window else false(),
    )


def with_history(candidate: Candidate, campaign: Row[object], moment: Moment) -> Candidate:
    """Asked of the deliveries one customer at a time; planning has it of all at once (see `judging.py`)."""
    return replace(
        candidate,
        mine=_mine(campaign.id, moment.today),
        other=_other(campaign.id, moment.today),
        kept=_kept(),
    )


def _allowed(campaign: Row[Any], moment: Moment) -> frozenset[str]:
    wanted = campaign.channels or CHANNELS
    allowed = moment.channels.intersection(wanted)
    return allowed if moment.mass.most > 0 else allowed - {MASS}


def _choices(candidate: Candidate, allowed: frozenset[str], moment: Moment) -> Choices:
    """In order of cost: the first whose condition is true is the channel."""
    is_open = in_open_window(moment, candidate.messages)
    found = [
        (and_(may_use_window(candidate), is_open, takes(REPLY_WINDOW, moment)), REPLY_WINDOW),
        (may_be_notice(candidate, moment), NOTICE),
        (may_be_template(candidate, moment), TEMPLATE),
        (and_(mass_is_left(candidate, moment), candidate.by_mass, takes(MASS, moment)), MASS),
        (may_use_window(candidate), NEXT_CONTACT),
    ]
    return [(condition, literal(name)) for condition, name in found if name in allowed]


def _reaching(
    candidate: Candidate, allowed: frozenset[str], moment: Moment, shapes: Sequence[Shape]
) -> Choices:
    """The same, for whichever of the campaign's contents suits a channel: it hangs on the customer alone."""
    of_shapes = [
        _choices(
            replace(
                candidate,
                messages=literal(shape.messages),
                by_mass=true() if shape.by_mass else false(),
                notice_template=literal(shape.notice_template, String(64)),
                template_id=literal(shape.template_id, String(64)),
            ),
            allowed,
            moment,
        )
        for shape in shapes
    ]
    return [(or_(*(condition for condition, _ in same)), same[0][1]) for same in zip(*of_shapes, strict=True)]


def _calls_are_spent(candidate: Candidate, moment: Moment, shapes: Sequence[Shape]) -> ColumnElement[bool]:
    templates = [shape.template_id for shape in shapes if shape.template_id]
    some = replace(candidate, template_id=literal(templates[0] if templates else None, String(64)))
    return template_calls_are_spent(some, moment)


def _mine(campaign_id: str, today: date) -> ScalarSelect[str]:
    """This campaign's delivery that waits, or is of today: its verdict stays what it was."""
    mine = deliveries.alias("mine")
    is_kept = and_(mine.c.channel == NEXT_CONTACT, mine.c.state == "planned")
    waits = and_(mine.c.state.in_(LIVE), mine.c.channel != NEXT_CONTACT)
    withdrawn = and_(mine.c.state == "skipped", mine.c.reason == WITHDRAWN)
    return (
        select(case((withdrawn, "withdrawn"), (is_kept, "kept"), else_="planned"))
        .where(mine.c.customer_id == customers.c.id, mine.c.campaign_id == campaign_id)
        .where(or_(mine.c.state != "skipped", withdrawn), or_(waits, mine.c.day == today))
        .order_by(case((withdrawn, 2), (is_kept, 1), else_=0))
        .limit(1)
        .correlate(customers)
        .scalar_subquery()
    )


def _other(campaign_id: str, today: date) -> ScalarSelect[str]:
    """The campaign that has a push planned for them, or whose push was today's."""
    other = deliveries.alias("other")
    waits = and_(other.c.state.in_(LIVE), other.c.channel != NEXT_CONTACT)
    was_todays = and_(other.c.day == today, other.c.state.in_(("claimed", *GOT)))
    return (
        select(other.c.campaign_id)
        .where(other.c.customer_id == customers.c.id, other.c.campaign_id != campaign_id)
        .where(other.c.state != "skipped", or_(waits, was_todays))
        .order_by(other.c.id.desc())
        .limit(1)
        .correlate(customers)
        .scalar_subquery()
    )


def _kept() -> ScalarSelect[str]:
    kept = deliveries.alias("kept")
    return (
        select(kept.c.campaign_id)
        .where(kept.c.customer_id == customers.c.id, kept.c.campaign_id.is_not(None))
        .where(kept.c.state == "planned", kept.c.channel == NEXT_CONTACT)
        .order_by(kept.c.id)
        .limit(1)
        .correlate(customers)
        .scalar_subquery()
    )


def is_joined(delivery: FromClause) -> FromClause:
    """A delivery of a campaign with the rows its candidate needs, but for the customer's."""
    return delivery.join(campaigns, campaigns.c.id == delivery.c.campaign_id).join(
        contents, contents.c.id == delivery.c.content_id
    )
