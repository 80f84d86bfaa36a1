"""Takes in a whole shop at once: products, customers with tags, orders with lines, what became of them; only what is not there yet."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from datetime import datetime

from sqlalchemy import Table, insert, select

from bot.rules.pushes.buckets import bucket_of
from bot.store.database import Session
from bot.store.tables import (
    customer_tags,
    customers,
    order_lines,
    orders,
    products,
    returns,
    reviews,
    shipments,
)
from bot.values.trade import Buyer, Order, Product, Return, Review

AT_ONCE = 500

Row = dict[str, object]


def has_product(session: Session, external_id: str) -> bool:
    return session.scalar(select(products.c.id).where(products.c.external_id == external_id)) is not None


def add_products(session: Session, new: Sequence[Product]) -> dict[str, int]:
    """Answers the row's id for each external_id, as the two below do."""
    return _add(session, products, [asdict(product) for product in new])


def add_customers(session: Session, new: Sequence[Buyer], now: datetime) -> dict[str, int]:
    ids = _add(session, customers, [_customer(buyer, now) for buyer in new])
    tags: list[Row] = [
        {"customer_id": ids[buyer.external_id], "tag": tag} for buyer in new for tag in buyer.tags
    ]
    _insert(session, customer_tags, tags)
    return ids


def add_orders(
    session: Session, new: Sequence[Order], customer_ids: dict[str, int], product_ids: dict[str, int]
) -> dict[str, int]:
    ids = _add(session, orders, [_order(order, customer_ids) for order in new])
    lines: list[Row] = [
        {
            "order_id": ids[order.external_id],
            "position": position,
            "product_id": product_ids.get(line.product),
            "product_name": line.name,
            "quantity": line.quantity,
            "price": line.price,
        }
        for order in new
        for position, line in enumerate(order.lines, start=1)
    ]
    _insert(session, order_lines, lines)
    _insert(session, shipments, [_shipment(order, ids) for order in new if order.shipped_at])
    return ids


def add_reviews(
    session: Session,
    new: Sequence[Review],
    customer_ids: dict[str, int],
    order_ids: dict[str, int],
    product_ids: dict[str, int],
) -> None:
    _insert(
        session,
        reviews,
        [
            {
                "external_id": review.external_id,
                "customer_id": customer_ids[review.buyer],
                "order_id": order_ids[review.order],
                "product_id": product_ids[review.product],
                "rating": review.rating,
                "text": review.text,
                "reviewed_at": review.reviewed_at,
            }
            for review in new
        ],
    )


def add_returns(
    session: Session, new: Sequence[Return], order_ids: dict[str, int], product_ids: dict[str, int]
) -> None:
    _insert(
        session,
        returns,
        [
            {
                "external_id": each.external_id,
                "order_id": order_ids[each.order],
                "product_id": product_ids[each.product],
                "kind": each.kind,
                "status": each.status,
                "reason": each.reason,
                "amount": each.amount,
                "requested_at": each.requested_at,
                "closed_at": each.closed_at,
            }
            for each in new
        ],
    )


def _customer(buyer: Buyer, now: datetime) -> Row:
    row = asdict(buyer)
    del row["tags"]
    return row | {"bucket": bucket_of(buyer.openid), "created_at": min(buyer.followed_at, now)}


def _order(order: Order, customer_ids: dict[str, int]) -> Row:
    return {
        "external_id": order.external_id,
        "customer_id": customer_ids[order.buyer],
        "status": order.status,
        "amount": order.amount,
        "coupon_amount": order.coupon_amount,
        "ordered_at": order.ordered_at,
        "paid_at": order.paid_at,
    }


def _shipment(order: Order, ids: dict[str, int]) -> Row:
    return {
        "external_id": f"{order.external_id}-1",
        "order_id": ids[order.external_id],
        "carrier": order.carrier or "",
        "tracking_no": order.tracking_no or "",
        "status": "delivered" if order.delivered_at else "shipped",
        "shipped_at": order.shipped_at,
        "delivered_at": order.delivered_at,
    }


def _add(session: Session, table: Table, rows: Sequence[Row]) -> dict[str, int]:
    """The rows come back in any order, so each brings its external_id."""
    ids: dict[str, int] = {}
    for some in _in_parts(rows):
        found = session.execute(insert(table).returning(table.c.external_id, table.c.id), some)
        ids.update((external_id, id) for external_id, id in found)  # noqa: A001
    return ids


def _insert(session: Session, table: Table, rows: Sequence[Row]) -> None:
    for some in _in_parts(rows):
        session.execute(insert(table), some)


def _in_parts(rows: Sequence[Row]) -> Iterator[Sequence[Row]]:
    for start in range(0, len(rows), AT_ONCE):
        yield rows[start : start + AT_ONCE]
