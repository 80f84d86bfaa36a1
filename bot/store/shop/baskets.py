"""Who bought what, for recommending: everybody's lines at night, one customer's own while they wait."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from sqlalchemy import ColumnElement, Select, and_, func, or_, select

from bot.store.database import Session
from bot.store.shop.purchases import BOUGHT
from bot.store.tables import order_lines, orders, products, returns
from bot.values.recommending import ANYTHING, Spend

LOOKED_BACK = timedelta(days=730)
MOST_LINES = 2_000_000  # the newest; more change little and cost memory
AT_ONCE = 50_000
MOST_NAMED = 200
ORDERS = {"": (), "cheapest": (products.c.price,), "dearest": (products.c.price.desc(),)}


@dataclass(frozen=True, slots=True)
class OnSale:
    """A product that can be had now."""

    id: int
    external_id: str
    name: str
    category: str
    price: Decimal


def newest_lines(session: Session, now: datetime) -> Iterator[Sequence[tuple[int, int, int, datetime]]]:
    """Customer, order, product, when; the newest first, in parts."""
    bought = (
        select(orders.c.customer_id, orders.c.id, order_lines.c.product_id, orders.c.ordered_at)
        .join_from(orders, order_lines, order_lines.c.order_id == orders.c.id)
        .where(orders.c.ordered_at > now - LOOKED_BACK, orders.c.status.in_(BOUGHT))
        .where(orders.c.customer_id.is_not(None), order_lines.c.product_id.is_not(None))
        .order_by(orders.c.ordered_at.desc())
        .limit(MOST_LINES)
    )
    for part in session.execute(bought, execution_options={"yield_per": AT_ONCE}).partitions():
        yield [(row[0], row[1], row[2], row[3]) for row in part]


def bought_by(session: Session, customer_id: int) -> dict[int, datetime]:
    """Product id → when they last bought it. Also what is ordered and not yet paid: it needs no advice."""
    mine = (
        select(order_lines.c.product_id, func.max(orders.c.ordered_at))
        .join_from(orders, order_lines, order_lines.c.order_id == orders.c.id)
        .where(orders.c.customer_id == customer_id, order_lines.c.product_id.is_not(None))
        .where(orders.c.status.in_((*BOUGHT, "placed")))
        .group_by(order_lines.c.product_id)
    )
    return {row[0]: row[1] for row in session.execute(mine)}


def given_back_by(session: Session, customer_id: int) -> set[int]:
    """Products of which they returned one, or wanted to; a return that names no product is of the whole order."""
    theirs = and_(
        orders.c.customer_id == customer_id, returns.c.kind != "repair", returns.c.status != "refused"
    )
    named = select(returns.c.product_id).join(orders, orders.c.id == returns.c.order_id)
    whole = (
        select(order_lines.c.product_id)
        .join(orders, orders.c.id == order_lines.c.order_id)
        .join(returns, returns.c.order_id == orders.c.id)
    )
    refunded = (
        select(order_lines.c.product_id)
        .join(orders, orders.c.id == order_lines.c.order_id)
        .where(orders.c.customer_id == customer_id, orders.c.status == "refunded")
    )
    asked = (named.where(theirs), whole.where(theirs, returns.c.product_id.is_(None)), refunded)
    return {id_ for one in asked for id_ in session.scalars(one) if id_ is not None}


def to_be_had(session: Session, ids: Collection[int]) -> dict[int, OnSale]:
    """Of these products, those on sale and in stock."""
    return (
        {row.id: row for row in _on_sale(session, _available().where(products.c.id.in_(ids)))} if ids else {}
    )


def to_be_had_in(session: Session, words: str, spend: Spend = ANYTHING) -> list[OnSale]:
    """Those whose name, category or brand holds the words, at such a price, at most `MOST_NAMED`."""
    held = or_(
        *(
            column.contains(words, autoescape=True)
            for column in (products.c.name, products.c.category, products.c.brand)
        )
    )
    asked = _available().where(held, *_affordable(spend)).order_by(*ORDERS[spend.first], products.c.id)
    return _on_sale(session, asked.limit(MOST_NAMED))


def names(session: Session, ids: Collection[int]) -> Mapping[int, str]:
    asked = select(products.c.id, products.c.name).where(products.c.id.in_(ids))
    return {row.id: row.name for row in session.execute(asked)} if ids else {}


def _affordable(spend: Spend) -> Iterator[ColumnElement[bool]]:
    if spend.least is not None:
        yield products.c.price >= spend.least
    if spend.most is not None:
        yield products.c.price <= spend.most


def _available() -> Select[int, str, str, str, Decimal]:
    columns = (products.c.id, products.c.external_id, products.c.name, products.c.category, products.c.price)
    return select(*columns).where(products.c.is_on_sale, products.c.stock > 0)


def _on_sale(session: Session, asked: Select[int, str, str, str, Decimal]) -> list[OnSale]:
    return [OnSale(*row) for row in session.execute(asked)]
