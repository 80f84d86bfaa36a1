"""How often a customer did something, or for how much: a number over their orders, messages, pushes, reviews, returns.

A subquery that names the customer, for `segment_conditions` to compare; what there is none of is nought.
"""

from datetime import datetime, timedelta
from typing import Any, TypeAlias

from sqlalchemy import ColumnElement, FromClause, ScalarSelect, and_, func, select, true

from bot.store.delivery_states import GOT
from bot.store.loyalty import lots
from bot.store.shop.purchases import BOUGHT, CAME_BACK, fen
from bot.store.tables import (
    deliveries,
    messages,
    order_lines,
    orders,
    point_lots,
    products,
    returns,
    reviews,
)
from bot.values.rule import LONGEST_AGO, Condition

Column: TypeAlias = ColumnElement[Any]
Truth: TypeAlias = ColumnElement[bool]

_WHOSE: dict[str, Column] = {
    "messages": messages.c.customer_id,
    "pushes": deliveries.c.customer_id,
    "reviews": reviews.c.customer_id,
    "returns": orders.c.customer_id,
}
_LOGS: dict[str, tuple[FromClause, Column, Truth]] = {
    "messages": (
        messages,
        messages.c.created_at,
        and_(messages.c.direction == "in", messages.c.kind.not_like("event:%")),
    ),
    "pushes": (
        deliveries,
        deliveries.c.claimed_at,
        and_(deliveries.c.campaign_id.is_not(None), deliveries.c.state.in_(GOT)),
    ),
    "reviews": (reviews, reviews.c.reviewed_at, true()),
    "returns": (
        orders.join(returns, returns.c.order_id == orders.c.id),
        returns.c.requested_at,
        and_(returns.c.status.in_(CAME_BACK), returns.c.kind != "repair"),
    ),
}


def counted(condition: Condition, now: datetime, customer_id: Column) -> Column:
    if condition.field == "points_expiring":
        return _correlated(lots.ending(now).where(point_lots.c.customer_id == customer_id), customer_id)
    since = None if condition.days is None else now - timedelta(days=min(condition.days, LONGEST_AGO))
    if condition.field in {"orders", "spend"}:
        return _purchases(condition, since, customer_id)
    table, at, which = _LOGS[condition.field]
    lately = [] if since is None else [at > since]
    return _correlated(
        select(func.count()).select_from(table).where(_WHOSE[condition.field] == customer_id, which, *lately),
        customer_id,
    )


def _purchases(condition: Condition, since: datetime | None, customer_id: Column) -> Column:
    """Orders, or fen; with a product or a category only what was bought of it."""
    is_spend = condition.field == "spend"
    bought = [orders.c.customer_id == customer_id, orders.c.status.in_(BOUGHT)]
    if since is not None:
        bought.append(orders.c.ordered_at > since)
    source: FromClause = orders
    number: Column = func.count()
    if is_spend:
        number = _sum_of_fen(orders.c.amount)
    if condition.product or condition.category:
        source = orders.join(order_lines, order_lines.c.order_id == orders.c.id).join(
            products, products.c.id == order_lines.c.product_id
        )
        number = func.count(orders.c.id.distinct())
        if is_spend:
            number = _sum_of_fen(order_lines.c.price * order_lines.c.quantity)
        bought.append(
            products.c.external_id == condition.product
            if condition.product
            else products.c.category == condition.category
        )
    return _correlated(select(number).select_from(source).where(*bought), customer_id)


def _sum_of_fen(money: Column) -> Column:
    return func.coalesce(func.sum(fen(money)), 0)


def _correlated(statement: Any, customer_id: Column) -> ScalarSelect[Any]:
    whose: Any = customer_id
    return statement.correlate(whose.table).scalar_subquery()  # type: ignore[no-any-return]
