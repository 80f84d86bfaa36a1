"""Whose push stood in the way of a campaign's, by the verdicts of its last pass. Only ever on the stage."""

from datetime import date
from typing import Any

from sqlalchemy import Select, func, select

from bot.store.database import Session
from bot.store.delivery_states import GOT
from bot.store.planning.verdicts import of_campaign
from bot.store.tables import customers, deliveries
from bot.values.channels import MASS
from bot.values.simulation import Blame

TOO_NEAR = ("too_soon", "day_taken")
NO_QUOTA = ("no_entitlement", "quota_reserved")


def blames(session: Session, campaign_id: str, on: date, month: str) -> list[Blame]:
    """Of the customers who never got anything of it: the reason, the campaign, the day, how many."""
    missed = _missed(session, campaign_id)
    return [
        *_too_near(session, campaign_id, missed),
        *_lost(session, campaign_id, missed, on),
        *_without_quota(session, campaign_id, missed, on, month),
    ]


def _missed(session: Session, campaign_id: str) -> Any:
    """Who they are, and the last word on each."""
    said = of_campaign(session, campaign_id).subquery("said")
    got = deliveries.alias("got")
    has_got = select(got.c.id).where(
        got.c.customer_id == said.c.customer_id,
        got.c.campaign_id == campaign_id,
        got.c.state.in_((*GOT, "planned")),
    )
    return select(said).where(~has_got.correlate(said).exists()).subquery("missed")


def _too_near(session: Session, campaign_id: str, missed: Any) -> list[Blame]:
    last = deliveries.alias("last")
    rows = missed.join(customers, customers.c.id == missed.c.customer_id).join(
        last, last.c.id == customers.c.last_push_id
    )
    found = (
        select(missed.c.reason, last.c.campaign_id.label("by"), last.c.day, func.count().label("number"))
        .select_from(rows)
        .where(missed.c.reason.in_(TOO_NEAR), last.c.campaign_id != campaign_id)
        .group_by(missed.c.reason, last.c.campaign_id, last.c.day)
    )
    return [Blame(campaign_id, row.reason, row.by, row.day, row.number) for row in session.execute(found)]


def _lost(session: Session, campaign_id: str, missed: Any, on: date) -> list[Blame]:
    found: Select[Any] = (
        select(missed.c.reason, func.count().label("number"))
        .where(missed.c.reason.like("lost_to:%"))
        .group_by(missed.c.reason)
    )
    return [
        Blame(campaign_id, "lost_to", row.reason.partition(":")[2], on, row.number)
        for row in session.execute(found)
    ]


def _without_quota(session: Session, campaign_id: str, missed: Any, on: date, month: str) -> list[Blame]:
    """The mass send that took the last of the month's quota."""
    of_month = deliveries.alias("of_month")
    taker = (
        select(func.max(of_month.c.id))
        .where(
            of_month.c.customer_id == missed.c.customer_id,
            of_month.c.channel == MASS,
            of_month.c.state.in_(GOT),
            of_month.c.day >= on.replace(day=1),
        )
        .correlate(missed)
        .scalar_subquery()
    )
    took = deliveries.alias("took")
    rows = missed.join(customers, customers.c.id == missed.c.customer_id).join(took, took.c.id == taker)
    found = (
        select(took.c.campaign_id.label("by"), took.c.day, func.count().label("number"))
        .select_from(rows)
        .where(missed.c.reason.in_(NO_QUOTA), customers.c.mass_month == month)
        .where(took.c.campaign_id != campaign_id)
        .group_by(took.c.campaign_id, took.c.day)
    )
    return [Blame(campaign_id, "quota", row.by, row.day, row.number) for row in session.execute(found)]
