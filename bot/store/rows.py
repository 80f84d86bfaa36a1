"""Many rows at once: which are there, which are new, which changed. For what other systems send us.

A row names its columns; columns it does not name keep what is there. Nothing is written that is the same already.
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from typing import Any, TypeVar

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Column,
    ColumnElement,
    String,
    Table,
    Text,
    bindparam,
    cast,
    func,
    insert,
    select,
    text,
    update,
)
from sqlalchemy.types import NullType

from bot.store.database import Instant, Session
from bot.values.records import Taken

T = TypeVar("T")
Row = dict[str, Any]

AT_ONCE = 1_000  # keys in one question: below what either database takes as parameters


def ids_by(session: Session, column: Column[Any], wanted: Iterable[str | None]) -> dict[str, int]:
    """The id of the row for each value of a unique column; nothing for values nobody has."""
    found: dict[str, int] = {}
    for some in parts(sorted({value for value in wanted if value is not None})):
        rows = session.execute(select(column, column.table.c.id).where(among(session, column, some))).all()
        found.update((value, row_id) for value, row_id in rows)
    return found


def among(session: Session, column: ColumnElement[Any], values: Sequence[Any]) -> ColumnElement[bool]:
    """One parameter instead of a thousand, which neither database likes to read.

    Not `= ANY`: PostgreSQL, when it has a plan for it, compares with each of the thousand. Its array is written here: the
    driver, which looks at each value by itself, takes ten times as long.
    """
    if session.dialect.name == "sqlite":
        each = func.json_each(bindparam(None, json.dumps(values), unique=True)).table_valued("value")
        return column.in_(select(each.c.value))
    each_of = cast(bindparam(None, _array(values), type_=NullType(), unique=True), _array_type(column))
    return column.in_(select(func.unnest(each_of)))


def _array_type(column: ColumnElement[Any]) -> ARRAY[Any]:
    return ARRAY(Text() if isinstance(column.type, String) else BigInteger())


def _array(values: Sequence[Any]) -> str:
    """Texts or whole numbers as PostgreSQL writes a list of them."""
    if values and isinstance(values[0], str):
        quoted = [value.replace("\\", r"\\").replace('"', r"\"") for value in values]
        return '{"' + '","'.join(quoted) + '"}'
    return "{" + ",".join(map(str, values)) + "}"


def known(session: Session, table: Table, key: str, rows: Sequence[Row]) -> dict[str, Row]:
    """What is there of the rows, in the columns they name, by their key."""
    named = sorted({name for row in rows for name in row} | {key, _identity(table)})
    columns = [table.c[name] for name in named]
    found: dict[str, Row] = {}
    for some in parts(sorted({row[key] for row in rows})):
        for values in session.execute(select(*columns).where(among(session, table.c[key], some))).all():
            row = dict(zip(named, values, strict=True))
            found[row[key]] = row
    return found


def put(session: Session, table: Table, key: str, rows: Sequence[Row], always: Row) -> list[Taken]:
    """Makes the rows be there; `always` is written along with what is new or changed.

    Every row has another key. Answers what happened to each.
    """
    there = known(session, table, key, rows)
    fresh = [row for row in rows if row[key] not in there]
    changes = [(there[row[key]], differences(there[row[key]], row)) for row in rows if row[key] in there]
    add(session, table, [row | always for row in fresh])
    change(session, table, [(old, changed | always) for old, changed in changes if changed])
    changed_keys = {old[key] for old, changed in changes if changed}
    return [
        "created" if row[key] not in there else "updated" if row[key] in changed_keys else "unchanged"
        for row in rows
    ]


def add(session: Session, table: Table, rows: Iterable[Row]) -> None:
    """Rows that name the same columns go in together."""
    for same in _alike(rows):
        session.execute(insert(table), same)


def change(session: Session, table: Table, changes: Iterable[tuple[Row, Row]]) -> None:
    """Pairs of the row as it is and the columns to change, in the order of their ids: two that change wait in line."""
    identity = _identity(table)
    in_line = sorted(changes, key=lambda pair: pair[0][identity])
    for same in _alike({**changed, "id_": old[identity]} for old, changed in in_line):
        session.execute(update(table).where(table.c[identity] == bindparam("id_")), same)


def add_tuples(
    session: Session, table: Table, names: Sequence[str], values: Sequence[tuple[Any, ...]]
) -> None:
    """As `add`, for very many of them: past the statement, by what each driver has for the purpose."""
    if not values:
        return
    bound = _bound(session, [table.c[name] for name in names], values)
    if session.dialect.name == "sqlite":
        places = ", ".join("?" * len(names))
        statement = f"INSERT INTO {table.name} ({', '.join(names)}) VALUES ({places})"  # noqa: S608
        session.connection.driver_connection.executemany(statement, bound)  # type: ignore[union-attr]
        return
    driver: Any = session.connection.driver_connection
    with driver.cursor() as cursor, cursor.copy(f"COPY {table.name} ({', '.join(names)}) FROM STDIN") as copy:
        for row in bound:
            copy.write_row(row)


def _bound(
    session: Session, columns: Sequence[Column[Any]], values: Sequence[tuple[Any, ...]]
) -> Iterator[tuple[Any, ...]]:
    """As the driver wants them; a column at a time."""
    by_column: list[Iterable[Any]] = list(zip(*values, strict=True))
    for place, column in enumerate(columns):
        if isinstance(column.type, Instant) and session.dialect.name == "sqlite":
            by_column[place] = map(_written, by_column[place])
        elif process := column.type.dialect_impl(session.dialect).bind_processor(session.dialect):
            by_column[place] = map(process, by_column[place])
    return zip(*by_column, strict=True)


def _written(instant: datetime | None) -> str | None:
    """As the statement would write it, in a tenth of the time."""
    return None if instant is None else instant.astimezone(UTC).isoformat(" ", "microseconds")[:26]


def differences(old: Row, row: Row) -> Row:
    """The columns of `row` that are not so already."""
    return {name: value for name, value in row.items() if old[name] != value}


def next_ids(session: Session, table: Table, count: int) -> list[int]:
    """Ids for rows to come. SQLite has one writer, and that is us; PostgreSQL hands them out."""
    if not count:
        return []
    if session.dialect.name == "sqlite":
        last = session.scalar(select(func.max(table.c.id))) or 0
        return list(range(last + 1, last + 1 + count))
    sequence = f"{table.name}_id_seq"
    handed = text("SELECT nextval(CAST(:sequence AS regclass)) FROM generate_series(1, :count)")
    return list(session.scalars(handed, {"sequence": sequence, "count": count}).all())


def tell_that_parts_are_long(session: Session) -> None:
    """For this transaction: not knowing sizes yet, or that a table has grown since it knew them, PostgreSQL takes parts for
    short, and goes through one for each row of another."""
    if session.dialect.name == "postgresql":
        session.execute(text("SET LOCAL enable_nestloop = off"))


def parts(values: Sequence[T]) -> Iterator[Sequence[T]]:
    for start in range(0, len(values), AT_ONCE):
        yield values[start : start + AT_ONCE]


def _alike(rows: Iterable[Row]) -> Iterable[list[Row]]:
    by_columns: dict[tuple[str, ...], list[Row]] = {}
    for row in rows:
        by_columns.setdefault(tuple(sorted(row)), []).append(row)
    return by_columns.values()


def _identity(table: Table) -> str:
    return str(next(iter(table.primary_key.columns)).name)
