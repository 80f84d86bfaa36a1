"""What a customer's orders, returns and reviews add up to: one selection, for some customers or a stretch of all.

Money is added up as it stands and made fen at the end: a sum of two decimals, even of floats, is far nearer to its own
fen than to the next, and one rounding is cheaper than each order's.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any, TypeAlias

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    FromClause,
    Select,
    and_,
    case,
    func,
    literal,
    literal_column,
    or_,
    select,
)

from bot.store.database import Instant
from bot.store.shop.purchases import BOUGHT, CAME_BACK, fen
from bot.store.tables import customers, orders, returns, reviews

INSTANTS_OF_ORDERS = ("first_order_at", "last_order_at")
SUMS = ("placed", "orders", "refunds", "spent", "coupon_orders", "coupon_spent")
FIGURES = (  # the columns of a row that are added up, in the order in which `added_up` has them
    "orders", "spent", "first_order_at", "last_order_at", "coupon_orders", "coupon_spent", "follows", "spoke_at", "known_at",
    "placed", "refunds", "returns", "returned", "reviews", "rating_sum", "updated_at", "is_stale",
)  # fmt: skip

Which: TypeAlias = Callable[
    [ColumnElement[Any]], ColumnElement[bool]
]  # is this customer's id one of those meant

# one comparison after the other, the most frequent first: quicker over millions than a list to look it up in
_STANDS = or_(*(orders.c.status == status for status in reversed(BOUGHT)))


def added_up(which: Which, now: datetime, *, of_many: bool = False) -> Select[Any]:
    """A row for each customer meant who was not forgotten, with all columns of their figures.

    `of_many`: comes to the same, in the way that is quicker for a stretch of thousands.
    """
    bought = _bought(which)
    parts = [_not_bought(which), _returned(which, of_many=of_many), _reviewed(which)]
    figures: dict[str, ColumnElement[Any]] = {}
    joined: FromClause = bought
    for part in parts:
        joined = joined.outerjoin(part, part.c.customer_id == bought.c.customer_id)
    for part in (bought, *parts):
        for column in part.c:
            if column.name in INSTANTS_OF_ORDERS or column.name in nearness():
                figures[column.name] = column
            elif column.name != "customer_id":
                figures[column.name] = func.coalesce(column, 0)
    figures["placed"] += figures["orders"]
    figures |= {"updated_at": literal(now, Instant()), "is_stale": literal(1)}
    named = (figures[name].label(name) for name in FIGURES)
    return select(bought.c.customer_id, *named).select_from(joined)


def of_new_orders(which: ColumnElement[bool]) -> FromClause:
    """What these orders, of any kind, bring to the figures of whose they are; what is not named here is nothing yet."""
    bought = orders.c.status.in_(BOUGHT)
    with_coupon = and_(bought, orders.c.coupon_amount > 0)
    return (
        select(
            orders.c.customer_id,
            func.count().label("placed"),
            _sum(bought, literal(1)).label("orders"),
            _sum(orders.c.status == "refunded", literal(1)).label("refunds"),
            _sum(bought, fen(orders.c.amount)).label("spent"),
            func.min(case((bought, orders.c.ordered_at))).label("first_order_at"),
            func.max(case((bought, orders.c.ordered_at))).label("last_order_at"),
            _sum(with_coupon, literal(1)).label("coupon_orders"),
            _sum(with_coupon, fen(orders.c.coupon_amount)).label("coupon_spent"),
        )
        .where(which)
        .group_by(orders.c.customer_id)
        .subquery()
    )


def nearness() -> dict[str, ColumnElement[Any]]:
    """How near a customer is, from their own row."""
    row = customers.c
    return {
        "follows": case((and_(row.followed_at.is_not(None), row.unfollowed_at.is_(None)), 1), else_=0),
        "spoke_at": row.spoke_at,
        "known_at": func.coalesce(row.followed_at, row.created_at),
    }


def _bought(which: Which) -> FromClause:
    """Customer by customer in the order of their ids, so that nothing is laid aside and sorted."""
    with_coupon = orders.c.coupon_amount > 0
    theirs = and_(which(orders.c.customer_id), orders.c.customer_id == customers.c.id, _STANDS)
    near = (expression.label(name) for name, expression in nearness().items())
    return (
        select(
            customers.c.id.label("customer_id"),
            func.count(orders.c.customer_id).label("orders"),
            fen(func.sum(orders.c.amount)).label("spent"),
            func.min(orders.c.ordered_at).label("first_order_at"),
            func.max(orders.c.ordered_at).label("last_order_at"),
            func.count().filter(with_coupon).label("coupon_orders"),
            fen(func.sum(orders.c.coupon_amount).filter(with_coupon)).label("coupon_spent"),
            *near,
        )
        .join_from(customers, orders, theirs, isouter=True)
        .where(which(customers.c.id), customers.c.forgotten_at.is_(None))
        .group_by(customers.c.id)
        .subquery()
    )


def _not_bought(which: Which) -> FromClause:
    """What was ordered and is no purchase: not paid, closed, refunded. Few orders, so they are looked at apart."""
    return (
        select(
            orders.c.customer_id,
            func.count().label("placed"),
            _sum(orders.c.status == "refunded", literal(1)).label("refunds"),
        )
        .where(which(orders.c.customer_id), ~_STANDS)
        .group_by(orders.c.customer_id)
        .subquery()
    )


def _returned(which: Which, *, of_many: bool) -> FromClause:
    """A repair brings nothing back. The sum, which no index knows, has the database begin with these customers' orders,
    not all that ever came back.

    For many customers the OFFSET has all that came back laid aside first, so that a glance tells of most orders that
    they are not among it; a look into the index for each order takes three times as long.
    """
    back = select(returns.c.order_id, returns.c.amount).where(
        returns.c.status.in_(CAME_BACK), returns.c.kind != "repair"
    )
    came_back = (back.offset(0) if of_many else back).subquery()
    return (
        select(
            orders.c.customer_id,
            func.count().label("returns"),
            fen(func.sum(came_back.c.amount)).label("returned"),
        )
        .join_from(orders, came_back, came_back.c.order_id == orders.c.id + literal_column("0"))
        .where(which(orders.c.customer_id))
        .group_by(orders.c.customer_id)
        .subquery()
    )


def _reviewed(which: Which) -> FromClause:
    return (
        select(
            reviews.c.customer_id,
            func.count().label("reviews"),
            func.sum(reviews.c.rating).label("rating_sum"),
        )
        .where(which(reviews.c.customer_id))
        .group_by(reviews.c.customer_id)
        .subquery()
    )


def _sum(which: ColumnElement[bool], amount: ColumnElement[int]) -> ColumnElement[int]:
    return func.coalesce(func.sum(case((which, amount), else_=0)), 0, type_=BigInteger)
