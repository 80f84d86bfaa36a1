"""An insert that may say what happens on a conflict: SQLAlchemy has it by dialect, and the two agree in all we use."""

from typing import Any

from sqlalchemy import Table
from sqlalchemy.dialects import postgresql, sqlite

from bot.store.database import Session


def or_insert(session: Session, table: Table) -> Any:
    """To be followed by `on_conflict_do_nothing` or `on_conflict_do_update`; `excluded` is the row that came.

    From a selection it needs a WHERE: SQLite tells by it the ON of the conflict from that of a join.
    """
    return insert_of(session.dialect.name, table)


def insert_of(dialect: str, table: Table) -> Any:
    """The same for a statement that is kept."""
    return sqlite.insert(table) if dialect == "sqlite" else postgresql.insert(table)
