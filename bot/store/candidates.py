"""Who is judged, and by which operands: a campaign's candidates when planning, a delivery when claiming."""

from dataclasses import replace
from datetime import date

from sqlalchemy import (
    FromClause,
    Row,
    ScalarSelect,
    and_,
    case,
    exists,
    false,
    func,
    literal,
    null,
    or_,
    select,
    true,
)

from bot.store.eligibility import (
    MASS,
    NEXT_CONTACT,
    NOTICE,
    REPLY_WINDOW,
    Candidate,
    in_open_scene,
    in_open_window,
    mass_is_left,
    may_be_notice,
    may_use_window,
    only_reserve_is_left,
    takes,
)
from bot.store.moments import Moment
from bot.store.tables import campaign_contents, campaigns, contents, customers, deliveries

LIVE = ("planned", "claimed")
WENT_OUT = ("claimed", "accepted", "sent", "unknown")


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
        useful_until=contents.c.useful_until,
        channel=delivery.c.channel,
        entitled=false(),
        reserved=false(),
        notice_template=contents.c.notice_template,
    )
    in_window = and_(may_use_window(candidate), or_(in_open_window(moment), in_open_scene(moment)))
    by_mass = delivery.c.channel == MASS
    paid = {
        REPLY_WINDOW: and_(in_window, takes(REPLY_WINDOW, moment)),
        NOTICE: may_be_notice(candidate, moment),
        MASS: and_(mass_is_left(candidate, moment), takes(MASS, moment)),
    }
    whens = [(delivery.c.channel == name, paid[name]) for name in paid if name in moment.channels]
    return replace(
        candidate,
        entitled=case(*whens, else_=false()) if whens else false(),
        reserved=and_(by_mass, only_reserve_is_left(candidate, moment)),
    )


def of_campaign(campaign: Row[object], purpose: str, moment: Moment, *, is_running: bool = True) -> Candidate:
    """For a statement over `judged_rows`: the customer's row and that of the content that is their next."""
    wanted = tuple(campaign.channels) or (REPLY_WINDOW, NOTICE, MASS, NEXT_CONTACT)
    allowed = moment.channels.intersection(wanted)
    can_mass = MASS in allowed and moment.mass.most > 0
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
        reserved=false(),
        notice_template=contents.c.notice_template,
        mine=_mine(campaign.id, moment.today),
        other=_other(campaign.id, moment.today),
        kept=_kept(),
    )
    choices = []  # in order of cost
    if REPLY_WINDOW in allowed:
        in_window = and_(may_use_window(candidate), in_open_window(moment), takes(REPLY_WINDOW, moment))
        choices.append((in_window, REPLY_WINDOW))
    if NOTICE in allowed:
        choices.append((may_be_notice(candidate, moment), NOTICE))
    if can_mass:
        choices.append((and_(mass_is_left(candidate, moment), takes(MASS, moment)), MASS))
    if NEXT_CONTACT in allowed:
        choices.append((may_use_window(candidate), NEXT_CONTACT))
    channel = (
        case(*((condition, literal(name)) for condition, name in choices), else_=None) if choices else null()
    )
    return replace(
        candidate,
        channel=channel,
        entitled=or_(false(), *(condition for condition, _ in choices)),
        reserved=only_reserve_is_left(candidate, moment) if can_mass else false(),
    )


def judged_rows(campaign: Row[object], purpose: str, moment: Moment) -> FromClause:
    """Each customer beside their next content of the campaign, which may be none."""
    return customers.outerjoin(contents, contents.c.id == _next_content(campaign, purpose, moment))


def _next_content(campaign: Row[object], purpose: str, moment: Moment) -> ScalarSelect[str]:
    """The first of the pool they never got; when repeats are wanted, else the one they got longest ago."""
    pool, choice, got = campaign_contents.alias("pool"), contents.alias("choice"), deliveries.alias("got")
    has_got = and_(
        got.c.customer_id == customers.c.id, got.c.content_id == pool.c.content_id, got.c.state != "skipped"
    )
    of_pool = pool.join(choice, choice.c.id == pool.c.content_id)
    if campaign.repeat:
        last = func.coalesce(func.max(got.c.id), 0)
        wanted = select(pool.c.content_id).select_from(of_pool.outerjoin(got, has_got))
        wanted = wanted.group_by(pool.c.content_id, pool.c.position).order_by(
            last, pool.c.position, pool.c.content_id
        )
    else:
        wanted = select(pool.c.content_id).select_from(of_pool)
        wanted = wanted.where(~exists().where(has_got).correlate(customers, pool)).order_by(
            pool.c.position, pool.c.content_id
        )
    wanted = wanted.where(
        pool.c.campaign_id == campaign.id,
        choice.c.purpose == purpose,
        or_(choice.c.useful_until.is_(None), choice.c.useful_until > moment.now),
    )
    return wanted.limit(1).correlate(customers).scalar_subquery()


def _mine(campaign_id: str, today: date) -> ScalarSelect[str]:
    """This campaign's delivery that waits, or is of today: its verdict stays what it was."""
    mine = deliveries.alias("mine")
    is_kept = and_(mine.c.channel == NEXT_CONTACT, mine.c.state == "planned")
    waits = and_(mine.c.state.in_(LIVE), mine.c.channel != NEXT_CONTACT)
    return (
        select(case((is_kept, "kept"), else_="planned"))
        .where(
            mine.c.customer_id == customers.c.id, mine.c.campaign_id == campaign_id, mine.c.state != "skipped"
        )
        .where(or_(waits, mine.c.day == today))
        .order_by(case((is_kept, 1), else_=0))
        .limit(1)
        .correlate(customers)
        .scalar_subquery()
    )


def _other(campaign_id: str, today: date) -> ScalarSelect[str]:
    """The campaign that has a push planned for them, or whose push was today's."""
    other = deliveries.alias("other")
    waits = and_(other.c.state.in_(LIVE), other.c.channel != NEXT_CONTACT)
    was_todays = and_(other.c.day == today, other.c.state.in_(WENT_OUT))
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
