"""How the customers answered until now, for the model of who answers; only who and when, no words."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, func, select

from bot.store.database import Session
from bot.store.delivery_states import GOT
from bot.store.shop.purchases import BOUGHT
from bot.store.simulation.simulation_copy import Sample
from bot.store.tables import customers, deliveries, messages, orders
from bot.values.simulation import Past

LOOKED_AT = timedelta(days=90)


def past(session: Session, sample: Sample, now: datetime) -> Past:
    since = now - LOOKED_AT
    bought = dict(_counted(session, since, sample))
    people = [
        (row.id, row.engagement, (row.followed_at or row.created_at).timestamp(), bought.get(row.id, 0))
        for row in session.execute(
            select(customers.c.id, customers.c.engagement, customers.c.followed_at, customers.c.created_at)
            .where(customers.c.id.in_(sample))
            .order_by(customers.c.id)
        )
    ]
    spoken = select(messages.c.customer_id, messages.c.created_at).where(
        messages.c.direction == "in",
        messages.c.kind.not_like("event:%"),
        messages.c.created_at > since,
        messages.c.created_at <= now,
        messages.c.customer_id.is_not(None),
        messages.c.customer_id.in_(sample),
    )
    out = func.coalesce(deliveries.c.left_at, deliveries.c.claimed_at)
    pushed = select(deliveries.c.customer_id, out.label("at")).where(
        deliveries.c.campaign_id.is_not(None),
        deliveries.c.state.in_(GOT),
        out > since,
        deliveries.c.customer_id.in_(sample),
    )
    heard = session.execute(
        select(func.min(messages.c.created_at)).where(messages.c.direction == "in")
    ).scalar()
    return Past(
        now=now.timestamp(),
        days=LOOKED_AT.days,
        heard_since=None if heard is None else heard.timestamp(),
        people=people,
        contacts=[(who, at.timestamp()) for who, at in session.execute(spoken)],
        pushes=[(who, at.timestamp()) for who, at in session.execute(pushed)],
        stopped=_since(session, customers.c.stopped_pushes_at, since, sample),
        left=_since(session, customers.c.unfollowed_at, since, sample),
    )


def _counted(session: Session, since: datetime, sample: Sample) -> list[tuple[int, int]]:
    counted = (
        select(orders.c.customer_id, func.count())
        .where(orders.c.status.in_(BOUGHT), orders.c.ordered_at > since, orders.c.customer_id.in_(sample))
        .group_by(orders.c.customer_id)
    )
    return [(who, number) for who, number in session.execute(counted)]


def _since(session: Session, at: ColumnElement[Any], since: datetime, sample: Sample) -> int:
    counted = select(func.count()).where(at > since, customers.c.id.in_(sample))
    return int(session.execute(counted).scalar_one())
