"""Planning: a campaign's eligible customers become deliveries, in SQL, with a verdict for every candidate.

Everybody of the segment is judged once, into a table of this connection's own; verdicts, totals and deliveries are
written from it. Done again at the same instant it changes nothing, and two planners at once make no doubles:
the unique indexes of `deliveries` decide.
"""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    MetaData,
    Row,
    String,
    Table,
    and_,
    case,
    delete,
    func,
    insert,
    literal,
    null,
    select,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite

from bot.config import Config
from bot.rules.windows import Window
from bot.store import mass_sends
from bot.store.candidates import judged_rows, of_campaign
from bot.store.database import Instant, Session
from bot.store.eligibility import MASS, NEXT_CONTACT, PLAN, objection
from bot.store.moments import Moment, planning
from bot.store.segments import members, understood
from bot.store.tables import (
    campaign_contents,
    campaigns,
    contents,
    customers,
    deliveries,
    plan_totals,
    segments,
    verdicts,
)
from bot.values.push import CampaignPlan

SLOTS = 12  # a batch is spread over the first part of its window, so that replies do not come all at once
SPREAD = 0.5  # of what is left of the window

# the candidates of the campaign at hand: of this connection only, empty between campaigns
_judged = Table(
    "judged",
    MetaData(),
    Column("customer_id", BigInteger, primary_key=True),
    Column("content_id", String(64)),
    Column("channel", String(20)),
    Column("reason", String(100), nullable=False),
    Column("is_new", Boolean, nullable=False),
    prefixes=["TEMPORARY"],
)


def running(session: Session, day: date) -> Sequence[Row[Any]]:
    """The campaigns that run on the day, the most important first; each with the rule of its segment."""
    return session.execute(
        select(campaigns, segments.c.rule)
        .join(segments, segments.c.id == campaigns.c.segment_id)
        .where(campaigns.c.status == "running", campaigns.c.starts <= day, campaigns.c.ends >= day)
        .order_by(campaigns.c.priority.desc(), campaigns.c.id)
    ).all()


def purposes_of(session: Session, campaign_id: str) -> list[str]:
    """What the campaign's contents are for; each purpose has its own windows."""
    found = (
        select(contents.c.purpose)
        .join(campaign_contents, campaign_contents.c.content_id == contents.c.id)
        .where(campaign_contents.c.campaign_id == campaign_id)
        .distinct()
        .order_by(contents.c.purpose)
    )
    return list(session.execute(found).scalars())


def plan_campaign(
    session: Session, campaign: Row[Any], purpose: str, window: Window, at: datetime, config: Config
) -> CampaignPlan:
    """One campaign's contents of one purpose, into one window that is open or opens soon."""
    slots = slots_of(max(at, window.opens), window.closes)
    moment = planning(session, window, at, slots[-1], config)
    spent = moment.mass.target == "tag" and mass_sends.day_is_spent(session, window.day)
    _judge(session, campaign, purpose, moment)
    if moment.mass.target == "tag":
        _only_one_content(session, window.day, spent=spent)
    totals = _write_verdicts(session, campaign.id, at)
    planned = _write_deliveries(session, campaign, purpose, window, at, slots)
    session.execute(delete(_judged))
    return CampaignPlan(campaign_id=campaign.id, purpose=purpose, planned=planned, totals=totals)


def _judge(session: Session, campaign: Row[Any], purpose: str, moment: Moment) -> None:
    _judged.create(session, checkfirst=False) if not _is_there(session) else session.execute(delete(_judged))
    candidate = of_campaign(campaign, purpose, moment)
    of_the_segment = members(understood(session, campaign.rule), moment.now)
    rows = (
        select(
            customers.c.id.label("customer_id"),
            contents.c.id.label("content_id"),
            candidate.channel.label("channel"),
            objection(candidate, moment, PLAN).label("objection"),
        )
        .select_from(judged_rows(campaign, purpose, moment))
        .where(of_the_segment, customers.c.forgotten_at.is_(None))
        .subquery()
    )
    verdict = case((rows.c.channel == NEXT_CONTACT, "kept"), else_="planned")
    session.execute(
        insert(_judged).from_select(
            ["customer_id", "content_id", "channel", "reason", "is_new"],
            select(
                rows.c.customer_id,
                rows.c.content_id,
                rows.c.channel,
                func.coalesce(rows.c.objection, verdict),
                rows.c.objection.is_(None),
            ),
        )
    )


def _is_there(session: Session) -> bool:
    if session.dialect.name == "sqlite":
        found = session.exec_driver_sql("SELECT 1 FROM sqlite_temp_master WHERE name = 'judged'")
    else:
        found = session.exec_driver_sql("SELECT 1 WHERE to_regclass('pg_temp.judged') IS NOT NULL")
    return found.first() is not None


def _only_one_content(session: Session, day: date, *, spent: bool) -> None:
    """A subscription account has one mass send a day: the content most of them would get next has it."""
    wants_mass = and_(_judged.c.is_new, _judged.c.channel == MASS)
    of_the_day = select(deliveries.c.content_id).where(
        deliveries.c.channel == MASS,
        deliveries.c.day == day,
        deliveries.c.state.not_in(("skipped", "failed")),
    )
    most_wanted = (
        select(_judged.c.content_id)
        .where(wants_mass)
        .group_by(_judged.c.content_id)
        .order_by(func.count().desc(), _judged.c.content_id)
    )
    chosen = session.execute(of_the_day.limit(1)).scalar() or session.execute(most_wanted.limit(1)).scalar()
    loses = wants_mass if spent else and_(wants_mass, _judged.c.content_id != chosen)
    session.execute(update(_judged).where(loses).values(is_new=False, reason="day_is_spent"))


def _write_verdicts(session: Session, campaign_id: str, at: datetime) -> dict[str, int]:
    """The last word on each candidate, only where it changed; and how many got which, for this pass."""
    changed = _or_insert(session, verdicts).from_select(
        ["campaign_id", "customer_id", "reason", "decided_at"],
        # SQLite needs the WHERE to tell the ON of the conflict from that of a join; the order keeps two
        # planners from waiting for each other in a circle
        select(literal(campaign_id), _judged.c.customer_id, _judged.c.reason, literal(at, Instant()))
        .where(_judged.c.customer_id > 0)
        .order_by(_judged.c.customer_id),
    )
    session.execute(
        changed.on_conflict_do_update(
            index_elements=[verdicts.c.campaign_id, verdicts.c.customer_id],
            set_={"reason": changed.excluded.reason, "decided_at": changed.excluded.decided_at},
            where=verdicts.c.reason != changed.excluded.reason,
        )
    )
    counted = (
        select(_judged.c.reason, func.count().label("number"))
        .group_by(_judged.c.reason)
        .order_by(_judged.c.reason)
    )
    totals: dict[str, int] = {row.reason: row.number for row in session.execute(counted)}
    session.execute(
        delete(plan_totals).where(plan_totals.c.campaign_id == campaign_id, plan_totals.c.pass_at == at)
    )
    if totals:
        rows = [
            {"pass_at": at, "campaign_id": campaign_id, "reason": reason, "customers": number}
            for reason, number in totals.items()
        ]
        session.execute(insert(plan_totals), rows)
    return totals


def _write_deliveries(
    session: Session, campaign: Row[Any], purpose: str, window: Window, at: datetime, slots: list[datetime]
) -> int:
    kept = _judged.c.channel == NEXT_CONTACT
    at_once = literal(slots[0], Instant())
    in_its_slot = case(
        *(
            (_judged.c.customer_id % SLOTS == number, literal(slot, Instant()))
            for number, slot in enumerate(slots)
        ),
        else_=at_once,
    )
    winners = (
        select(
            literal(campaign.id),
            _judged.c.customer_id,
            _judged.c.content_id,
            _judged.c.channel,
            literal(purpose),
            literal(campaign.regular),
            literal("planned"),
            literal(window.day),
            literal(at, Instant()),
            case((_judged.c.channel == "reply_window", in_its_slot), else_=at_once),
            case((kept, null()), else_=literal(window.closes, Instant())),
        )
        .where(_judged.c.is_new)
        .order_by(_judged.c.customer_id)
    )
    columns = [
        "campaign_id", "customer_id", "content_id", "channel", "purpose", "regular", "state", "day", "planned_at",
        "due_at", "closes_at",
    ]  # fmt: skip
    planned = _or_insert(session, deliveries).from_select(columns, winners).on_conflict_do_nothing()
    number = session.execute(planned, execution_options={"preserve_rowcount": True}).rowcount
    waits = select(_judged.c.customer_id).where(_judged.c.is_new, kept)
    session.execute(update(customers).where(customers.c.id.in_(waits)).values(has_kept=True))
    return number


def slots_of(first: datetime, closes: datetime) -> list[datetime]:
    step = (closes - first) * SPREAD / SLOTS
    return [first + step * number for number in range(SLOTS)]


def _or_insert(session: Session, table: Table) -> Any:
    """An insert that may say what happens on a conflict; the two dialects spell it alike."""
    return sqlite.insert(table) if session.dialect.name == "sqlite" else postgresql.insert(table)
