"""An insert that may say what happens on a conflict: SQLAlchemy has it by dialect, and the two agree in all we use."""

from collections.abc import Callable
from typing import Any, TypeVar

from sqlalchemy import Table
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import IntegrityError

from bot.store.database import Session

T = TypeVar("T")


def or_insert(session: Session, table: Table) -> Any:
    """To be followed by `on_conflict_do_nothing` or `on_conflict_do_update`; `excluded` is the row that came.

    From a selection it needs a WHERE: SQLite tells by it the ON of the conflict from that of a join.
    """
    return insert_of(session.dialect.name, table)


def insert_of(dialect: str, table: Table) -> Any:
    """The same for a statement that is kept."""
    return sqlite.insert(table) if dialect == "sqlite" else postgresql.insert(table)


def where_nobody_was_first(session: Session, plain: Callable[[], T], careful: Callable[[], T]) -> T:
    """`plain` inserts many rows as if nobody else did; where somebody did, `careful`, which says what happens then.

    PostgreSQL takes a fifth to two fifths longer for a row it may have to give up again, SQLite as long as for any.
    """
    if session.dialect.name == "sqlite":
        return careful()
    try:
        with session.begin_nested():
            return plain()
    except IntegrityError:
        return careful()
