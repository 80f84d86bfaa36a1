"""Customers' orders, read for the chat: newest first, with what was bought."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Integer, bindparam, func, select

from bot.store.database import Session
from bot.store.prepared import Prepared
from bot.store.tables import order_lines, orders, shipments

MOST = 20


@dataclass(frozen=True, slots=True)
class Line:
    product: str
    quantity: int


@dataclass(frozen=True, slots=True)
class Parcel:
    carrier: str
    tracking_no: str
    shipped_at: datetime | None = None
    delivered_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    number: str
    status: str  # placed, paid, shipped, delivered, closed, refunded
    amount: Decimal
    ordered_at: datetime
    paid_at: datetime | None = None
    lines: tuple[Line, ...] = ()
    parcels: tuple[Parcel, ...] = ()


_COLUMNS = (
    orders.c.id,
    orders.c.external_id,
    orders.c.status,
    orders.c.amount,
    orders.c.ordered_at,
    orders.c.paid_at,
)


_NEWEST = Prepared(
    select(*_COLUMNS)
    .where(orders.c.customer_id == bindparam("customer_id_", type_=orders.c.customer_id.type))
    .order_by(orders.c.ordered_at.desc(), orders.c.id.desc())
    .limit(bindparam("most_", type_=Integer()))
)


def newest(session: Session, customer_id: int, most: int = MOST) -> list[Order]:
    """The customer's newest orders, newest first."""
    return _read(session, _NEWEST.all(session, {"customer_id_": customer_id, "most_": most}))


def find_numbered(session: Session, customer_id: int, number: str) -> Order | None:
    """The customer's own order of that number, capitals aside; nobody finds another's."""
    mine = select(*_COLUMNS).where(
        orders.c.customer_id == customer_id, func.upper(orders.c.external_id) == number.upper()
    )
    return next(iter(_read(session, session.execute(mine).all())), None)


def _read(session: Session, rows: Sequence[Sequence[Any]]) -> list[Order]:
    """`rows` of `_COLUMNS`."""
    order_ids = [id_ for id_, *_ in rows]
    lines, parcels = _lines(session, order_ids), _parcels(session, order_ids)
    return [
        Order(
            number=number,
            status=status,
            amount=amount,
            ordered_at=ordered_at,
            paid_at=paid_at,
            lines=tuple(lines.get(id_, ())),
            parcels=tuple(parcels.get(id_, ())),
        )
        for id_, number, status, amount, ordered_at, paid_at in rows
    ]


def _lines(session: Session, order_ids: Sequence[int]) -> dict[int, list[Line]]:
    found: dict[int, list[Line]] = {}
    if order_ids:
        columns = (order_lines.c.order_id, order_lines.c.product_name, order_lines.c.quantity)
        of_these = select(*columns).where(order_lines.c.order_id.in_(order_ids))
        for order_id, product, quantity in session.execute(
            of_these.order_by(order_lines.c.order_id, order_lines.c.position)
        ):
            found.setdefault(order_id, []).append(Line(product, quantity))
    return found


def _parcels(session: Session, order_ids: Sequence[int]) -> dict[int, list[Parcel]]:
    """Those with a number to follow, as they left."""
    found: dict[int, list[Parcel]] = {}
    if order_ids:
        columns = (
            shipments.c.order_id,
            shipments.c.carrier,
            shipments.c.tracking_no,
            shipments.c.shipped_at,
            shipments.c.delivered_at,
        )
        of_these = select(*columns).where(shipments.c.order_id.in_(order_ids), shipments.c.tracking_no != "")
        for order_id, *parcel in session.execute(of_these.order_by(shipments.c.shipped_at, shipments.c.id)):
            found.setdefault(order_id, []).append(Parcel(*parcel))
    return found
