"""Whose push stood in the way of a campaign's, by the verdicts of its last pass. Only ever on the stage."""

from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, and_, func, select

from bot.store.database import Session
from bot.store.eligibility import MASS
from bot.store.tables import customers, deliveries, verdicts
from bot.values.simulation import Blame

TOO_NEAR = ("too_soon", "day_taken")
NO_QUOTA = ("no_entitlement", "quota_reserved")
GOT = ("accepted", "sent", "unknown")


def blames(session: Session, campaign_id: str, on: date, month: str) -> list[Blame]:
    """Of the customers who never got anything of it: the reason, the campaign, the day, how many."""
    return [
        *_too_near(session, campaign_id),
        *_lost(session, campaign_id, on),
        *_without_quota(session, campaign_id, on, month),
    ]


def _too_near(session: Session, campaign_id: str) -> list[Blame]:
    last = deliveries.alias("last")
    found = (
        select(verdicts.c.reason, last.c.campaign_id.label("by"), last.c.day, func.count().label("number"))
        .select_from(
            verdicts.join(customers, customers.c.id == verdicts.c.customer_id).join(
                last, last.c.id == customers.c.last_push_id
            )
        )
        .where(_missed(campaign_id), verdicts.c.reason.in_(TOO_NEAR), last.c.campaign_id != campaign_id)
        .group_by(verdicts.c.reason, last.c.campaign_id, last.c.day)
    )
    return [Blame(campaign_id, row.reason, row.by, row.day, row.number) for row in session.execute(found)]


def _lost(session: Session, campaign_id: str, on: date) -> list[Blame]:
    found = (
        select(verdicts.c.reason, func.count().label("number"))
        .where(_missed(campaign_id), verdicts.c.reason.like("lost_to:%"))
        .group_by(verdicts.c.reason)
    )
    return [
        Blame(campaign_id, "lost_to", row.reason.partition(":")[2], on, row.number)
        for row in session.execute(found)
    ]


def _without_quota(session: Session, campaign_id: str, on: date, month: str) -> list[Blame]:
    """The mass send that took the last of the month's quota."""
    taker = (
        select(func.max(deliveries.c.id))
        .where(
            deliveries.c.customer_id == verdicts.c.customer_id,
            deliveries.c.channel == MASS,
            deliveries.c.state.in_(GOT),
            deliveries.c.day >= on.replace(day=1),
        )
        .correlate(verdicts)
        .scalar_subquery()
    )
    took = deliveries.alias("took")
    found = (
        select(took.c.campaign_id.label("by"), took.c.day, func.count().label("number"))
        .select_from(
            verdicts.join(customers, customers.c.id == verdicts.c.customer_id).join(took, took.c.id == taker)
        )
        .where(_missed(campaign_id), verdicts.c.reason.in_(NO_QUOTA), customers.c.mass_month == month)
        .where(took.c.campaign_id != campaign_id)
        .group_by(took.c.campaign_id, took.c.day)
    )
    return [Blame(campaign_id, "quota", row.by, row.day, row.number) for row in session.execute(found)]


def _missed(campaign_id: str) -> ColumnElement[bool]:
    got: Any = deliveries.alias("got")
    has_got = (
        select(got.c.id)
        .where(
            got.c.customer_id == verdicts.c.customer_id,
            got.c.campaign_id == campaign_id,
            got.c.state.in_((*GOT, "planned")),
        )
        .correlate(verdicts)
        .exists()
    )
    return and_(verdicts.c.campaign_id == campaign_id, ~has_got)
