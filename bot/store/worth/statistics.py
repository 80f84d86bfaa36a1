"""One row of figures a customer: brought up to date in the transaction that changes an order, return or review.

`touch` and `recompute` are the same statements, about some customers or about a stretch of all, so that what was kept
up to date and what is added up anew are the same to the last fen.
"""

import operator
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, TypeAlias

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    FromClause,
    Select,
    and_,
    case,
    delete,
    func,
    literal,
    literal_column,
    or_,
    select,
    text,
    update,
)

from bot.store import rows
from bot.store.database import Instant, Session
from bot.store.shop.purchases import BOUGHT, CAME_BACK, fen
from bot.store.tables import customer_statistics, customers, orders, returns, reviews
from bot.store.upserts import or_insert

FOR_CUT_POINTS = frozenset(f"ix_customer_statistics_{name}" for name in ("orders", "spent", "last_order_at"))
WHEN = frozenset({"updated_at", "is_stale"})  # say when a row was written, not what is in it
INSTANTS_OF_ORDERS = ("first_order_at", "last_order_at")
SUMS = ("placed", "orders", "refunds", "spent", "coupon_orders", "coupon_spent")

Which: TypeAlias = Callable[
    [ColumnElement[Any]], ColumnElement[bool]
]  # is this customer's id one of those meant


def touch(session: Session, customer_ids: Iterable[int], now: datetime) -> None:
    """Adds these customers' figures up anew. Called wherever an order, a return or a review is written."""
    for some in rows.parts(sorted(set(customer_ids))):
        _lock(session, some)
        _add_up(session, _these(session, some), _came_back().subquery(), now)


def kept(session: Session, customer_ids: Iterable[int]) -> set[int]:
    """Those who have a row already."""
    row = customer_statistics.c.customer_id
    found = select(row).where(rows.among(session, row, sorted(customer_ids)))
    return set(session.scalars(found)) if customer_ids else set()


def add(session: Session, placed: Mapping[int, int], now: datetime) -> None:
    """Adds these new orders, each with whose it is, to the figures of customers who have theirs, or had no orders.

    What `touch` would come to, without a look at the orders there were before.
    """
    if not placed:
        return
    if session.dialect.name != "sqlite":
        _lock(session, sorted(set(placed.values())))
    fresh = _new(rows.among(session, orders.c.id, list(placed)))
    figures: dict[str, Any] = {each.name: each for each in fresh.c if each.name != "customer_id"}
    figures |= _nearness() | {"updated_at": literal(now, Instant()), "is_stale": literal(1)}
    # everybody's row is there; but PostgreSQL, not knowing sizes yet, would begin an inner join with all the orders
    source = (
        select(fresh.c.customer_id, *figures.values())
        .join_from(fresh, customers, customers.c.id == fresh.c.customer_id, isouter=True)
        .where(customers.c.forgotten_at.is_(None))
    )
    put = or_insert(session, customer_statistics).from_select(["customer_id", *figures], source)
    old, new = customer_statistics.c, put.excluded
    together = {name: new[name] for name in figures}
    together |= {name: old[name] + new[name] for name in SUMS}
    for name, is_beyond in (("first_order_at", operator.lt), ("last_order_at", operator.gt)):
        stays = or_(new[name].is_(None), is_beyond(old[name], new[name]))
        together[name] = case((stays, old[name]), else_=new[name])
    session.execute(put.on_conflict_do_update(index_elements=["customer_id"], set_=together))


def recompute(session: Session, now: datetime, first: int = 0, last: int | None = None) -> None:
    """From scratch, for the ids from `first` to `last` (all of them): what is there does not matter.

    Nobody's place is taken from them meanwhile: so the refresh that follows knows who moved.
    """
    if session.dialect.name == "postgresql":
        # not knowing sizes yet it takes these parts for short, and goes through one for each row of another
        session.execute(text("SET LOCAL enable_nestloop = off"))
    stretch, row = _stretch(first, last), customer_statistics.c.customer_id
    gone = select(customers.c.id).where(stretch(customers.c.id), customers.c.forgotten_at.is_not(None))
    session.execute(delete(customer_statistics).where(stretch(row), row.in_(gone)))
    # the OFFSET has the few returns laid side by side once, instead of asked for by each of the many orders
    _add_up(session, stretch, _came_back().offset(0).subquery(), now)


def follow(session: Session, now: datetime, first: int, last: int) -> None:
    """Whoever has no row yet gets one; who came, went or wrote since is noted. Orders are not looked at."""
    stretch = _stretch(first, last)
    fresh = select(customers.c.id).where(
        stretch(customers.c.id),
        customers.c.forgotten_at.is_(None),
        ~select(customer_statistics.c.customer_id)
        .where(customer_statistics.c.customer_id == customers.c.id)
        .exists(),
    )
    touch(session, session.scalars(fresh), now)
    row = customer_statistics.c
    near = _nearness()
    differs = or_(*(row[name].is_distinct_from(value) for name, value in near.items()))
    session.execute(
        update(customer_statistics)
        .where(stretch(row.customer_id), customers.c.id == row.customer_id, differs)
        .values(**near, is_stale=1)
    )


def drop_indexes(session: Session) -> None:
    """Before everything is written anew on SQLite, where each row would change five places of a file.

    The caller builds them again; a refresh that finds some missing, because one ended in the middle, does it, too.
    """
    if session.dialect.name == "sqlite":
        for index in customer_statistics.indexes:
            index.drop(session, checkfirst=True)


def build_indexes(session: Session, *, only_for_cut_points: bool = False) -> None:
    if session.dialect.name == "sqlite":
        for index in sorted(customer_statistics.indexes, key=lambda index: str(index.name)):
            if not only_for_cut_points or index.name in FOR_CUT_POINTS:
                index.create(session, checkfirst=True)


def stretches(session: Session, size: int) -> list[tuple[int, int]]:
    """Neighbouring ids, about `size` customers each, so that no transaction is long."""
    last = session.scalar(select(func.max(customers.c.id))) or 0
    return [(first, min(first + size - 1, last)) for first in range(1, last + 1, size)]


def _lock(session: Session, customer_ids: Sequence[int]) -> None:
    """Two that add up the same customer go one after the other, so that the second sees what the first wrote."""
    theirs = select(customers.c.id).where(rows.among(session, customers.c.id, customer_ids))
    session.execute(theirs.order_by(customers.c.id).with_for_update(key_share=True))


def _these(session: Session, customer_ids: Sequence[int]) -> Which:
    return lambda column: rows.among(session, column, customer_ids)


def _stretch(first: int, last: int | None) -> Which:
    return lambda column: column >= first if last is None else column.between(first, last)


def _add_up(session: Session, which: Which, came_back: FromClause, now: datetime) -> None:
    """Each row is written once, from parts that are added up apart: one reading of the orders in their index."""
    parts = [_bought(which), _not_bought(which), _returned(which, came_back), _reviewed(which)]
    figures: dict[str, ColumnElement[Any]] = {}
    joined: FromClause = customers
    for part in parts:
        joined = joined.outerjoin(part, part.c.customer_id == customers.c.id)
        for column in part.c:
            if column.name in INSTANTS_OF_ORDERS:
                figures[column.name] = column
            elif column.name != "customer_id":
                figures[column.name] = func.coalesce(column, 0)
    figures["placed"] += figures["orders"]
    figures |= _nearness() | {"updated_at": literal(now, Instant()), "is_stale": literal(1)}
    source = (
        select(customers.c.id, *figures.values())
        .select_from(joined)
        .where(which(customers.c.id), customers.c.forgotten_at.is_(None))
    )
    put = or_insert(session, customer_statistics).from_select(["customer_id", *figures], source)
    values = {name: put.excluded[name] for name in figures}
    differs = or_(
        *(customer_statistics.c[name].is_distinct_from(values[name]) for name in figures if name not in WHEN)
    )
    session.execute(put.on_conflict_do_update(index_elements=["customer_id"], set_=values, where=differs))


def _new(which: ColumnElement[bool]) -> FromClause:
    """What orders of any kind bring to the figures of whose they are; what is not named here is nothing yet."""
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


def _bought(which: Which) -> FromClause:
    """The purchases. Whole yuan and fen are added up as they stand and made fen at the end: a sum of two decimals,
    even of floats, is far nearer to its own fen than to the next, and one rounding is cheaper than each order's."""
    with_coupon = orders.c.coupon_amount > 0
    return (
        select(
            orders.c.customer_id,
            func.count().label("orders"),
            fen(func.sum(orders.c.amount)).label("spent"),
            func.min(orders.c.ordered_at).label("first_order_at"),
            func.max(orders.c.ordered_at).label("last_order_at"),
            func.count().filter(with_coupon).label("coupon_orders"),
            fen(func.sum(orders.c.coupon_amount).filter(with_coupon)).label("coupon_spent"),
        )
        .where(which(orders.c.customer_id), orders.c.status.in_(BOUGHT))
        .group_by(orders.c.customer_id)
        .subquery()
    )


def _nearness() -> dict[str, ColumnElement[Any]]:
    row = customers.c
    return {
        "follows": case((and_(row.followed_at.is_not(None), row.unfollowed_at.is_(None)), 1), else_=0),
        "spoke_at": row.spoke_at,
        "known_at": func.coalesce(row.followed_at, row.created_at),
    }


def _not_bought(which: Which) -> FromClause:
    """What was ordered and is no purchase: not paid, closed, refunded. Few orders, so they are looked at apart."""
    return (
        select(
            orders.c.customer_id,
            func.count().label("placed"),
            _sum(orders.c.status == "refunded", literal(1)).label("refunds"),
        )
        .where(which(orders.c.customer_id), orders.c.status.not_in(BOUGHT))
        .group_by(orders.c.customer_id)
        .subquery()
    )


def _came_back() -> Select[Any]:
    """A repair brings nothing back."""
    return select(returns.c.order_id, returns.c.amount).where(
        returns.c.status.in_(CAME_BACK), returns.c.kind != "repair"
    )


def _returned(which: Which, came_back: FromClause) -> FromClause:
    """The sum, which no index knows, has the database begin with these customers' orders, not all that ever came back."""
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
