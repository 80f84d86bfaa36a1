"""Few sums over many rows.

PostgreSQL adds up each group as its rows come. SQLite would sort them all first; it is twice as quick when each row is
added to its group in a small table.
"""

from typing import Any

from sqlalchemy import Column, FromClause, MetaData, Select, Table, func, select, true
from sqlalchemy.dialects import sqlite
from sqlalchemy.schema import CreateTable, DropTable

from bot.store.database import Session


class Tally:
    """Sums by `keys`, and the latest of some columns that are never empty."""

    def __init__(
        self,
        name: str,
        *,
        keys: tuple[Column[Any], ...],
        sums: tuple[Column[Any], ...],
        latest: tuple[Column[Any], ...] = (),
    ) -> None:
        self.keys, self.sums, self.latest = (
            [column.name for column in columns] for columns in (keys, sums, latest)
        )
        for key in keys:
            key.primary_key = True
        self.table = Table(
            name, MetaData(), *keys, *sums, *latest, prefixes=["TEMPORARY"], sqlite_with_rowid=len(keys) == 1
        )


def tallied(session: Session, rows: Select[Any], tally: Tally) -> FromClause:
    """What `rows`, which have the tally's columns, come to; of this session, until the same is tallied again."""
    if session.dialect.name != "sqlite":
        return _grouped(rows, tally)
    table, names = tally.table, [*tally.keys, *tally.sums, *tally.latest]
    session.execute(DropTable(table, if_exists=True))
    session.execute(CreateTable(table))
    row = rows.subquery()
    put = sqlite.insert(table).from_select(names, select(*(row.c[name] for name in names)).where(true()))
    added: dict[str, Any] = {name: table.c[name] + put.excluded[name] for name in tally.sums}
    added |= {name: func.max(table.c[name], put.excluded[name]) for name in tally.latest}
    session.execute(put.on_conflict_do_update(index_elements=tally.keys, set_=added))
    return table


def _grouped(rows: Select[Any], tally: Tally) -> FromClause:
    row = rows.subquery()
    keys = [row.c[name] for name in tally.keys]
    sums = [func.sum(row.c[name]).label(name) for name in tally.sums]
    latest = [func.max(row.c[name]).label(name) for name in tally.latest]
    return select(*keys, *sums, *latest).group_by(*keys).subquery()
