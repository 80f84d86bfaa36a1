"""Which migrations there are, and which a database has yet to run; without Alembic, for the many who only ask."""

from functools import cache
from pathlib import Path

from sqlalchemy import column, inspect, select, table

from bot.store.database import Database, Session

FOLDER = Path(__file__).parent / "migrations"

_ran = table("alembic_version", column("version_num"))  # Alembic's own, of one row


def missing(database: Database) -> list[str]:
    """Oldest first; empty when it is up to date."""
    with database.reading() as session:
        return missing_in(session)


def missing_in(session: Session) -> list[str]:
    newest = session.scalar(select(_ran.c.version_num)) if inspect(session).has_table(_ran.name) else None
    return [revision for revision in _there_are() if revision > (newest or "")]


@cache
def _there_are() -> tuple[str, ...]:
    """Their files begin with their numbers, and one follows the other."""
    return tuple(sorted(path.name.partition("_")[0] for path in FOLDER.glob("versions/*.py")))
