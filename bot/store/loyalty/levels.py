"""Which level what was paid makes due: for one member, for those who ordered lately, for everybody."""

from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, TypeAlias

from sqlalchemy import ColumnElement, FromClause, case, func, select, update

from bot.store.database import Session
from bot.store.segments import segment_changes
from bot.store.shop import purchases
from bot.store.shop.purchases import BOUGHT, CAME_BACK
from bot.store.tables import customers, orders, returns
from bot.values.membership import Rules

Which: TypeAlias = Callable[
    [ColumnElement[Any]], ColumnElement[bool]
]  # is this customer's id one of those meant


def paid_by(session: Session, customer_id: int, since: datetime) -> Decimal:
    """Yuan of purchases that stand, ordered since then, less what came back of them."""
    paid = _paid(lambda id_: id_ == customer_id, since)
    fen = session.execute(select(func.coalesce(func.sum(paid.c.fen), 0))).scalar_one()
    return Decimal(int(fen)) / 100


def raise_lately(session: Session, rules: Rules, now: datetime, ordered_since: timedelta) -> int:
    """Up, for those who ordered within this span; gives how many."""
    lately = select(orders.c.customer_id).where(
        orders.c.ordered_at > now - ordered_since, orders.c.customer_id.is_not(None)
    )
    return _set(session, rules, now, lambda id_: id_.in_(lately), down=False)


def put_right(session: Session, rules: Rules, now: datetime, first: int, last: int, *, down: bool) -> int:
    """Of everybody with an id between; down only where the rules allow it today."""
    return _set(session, rules, now, lambda id_: id_.between(first, last), down=down)


def _set(session: Session, rules: Rules, now: datetime, which: Which, *, down: bool) -> int:
    since = now - timedelta(days=rules.window_days)
    paid = _paid(which, since)
    ranks = list(enumerate(rules.levels))
    has = case(*((customers.c.level == level.name, rank) for rank, level in ranks), else_=0)
    fen = func.coalesce(paid.c.fen, 0)
    due = case(*((fen >= level.least * 100, rank) for rank, level in reversed(ranks)), else_=0)
    judged = (
        select(customers.c.id, has.label("has"), due.label("due"))
        .outerjoin(paid, paid.c.customer_id == customers.c.id)
        .where(which(customers.c.id), customers.c.forgotten_at.is_(None))
        .subquery()
    )
    moves = judged.c.due != judged.c.has if down else judged.c.due > judged.c.has
    changed = 0
    for rank, level in ranks:
        of_level = select(judged.c.id).where(judged.c.due == rank, moves)
        raised = update(customers).where(customers.c.id.in_(of_level)).values(level=level.name)
        theirs = session.scalars(raised.returning(customers.c.id)).all()
        segment_changes.note(session, theirs)
        changed += len(theirs)
    return changed


def _paid(which: Which, since: datetime) -> FromClause:
    """`customer_id`, `fen` of those meant who bought: an order counts for what its returns leave of it, as it does in points.

    A return that names no amount is of the whole order.
    """
    counted = which(orders.c.customer_id), orders.c.ordered_at > since, orders.c.status.in_(BOUGHT)
    back = (
        select(returns.c.order_id, func.sum(func.coalesce(returns.c.amount, orders.c.amount)).label("amount"))
        .join(orders, orders.c.id == returns.c.order_id)
        .where(*counted, returns.c.kind == "return", returns.c.status.in_(CAME_BACK))
        .group_by(returns.c.order_id)
        .subquery()
    )
    kept = orders.c.amount - func.coalesce(back.c.amount, 0)
    return (
        select(orders.c.customer_id, func.sum(case((kept > 0, purchases.fen(kept)), else_=0)).label("fen"))
        .outerjoin(back, back.c.order_id == orders.c.id)
        .where(*counted)
        .group_by(orders.c.customer_id)
        .subquery()
    )
