"""What a subscription account's one mass send of the day may be given to, was given to, and who waits for one."""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta

from sqlalchemy import and_, func, select, update

from bot.rules.pushes import greatest_good
from bot.store.database import Session
from bot.store.delivery_states import LIVE
from bot.store.planning import rotation
from bot.store.planning.plan_entries import Entry
from bot.store.planning.plan_tables import Tables
from bot.store.sending.daily_calls import SHANGHAI
from bot.store.sending.mass_sends import HOLDS_ITS_KEY, day_key
from bot.store.tables import campaign_contents, campaigns, contents, deliveries, mass_sends
from bot.values.channels import MASS
from bot.values.days_send import DaysSend, Offer


def given(session: Session, day: date) -> DaysSend | None:
    """What has the day, which is Shanghai's, already: sent, under way, or planned by an earlier pass."""
    begins = datetime.combine(day, time(), SHANGHAI)
    sent = (
        select(deliveries.c.campaign_id, deliveries.c.content_id)
        .join(mass_sends, mass_sends.c.id == deliveries.c.mass_send_id)
        .where(mass_sends.c.client_msg_id == day_key(day), HOLDS_ITS_KEY)
    )
    planned = select(deliveries.c.campaign_id, deliveries.c.content_id).where(
        deliveries.c.state.in_(LIVE), deliveries.c.channel == MASS,
        deliveries.c.due_at >= begins, deliveries.c.due_at < begins + timedelta(days=1),
    )  # fmt: skip
    for asked in (sent, planned):
        row = session.execute(asked.where(deliveries.c.campaign_id.is_not(None)).limit(1)).one_or_none()
        if row is not None:
            known = Offer(
                campaign_id=row.campaign_id,
                content_id=row.content_id,
                people=0,
                answers=0,
                priority=0,
                waited=0,
            )
            return DaysSend(winner=known, good=0, was_given=True)
    return None


def waited(session: Session, day: date) -> Mapping[str, int]:
    """For each campaign, days since one of its contents last had a day's send, or since it began."""
    last = (
        select(campaign_contents.c.campaign_id, func.max(mass_sends.c.created_at).label("at"))
        .join(mass_sends, mass_sends.c.content_id == campaign_contents.c.content_id)
        .where(mass_sends.c.target == "tag", mass_sends.c.state != "failed")
        .group_by(campaign_contents.c.campaign_id)
        .subquery()
    )
    asked = select(campaigns.c.id, campaigns.c.starts, last.c.at)
    rows = session.execute(asked.outerjoin(last, last.c.campaign_id == campaigns.c.id))
    return {row.id: max((day - (row.at.date() if row.at else row.starts)).days, 0) for row in rows}


def offers(session: Session, tables: Tables, entry: Entry, waits: Mapping[str, int]) -> list[Offer]:
    """What the campaign at hand, whose candidates are picked, would do with the day."""
    picked = tables.picked
    beside, answers = rotation.likely_answers(
        session,
        picked.join(contents, contents.c.id == picked.c.content_id),
        picked.c.customer_id,
        contents.c.category,
    )
    counted = (
        select(picked.c.content_id, func.count().label("people"), func.sum(answers).label("answers"))
        .select_from(beside)
        .where(picked.c.reason.is_(None), picked.c.channel == MASS)
        .group_by(picked.c.content_id)
        .order_by(picked.c.content_id)
    )
    return [
        Offer(
            campaign_id=entry.campaign.id,
            content_id=row.content_id,
            people=row.people,
            answers=float(row.answers),
            priority=entry.campaign.priority,
            waited=waits.get(entry.campaign.id, 0),
        )
        for row in session.execute(counted)
    ]


def give(session: Session, tables: Tables, entry: Entry, send: DaysSend | None, *, spent: bool) -> None:
    """Only the winner's content goes by mass; the verdict of everybody else names it."""
    picked = tables.picked
    wants = and_(picked.c.reason.is_(None), picked.c.channel == MASS)
    if spent:
        session.execute(update(picked).where(wants).values(reason="day_is_spent"))
    elif send is not None:
        loses = and_(wants, picked.c.content_id != send.winner.content_id)
        said = greatest_good.reason(send, entry.campaign.id)
        session.execute(update(picked).where(loses).values(reason=said))
