"""Every row of any table that points to a customer: which there are, and how they go from one customer to another.

The tables are read off the foreign keys, so that one that comes tomorrow is not forgotten. A row that the other
customer has already (the same tag, a delivery of the same day) cannot go: it stays where it is.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import (
    Column,
    Date,
    DateTime,
    Index,
    Numeric,
    Table,
    UniqueConstraint,
    delete,
    select,
    tuple_,
    update,
)

from bot.store import rows
from bot.store.database import Instant, Session
from bot.store.tables import (
    best_hours,
    binding_talks,
    customer_statistics,
    customers,
    deliveries,
    merges,
    metadata,
)

Keys = list[list[Any]]  # of rows: the values of the primary key but for the customer's id, as JSON has them

STAY = frozenset({merges.name})  # tells which rows were one; it is undone by these ids
MADE_ANEW = frozenset({best_hours.name, customer_statistics.name, binding_talks.name})  # the loser's go


def pointers() -> Iterator[Column[Any]]:
    """Each column that points to customers."""
    for table in metadata.sorted_tables:
        for key in table.foreign_keys:
            if key.column is customers.c.id:
                yield key.parent


def move(session: Session, loser_id: int, survivor_id: int) -> dict[str, Keys]:
    """Answers what went, by table, so that it can be brought back."""
    moved: dict[str, Keys] = {}
    for column in pointers():
        table: Table = column.table
        if table.name in STAY:
            continue
        if table.name in MADE_ANEW:
            session.execute(delete(table).where(column == loser_id))
            continue
        stuck = _stuck(session, column, loser_id, survivor_id)
        going = update(table).where(column == loser_id).values({column: survivor_id})
        if stuck:
            going = going.where(~_are(column, stuck))
        found = session.execute(going.returning(*_rest(column) or [column])).all()
        if found:
            moved[table.name] = [[_plain(value) for value in row] for row in found]
    return moved


def bring_back(
    session: Session, moved: Mapping[str, Keys], survivor_id: int, loser_id: int
) -> dict[str, int]:
    """Of what went, what is the survivor's still; answers how many, by table."""
    counts: dict[str, int] = {}
    for column in pointers():
        keys = moved.get(column.table.name)
        if keys is None or column.table.name in STAY:
            continue
        back = update(column.table).where(column == survivor_id).values({column: loser_id})
        typed = [tuple(map(_typed, _rest(column), key)) for key in keys] if _rest(column) else [()]
        count = sum(
            session.execute(back.where(_are(column, some)) if _rest(column) else back).rowcount
            for some in rows.parts(typed)
        )
        counts[column.table.name] = count
    return counts


def forget(session: Session, customer_ids: Sequence[int]) -> None:
    """What stayed with rows whose person is forgotten; deliveries have no name in them and keep adding up."""
    for column in pointers():
        if column.table.name in STAY or column.table is deliveries:
            continue
        theirs = column.in_(customer_ids)
        if column.nullable:
            session.execute(update(column.table).where(theirs).values({column: None}))
        else:
            session.execute(delete(column.table).where(theirs))


def _stuck(session: Session, column: Column[Any], loser_id: int, survivor_id: int) -> list[tuple[Any, ...]]:
    """The keys of the loser's rows that some unique key does not let go."""
    stuck: set[tuple[Any, ...]] = set()
    identity = _rest(column)
    for others, condition in _unique(session, column):
        asked = select(*identity, *others) if identity or others else select(column)
        if condition is not None:
            asked = asked.where(condition)
        taken = {tuple(row)[len(identity) :] for row in session.execute(asked.where(column == survivor_id))}
        for row in map(tuple, session.execute(asked.where(column == loser_id))):
            place = row[len(identity) :]
            if place in taken and None not in place:
                stuck.add(row[: len(identity)])
    return sorted(stuck)


def _unique(session: Session, column: Column[Any]) -> Iterator[tuple[list[Column[Any]], Any]]:
    """The other columns of each unique key the column is part of, and the condition of a partial one."""
    table: Table = column.table
    keys: list[tuple[Sequence[Any], Any]] = [(list(table.primary_key.columns), None)]
    keys += [(list(one.columns), None) for one in table.constraints if isinstance(one, UniqueConstraint)]
    keys += [(list(one.columns), _condition(session, one)) for one in table.indexes if one.unique]
    if column.unique:
        keys.append(([column], None))
    for columns, condition in keys:
        if column in columns:
            yield [other for other in columns if other is not column], condition


def _condition(session: Session, index: Index) -> Any:
    return index.dialect_options[session.dialect.name].get("where")


def _rest(column: Column[Any]) -> list[Column[Any]]:
    return [each for each in column.table.primary_key.columns if each is not column]


def _are(column: Column[Any], keys: Sequence[tuple[Any, ...]]) -> Any:
    rest = _rest(column)
    if not rest:
        return column.is_not(None)
    if len(rest) == 1:
        return rest[0].in_([key[0] for key in keys])
    return tuple_(*rest).in_(keys)


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date | datetime) else value


def _typed(column: Column[Any], value: Any) -> Any:
    """A value of JSON as the column's."""
    if not isinstance(value, str):
        return value
    if isinstance(column.type, Instant | DateTime):
        return datetime.fromisoformat(value)
    if isinstance(column.type, Date):
        return date.fromisoformat(value)
    return Decimal(value) if isinstance(column.type, Numeric) else value


def plain_row(row: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _plain(value) for name, value in row.items()}


def typed_row(table: Table, kept: Mapping[str, Any]) -> dict[str, Any]:
    """Columns the table does not have any more are left out."""
    return {name: _typed(table.c[name], value) for name, value in kept.items() if name in table.c}
