"""What is counted on the stage: mass sends used, the gaps between pushes, how many customers were reached how often."""

from datetime import datetime
from typing import Any

from sqlalchemy import Column, ColumnElement, Select, and_, case, func, select

from bot.store.database import Session
from bot.store.delivery_states import GOT
from bot.store.tables import customers, deliveries
from bot.values.simulation import Gap


def mass_counts(session: Session, month: str) -> dict[int, int]:
    """Mass sends used this month → followers."""
    used = case((customers.c.mass_month == month, customers.c.mass_used), else_=0).label("used")
    follows = and_(customers.c.followed_at.is_not(None), customers.c.unfollowed_at.is_(None))
    counted = select(used, func.count().label("number")).where(follows).group_by(used)
    return {row.used: row.number for row in session.execute(counted)}


def gaps(session: Session, since: datetime) -> list[Gap]:
    """Between each push since then and the one before."""
    pushes = (
        select(
            deliveries.c.regular,
            deliveries.c.left_at,
            deliveries.c.day,
            _last(deliveries.c.left_at).label("last_at"),
            _last(deliveries.c.day).label("last_day"),
        )
        .where(deliveries.c.state.in_(GOT), deliveries.c.left_at.is_not(None))
        .subquery()
    )
    apart = (
        select(
            pushes.c.regular,
            (func.julianday(pushes.c.day) - func.julianday(pushes.c.last_day)).label("days"),
            func.floor(
                (func.julianday(pushes.c.left_at) - func.julianday(pushes.c.last_at)) * 24 + 1e-6
            ).label("hours"),
            func.count().label("number"),
        )
        .where(pushes.c.left_at >= since, pushes.c.last_at.is_not(None))
        .group_by("regular", "days", "hours")
    )
    return [
        Gap(bool(row.regular), int(row.days), int(row.hours), row.number) for row in session.execute(apart)
    ]


def _last(column: Column[Any]) -> ColumnElement[Any]:
    """Of the same customer's push before."""
    order = (deliveries.c.left_at, deliveries.c.id)
    return func.lag(column).over(partition_by=deliveries.c.customer_id, order_by=order)


def times_reached(session: Session, since: datetime) -> dict[int, int]:
    """Pushes got since then → customers who follow or did."""
    got = and_(
        deliveries.c.customer_id == customers.c.id, deliveries.c.state.in_(GOT), deliveries.c.left_at >= since
    )
    each: Select[Any] = (
        select(func.count(deliveries.c.id).label("times"))
        .select_from(customers.outerjoin(deliveries, got))
        .where(customers.c.followed_at.is_not(None))
        .group_by(customers.c.id)
    )
    times = each.subquery()
    counted = select(times.c.times, func.count().label("number")).group_by(times.c.times)
    return {row.times: row.number for row in session.execute(counted)}


def people_reached(session: Session, since: datetime) -> dict[str, int]:
    """Campaign → how many different customers it reached."""
    counted = (
        select(deliveries.c.campaign_id, func.count(deliveries.c.customer_id.distinct()).label("number"))
        .where(deliveries.c.state.in_(GOT), deliveries.c.left_at >= since)
        .group_by(deliveries.c.campaign_id)
    )
    return {row.campaign_id: row.number for row in session.execute(counted)}
