"""Which orders have points to bring, and which have some to give back: few at a time, the oldest first."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, Select, String, and_, cast, func, literal, or_, select

from bot.store.database import Session
from bot.store.shop.purchases import CAME_BACK
from bot.store.tables import customers, orders, point_journals, returns, shipments

LOOKED_BACK = timedelta(days=400)  # of when it was ordered; what takes longer is given by hand

_j = point_journals.c


def ripe(
    session: Session, now: datetime, after: timedelta, begun: datetime, most: int
) -> Sequence[Row[*tuple[Any, ...]]]:
    """Orders delivered `after` ago or longer that brought nothing yet: id, customer_id, amount, ordered_at, level.

    What was ripe before the ledger began stands in its opening balances.
    """
    arrived = (
        select(func.max(shipments.c.delivered_at))
        .where(shipments.c.order_id == orders.c.id)
        .correlate(orders)
        .scalar_subquery()
    )
    came = func.coalesce(arrived, orders.c.paid_at, orders.c.ordered_at)
    found = (
        select(orders.c.id, orders.c.customer_id, orders.c.amount, orders.c.ordered_at, customers.c.level)
        .join(customers, customers.c.id == orders.c.customer_id)
        .where(
            orders.c.status == "delivered",
            orders.c.ordered_at > now - LOOKED_BACK,
            customers.c.forgotten_at.is_(None),
        )
        .where(came <= now - after, came > begun - after, ~_noted("order", orders.c.id))
        .order_by(orders.c.id)
        .limit(most)
    )
    return session.execute(found).all()


def returned(session: Session, most: int) -> Sequence[Row[*tuple[Any, ...]]]:
    """Returns of orders that brought points, not yet taken back: id, order_id, customer_id, paid, returned (None: all)."""
    found = (
        select(
            returns.c.id,
            orders.c.id.label("order_id"),
            _j.customer_id,
            orders.c.amount.label("paid"),
            returns.c.amount.label("returned"),
        )
        .join_from(returns, orders, orders.c.id == returns.c.order_id)
        .join(point_journals, and_(_j.order_id == orders.c.id, _j.kind == "order"))
        .where(returns.c.kind == "return", returns.c.status.in_(CAME_BACK))
        .where(~_noted("return", returns.c.id))
    )
    return _read(session, found, most)


def refunded(session: Session, most: int) -> Sequence[Row[*tuple[Any, ...]]]:
    """The same of whole orders whose money went back."""
    found = (
        select(
            orders.c.id, orders.c.id.label("order_id"), _j.customer_id, orders.c.amount.label("paid"),
            literal(None).label("returned"),
        )
        .join(point_journals, and_(_j.order_id == orders.c.id, _j.kind == "order"))
        .where(or_(orders.c.status == "refunded", orders.c.status == "closed"), ~_noted("refund", orders.c.id))
    )  # fmt: skip
    return _read(session, found, most)


def _read(session: Session, found: Select[Any], most: int) -> Sequence[Row[*tuple[Any, ...]]]:
    return session.execute(found.where(_j.customer_id.is_not(None)).limit(most)).all()


def _noted(kind: str, id_: Any) -> Any:
    other = point_journals.alias("noted")
    return select(other.c.id).where(other.c.key == literal(f"{kind}:").concat(cast(id_, String))).exists()
