"""Which migrations there are, and which a database has yet to run; without Alembic, for the many who only ask."""

from functools import cache
from pathlib import Path

from sqlalchemy import column, inspect, select, table

from bot.store.database import Database, Session
from bot.store.tables import metadata

FOLDER = Path(__file__).parent / "migrations"

_ran = table("alembic_version", column("version_num"))  # Alembic's own, of one row


def missing(database: Database) -> list[str]:
    """Oldest first; empty when it is up to date."""
    with database.reading() as session:
        return missing_in(session)


def missing_in(session: Session) -> list[str]:
    reached = _reached(session)
    return [revision for revision in _there_are() if revision > reached]


def ahead(database: Database) -> str:
    """The version of a database that a newer program has upgraded; empty for one that this program knows."""
    with database.reading() as session:
        reached = _reached(session)
    return reached if reached > newest() else ""


def lacking(database: Database) -> list[str]:
    """Tables, and columns as `table.column`, that should be there by now: an unfinished program ran the migrations."""
    with database.reading() as session:
        there = {
            name: {column["name"] for column in columns}
            for (_, name), columns in inspect(session).get_multi_columns().items()
        }
    return [
        name
        for table in metadata.sorted_tables
        for name in (
            [
                f"{table.name}.{column.name}"
                for column in table.columns
                if column.name not in there[table.name]
            ]
            if table.name in there
            else [table.name]
        )
    ]


def newest() -> str:
    return _there_are()[-1]


def _reached(session: Session) -> str:
    """Empty before the first one."""
    if not inspect(session).has_table(_ran.name):
        return ""
    return session.scalar(select(_ran.c.version_num)) or ""


@cache
def _there_are() -> tuple[str, ...]:
    """Their files begin with their numbers, and one follows the other."""
    return tuple(sorted(path.name.partition("_")[0] for path in FOLDER.glob("versions/*.py")))
