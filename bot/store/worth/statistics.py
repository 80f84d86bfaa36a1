"""One row of figures a customer: brought up to date in the transaction that changes an order, return or review.

`touch` and `lay_out` add up by the same selection, about some customers or about a stretch of all, so that what was
kept up to date and what is added up anew are the same to the last fen.
"""

import operator
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, TypeAlias

from sqlalchemy import (
    Column,
    ColumnElement,
    MetaData,
    Table,
    and_,
    case,
    func,
    insert,
    literal,
    literal_column,
    or_,
    select,
    update,
)
from sqlalchemy.schema import CreateTable, DropTable

from bot.store import rows
from bot.store.database import Instant, Session
from bot.store.tables import customer_statistics, customers, orders
from bot.store.upserts import or_insert
from bot.store.worth import figures
from bot.store.worth.figures import FIGURES, SUMS, Which

News: TypeAlias = tuple[Sequence[int], Sequence[int]]  # customers without a row, and those otherwise near
WHEN = frozenset({"updated_at", "is_stale"})  # say when a row was written, not what is in it

_row = customer_statistics.c
_laid_out = Table(  # of this connection only: the figures that are not as they stand, and which row that was
    "figures_laid_out",
    MetaData(),
    Column("customer_id", _row.customer_id.type, primary_key=True, autoincrement=False),
    *(Column(name, _row[name].type) for name in FIGURES),
    Column("was_updated_at", Instant),
    prefixes=["TEMPORARY"],
)
_WAS_UPDATED_AT: ColumnElement[datetime] = literal_column(
    "(SELECT was_updated_at FROM figures_laid_out WHERE figures_laid_out.customer_id = excluded.customer_id)"
)


def touch(session: Session, customer_ids: Iterable[int], now: datetime) -> None:
    """Adds these customers' figures up anew. Called wherever an order, a return or a review is written."""
    for some in rows.parts(sorted(set(customer_ids))):
        _lock(session, some)
        source = figures.added_up(_these(session, some), now).subquery()
        put = or_insert(session, customer_statistics).from_select(
            ["customer_id", *FIGURES], select(source).where(source.c.customer_id > 0)
        )
        values = {name: put.excluded[name] for name in FIGURES}
        session.execute(
            put.on_conflict_do_update(index_elements=["customer_id"], set_=values, where=_differs(values))
        )


def kept(session: Session, customer_ids: Iterable[int]) -> set[int]:
    """Those who have a row already."""
    found = select(_row.customer_id).where(rows.among(session, _row.customer_id, sorted(customer_ids)))
    return set(session.scalars(found).all()) if customer_ids else set()


def add(session: Session, placed: Mapping[int, int], now: datetime) -> None:
    """Adds these new orders, each with whose it is, to the figures of customers who have theirs, or had no orders.

    What `touch` would come to, without a look at the orders there were before.
    """
    if not placed:
        return
    if session.dialect.name != "sqlite":
        _lock(session, sorted(set(placed.values())))
    fresh = figures.of_new_orders(rows.among(session, orders.c.id, list(placed)))
    new: dict[str, Any] = {each.name: each for each in fresh.c if each.name != "customer_id"}
    new |= figures.nearness() | {"updated_at": literal(now, Instant()), "is_stale": literal(1)}
    # everybody's row is there; but PostgreSQL, not knowing sizes yet, would begin an inner join with all the orders
    source = (
        select(fresh.c.customer_id, *new.values())
        .join_from(fresh, customers, customers.c.id == fresh.c.customer_id, isouter=True)
        .where(customers.c.forgotten_at.is_(None))
    )
    put = or_insert(session, customer_statistics).from_select(["customer_id", *new], source)
    came = put.excluded
    together = {name: came[name] for name in new}
    together |= {name: _row[name] + came[name] for name in SUMS}
    for name, is_beyond in (("first_order_at", operator.lt), ("last_order_at", operator.gt)):
        stays = or_(came[name].is_(None), is_beyond(_row[name], came[name]))
        together[name] = case((stays, _row[name]), else_=came[name])
    session.execute(put.on_conflict_do_update(index_elements=["customer_id"], set_=together))


def recompute(session: Session, now: datetime, first: int = 0, last: int | None = None) -> None:
    """From scratch, for the ids from `first` to `last` (all of them): what is there does not matter.

    Nobody's place is taken from them meanwhile: so the refresh that follows knows who moved.
    """
    lay_out(session, now, first, last)
    put_in(session, now, first, last)


def nobody_has_a_row(session: Session) -> bool:
    return session.execute(select(_row.customer_id).limit(1)).first() is None


def fill(session: Session, now: datetime, first: int, last: int) -> None:
    """Adds up and writes in one, while nobody has a row. Whoever got one meanwhile has it right already.

    For PostgreSQL: the one writer that SQLite has would be kept waiting while it reads.
    """
    rows.tell_that_parts_are_long(session)
    source = figures.added_up(_stretch(first, last), now, of_many=True)
    put = or_insert(session, customer_statistics).from_select(["customer_id", *FIGURES], source)
    session.execute(put.on_conflict_do_nothing())


def lay_out(session: Session, now: datetime, first: int, last: int | None) -> None:
    """The long part of adding up anew, which only reads: what is not as it should be is laid aside for `put_in`."""
    rows.tell_that_parts_are_long(session)
    session.execute(CreateTable(_laid_out))
    stretch = _stretch(first, last)
    source = figures.added_up(stretch, now, of_many=True).subquery()
    kept = and_(stretch(_row.customer_id), _row.customer_id == source.c.customer_id)
    anew = (
        select(source, _row.updated_at.label("was_updated_at"))
        .join_from(source, customer_statistics, kept, isouter=True)
        .where(or_(_row.customer_id.is_(None), _differs(source.c)))
    )
    session.execute(insert(_laid_out).from_select(_laid_out.c.keys(), anew))


def put_in(session: Session, now: datetime, first: int, last: int | None) -> None:
    """Writes what `lay_out` found; whose row another one wrote since, is added up once more."""
    laid, stretch = _laid_out.c, _stretch(first, last)
    there = select(laid.customer_id, *(laid[name] for name in FIGURES)).join_from(
        _laid_out, customers, customers.c.id == laid.customer_id
    )
    put = or_insert(session, customer_statistics).from_select(
        ["customer_id", *FIGURES], there.where(stretch(customers.c.id), customers.c.forgotten_at.is_(None))
    )
    put = put.on_conflict_do_update(
        index_elements=["customer_id"],
        set_={name: put.excluded[name] for name in FIGURES},
        where=_row.updated_at == _WAS_UPDATED_AT,
    )
    session.execute(put)
    meanwhile = (
        select(laid.customer_id)
        .join_from(_laid_out, customer_statistics, _row.customer_id == laid.customer_id)
        .where(stretch(_row.customer_id), _row.updated_at != literal(now, Instant()))
    )
    touch(session, session.scalars(meanwhile), now)
    session.execute(DropTable(_laid_out))
    gone = select(customers.c.id).where(stretch(customers.c.id), customers.c.forgotten_at.is_not(None))
    session.execute(customer_statistics.delete().where(stretch(_row.customer_id), _row.customer_id.in_(gone)))


def follow(session: Session, now: datetime, first: int, last: int) -> None:
    """Whoever has no row yet gets one; who came, went or wrote since is noted. Orders are not looked at."""
    note_news(session, now, *news(session, first, last))


def news(session: Session, first: int, last: int) -> News:
    """The long part of `follow`, which only reads: who has no row yet, and whose is not as near as they are."""
    stretch = _stretch(first, last)
    fresh = select(customers.c.id).where(
        stretch(customers.c.id),
        customers.c.forgotten_at.is_(None),
        ~select(_row.customer_id).where(_row.customer_id == customers.c.id).exists(),
    )
    came = (
        select(_row.customer_id)
        .join_from(customer_statistics, customers, customers.c.id == _row.customer_id)
        # said of both: otherwise PostgreSQL goes through all customers for each stretch
        .where(stretch(_row.customer_id), stretch(customers.c.id), _is_otherwise_near())
    )
    return session.scalars(fresh).all(), session.scalars(came).all()


def note_news(session: Session, now: datetime, fresh: Sequence[int], came: Sequence[int]) -> None:
    touch(session, fresh, now)
    for some in rows.parts(came):
        session.execute(
            update(customer_statistics)
            .where(
                rows.among(session, _row.customer_id, some),
                customers.c.id == _row.customer_id,
                _is_otherwise_near(),
            )
            .values(**figures.nearness(), is_stale=1)
        )


def stretches(session: Session, size: int) -> list[tuple[int, int]]:
    """Neighbouring ids, about `size` customers each, so that no transaction is long."""
    last = last_id(session)
    return [(first, min(first + size - 1, last)) for first in range(1, last + 1, size)]


def last_id(session: Session) -> int:
    """The highest any customer has; 0 while there is none."""
    return session.scalar(select(func.max(customers.c.id))) or 0


def first_id(session: Session) -> int:
    """The lowest any customer has; 1 while there is none."""
    return session.scalar(select(func.min(customers.c.id))) or 1


def _differs(values: Any) -> ColumnElement[bool]:
    return or_(*(_row[name].is_distinct_from(values[name]) for name in FIGURES if name not in WHEN))


def _is_otherwise_near() -> ColumnElement[bool]:
    return or_(*(_row[name].is_distinct_from(value) for name, value in figures.nearness().items()))


def _lock(session: Session, customer_ids: Sequence[int]) -> None:
    """Two that add up the same customer go one after the other, so that the second sees what the first wrote."""
    theirs = select(customers.c.id).where(rows.among(session, customers.c.id, customer_ids))
    session.execute(theirs.order_by(customers.c.id).with_for_update(key_share=True))


def _these(session: Session, customer_ids: Sequence[int]) -> Which:
    return lambda column: rows.among(session, column, customer_ids)


def _stretch(first: int, last: int | None) -> Which:
    return lambda column: column >= first if last is None else column.between(first, last)
