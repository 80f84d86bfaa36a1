"""Facts a content names that do not stand in the customer's row: looked up for those few, when it is sent."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import datetime

from sqlalchemy import func, select

from bot.store.among import among
from bot.store.database import Session
from bot.store.loyalty import lots
from bot.store.shop.purchases import BOUGHT
from bot.store.tables import customers, order_lines, orders, point_lots, products


def further(
    session: Session, customer_ids: Iterable[int], names: Collection[str], now: datetime
) -> dict[int, dict[str, str]]:
    """Of each customer those of `names` that are known, as words for a text."""
    ids = list(customer_ids)
    found: dict[int, dict[str, str]] = {customer_id: {} for customer_id in ids}
    if not names or not ids:
        return found
    if {"customer.orders", "customer.days_since_order"} & set(names):
        _orders(session, ids, found, now)
    if "customer.last_product" in names:
        _last_product(session, ids, found)
    if "customer.days_since_follow" in names:
        _follow(session, ids, found, now)
    if {"customer.points_expiring", "customer.points_expire_on"} & set(names):
        _expiring(session, ids, found, now)
    return {
        customer_id: {name: known[name] for name in names if name in known}
        for customer_id, known in found.items()
    }


def _orders(session: Session, ids: list[int], found: dict[int, dict[str, str]], now: datetime) -> None:
    asked = (
        select(
            orders.c.customer_id, func.count().label("number"), func.max(orders.c.ordered_at).label("last")
        )
        .where(among(session, orders.c.customer_id, ids), orders.c.status.in_(BOUGHT))
        .group_by(orders.c.customer_id)
    )
    for row in session.execute(asked):
        found[row.customer_id]["customer.orders"] = str(row.number)
        found[row.customer_id]["customer.days_since_order"] = str(max((now - row.last).days, 0))


def _last_product(session: Session, ids: list[int], found: dict[int, dict[str, str]]) -> None:
    """The first line of the newest order that stands."""
    newest = (
        select(orders.c.customer_id, func.max(orders.c.id).label("id"))
        .where(among(session, orders.c.customer_id, ids), orders.c.status.in_(BOUGHT))
        .group_by(orders.c.customer_id)
        .subquery()
    )
    name = func.coalesce(products.c.name, order_lines.c.product_name)
    asked = (
        select(newest.c.customer_id, name.label("name"))
        .join(order_lines, order_lines.c.order_id == newest.c.id)
        .outerjoin(products, products.c.id == order_lines.c.product_id)
        .order_by(order_lines.c.position)
    )
    for row in session.execute(asked):
        if row.name:
            found[row.customer_id].setdefault("customer.last_product", row.name)


def _follow(session: Session, ids: list[int], found: dict[int, dict[str, str]], now: datetime) -> None:
    asked = select(customers.c.id, customers.c.followed_at).where(
        among(session, customers.c.id, ids), customers.c.followed_at.is_not(None)
    )
    for row in session.execute(asked):
        found[row.id]["customer.days_since_follow"] = str(max((now - row.followed_at).days, 0))


def _expiring(session: Session, ids: list[int], found: dict[int, dict[str, str]], now: datetime) -> None:
    """All that end within a month, and the day; where they end on several, each day with how many."""
    whose, day = point_lots.c.customer_id, point_lots.c.expires_on
    ending = lots.ending(now).add_columns(whose, day).where(among(session, whose, ids))
    theirs: dict[int, list[tuple[int, str]]] = defaultdict(list)
    for row in session.execute(ending.group_by(whose, day).order_by(day)):
        theirs[row.customer_id].append((row.points, f"{row.expires_on.month} 月 {row.expires_on.day} 日"))
    for customer_id, ends in theirs.items():
        days = "、".join(f"{on}（{points} 分）" for points, on in ends) if len(ends) > 1 else ends[0][1]
        found[customer_id]["customer.points_expiring"] = str(sum(points for points, _ in ends))
        found[customer_id]["customer.points_expire_on"] = days
