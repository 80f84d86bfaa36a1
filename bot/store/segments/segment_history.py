"""What is read of segments: sizes over time, who came and went, a sample of who is in; and the long tail as a group."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, case, func, select, text
from sqlalchemy.exc import DBAPIError

from bot.store.database import Session
from bot.store.segments import segments
from bot.store.shop.purchases import BOUGHT, fen
from bot.store.tables import (
    customer_moves,
    customer_statistics,
    customers,
    orders,
    segment_members,
    segment_moves,
    segment_passes,
    segment_sizes,
    segment_states,
)
from bot.store.tables import segments as segments_table
from bot.values.rule import Rule
from bot.values.segment import Member, SegmentLine, SegmentMove, Size, Tail

LATELY = timedelta(days=30)
A_QUARTER = timedelta(days=90)
STEPS = 20_000  # of SQLite's machine between two looks at the clock

_s, _m = segment_states.c, segment_members.c


def lines(session: Session) -> list[SegmentLine]:
    """Every segment as its last refresh left it, everyone first."""
    is_of = segments_table.outerjoin(segment_states, _s.segment_id == segments_table.c.id)
    found = select(
        segments_table.c.id, segments_table.c.name, _s.members, _s.refreshed_at, _s.moves_by_time
    ).select_from(is_of)
    in_order = (segments_table.c.id != segments.EVERYONE, segments_table.c.id)
    return [
        SegmentLine(
            id=row.id,
            name=row.name,
            members=None if row.refreshed_at is None else row.members,
            refreshed_at=row.refreshed_at,
            moves_by_time=bool(row.moves_by_time),
        )
        for row in session.execute(found.order_by(*in_order))
    ]


def sizes(session: Session, segment_id: str, most: int = 30) -> list[Size]:
    """The latest first."""
    found = (
        select(segment_sizes, segment_passes.c.at, segment_passes.c.kind)
        .join(segment_passes, segment_passes.c.id == segment_sizes.c.pass_id)
        .where(segment_sizes.c.segment_number == _number(segment_id))
        .order_by(segment_sizes.c.pass_id.desc())
        .limit(most)
    )
    return [
        Size(at=row.at, kind=row.kind, members=row.members, entered=row.entered, gone=row.gone)
        for row in session.execute(found)
    ]


def moves(session: Session, segment_id: str, most: int = 50) -> list[SegmentMove]:
    """Who came and went, the latest first."""
    moved = segment_moves.c
    found = (
        select(segment_passes.c.at, customers.c.openid, moved.customer_id, moved.entered)
        .join_from(segment_moves, segment_passes, segment_passes.c.id == moved.pass_id)
        .outerjoin(customers, customers.c.id == moved.customer_id)
        .where(moved.segment_number == _number(segment_id))
        .order_by(moved.pass_id.desc(), moved.customer_id)
        .limit(most)
    )
    return [
        SegmentMove(at=row.at, openid=row.openid or "", customer_id=row.customer_id, entered=row.entered)
        for row in session.execute(found)
    ]


def members(session: Session, segment_id: str, after: int = 0, most: int = 50) -> list[Member]:
    """Who was in at the last refresh, by number; `after`: the number the page before ended with."""
    found = (
        select(_m.customer_id, customers.c.openid, customers.c.name, segment_passes.c.at)
        .join_from(segment_members, segment_passes, segment_passes.c.id == _m.since_pass)
        .join(customers, customers.c.id == _m.customer_id)
        .where(_m.segment_number == _number(segment_id), _m.customer_id > after)
        .order_by(_m.customer_id)
        .limit(most)
    )
    return [
        Member(customer_id=row.customer_id, openid=row.openid or "", name=row.name or "", since=row.at)
        for row in session.execute(found)
    ]


def sample(session: Session, rule: Rule, now: datetime, most: int = 10) -> list[Member]:
    """Some who are in by the rule at this moment, whoever is found first."""
    found = segments.audience(rule, now).limit(most).subquery()
    asked = select(customers.c.id, customers.c.openid, customers.c.name).join(
        found, found.c.customer_id == customers.c.id
    )
    return [
        Member(customer_id=row.id, openid=row.openid or "", name=row.name or "", since=None)
        for row in session.execute(asked.order_by(customers.c.id))
    ]


def count_within(session: Session, rule: Rule, now: datetime, seconds: float) -> int | None:
    """As `segments.count`, for who waits at a page; None when it would take longer. The session stays usable."""
    try:
        with session.begin_nested(), _at_most(session, seconds):
            return segments.count(session, rule, now)
    except DBAPIError as error:
        if _is_of_time(error):
            return None
        raise


def tail(session: Session, now: datetime) -> Tail:
    """The buyers who together bring what the A customers leave, seen as a group."""
    row = customer_statistics.c
    bought = row.orders > 0
    is_tail = row.abc != "A"
    both = select(
        func.count().label("buyers"),
        func.coalesce(func.sum(row.spent), 0).label("spent"),
        _sum(is_tail, 1).label("customers"),
        _sum(is_tail, row.spent).label("tail_spent"),
        _sum(is_tail, row.follows).label("follow"),
    ).where(bought)
    found = session.execute(both).one()
    of_tail = select(row.customer_id).where(bought, row.abc != "A")
    near = customers.join(customer_statistics, row.customer_id == customers.c.id)
    lately = session.execute(
        select(
            _sum(customers.c.last_push_at > now - LATELY, 1).label("reached"),
            _sum(customers.c.spoke_at > now - LATELY, 1).label("wrote"),
        )
        .select_from(near)
        .where(bought, row.abc != "A")
    ).one()
    quarters = _spent_in_two_quarters(session, of_tail, now)
    moved = customer_moves.c
    rose = select(func.count(moved.customer_id.distinct())).where(
        moved.partition == "abc", moved.became == "A", moved.at > now - A_QUARTER
    )
    return Tail(
        buyers=found.buyers,
        customers=found.customers,
        share_of_buyers=_percent(found.customers, found.buyers),
        spent=Decimal(int(found.tail_spent)) / 100,
        share_of_spend=_percent(int(found.tail_spent), int(found.spent)),
        average=round(Decimal(int(found.tail_spent)) / 100 / (found.customers or 1), 2),
        follow=int(found.follow),
        reached=int(lately.reached),
        wrote=int(lately.wrote),
        spent_lately=quarters[0],
        spent_before=quarters[1],
        growth=round(float((quarters[0] - quarters[1]) / quarters[1] * 100), 1) if quarters[1] else None,
        rose=session.execute(rose).scalar_one(),
    )


def _spent_in_two_quarters(session: Session, of_tail: Any, now: datetime) -> tuple[Decimal, Decimal]:
    is_late = orders.c.ordered_at > now - A_QUARTER
    amount = fen(orders.c.amount)
    found = session.execute(
        select(_sum(is_late, amount).label("late"), _sum(~is_late, amount).label("before")).where(
            orders.c.ordered_at > now - 2 * A_QUARTER,
            orders.c.status.in_(BOUGHT),
            orders.c.customer_id.in_(of_tail),
        )
    ).one()
    return Decimal(int(found.late)) / 100, Decimal(int(found.before)) / 100


def _sum(which: ColumnElement[bool], amount: Any) -> ColumnElement[Any]:
    return func.coalesce(func.sum(case((which, amount), else_=0)), 0)


def _percent(part: int, whole: int) -> float:
    return round(part * 100 / whole, 1) if whole else 0.0


def _number(segment_id: str) -> Any:
    return select(_s.number).where(_s.segment_id == segment_id).scalar_subquery()


@contextmanager
def _at_most(session: Session, seconds: float) -> Iterator[None]:
    """The database itself gives up: nobody else waits for what nobody waits for any more."""
    if session.dialect.name != "sqlite":
        session.execute(text(f"SET LOCAL statement_timeout = {max(1, int(seconds * 1000))}"))
        yield
        session.execute(text("SET LOCAL statement_timeout = 0"))
        return
    until = time.monotonic() + seconds
    driver: Any = session.connection.driver_connection
    driver.set_progress_handler(lambda: time.monotonic() > until, STEPS)
    try:
        yield
    finally:
        driver.set_progress_handler(None, 0)


def _is_of_time(error: DBAPIError) -> bool:
    return "interrupted" in str(error.orig) or "statement timeout" in str(error.orig)
