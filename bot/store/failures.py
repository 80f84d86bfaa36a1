"""What an error of the database means for whoever wanted something of it."""

import enum
import sqlite3

import psycopg
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout


class Unavailable(Exception):
    """The database takes nothing now: locked, down, full. Worth another try later, as it is."""


class Failure(enum.Enum):
    COLLISION = "undone in favour of another transaction: try again at once"
    LOST = "the connection broke: try again on a new one; a commit that was under way may have been done"
    UNAVAILABLE = "takes nothing now"
    MISTAKE = "the statement or its values are wrong: trying again does not help"


_SQLITE_UNAVAILABLE = frozenset({
    sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CORRUPT,
    sqlite3.SQLITE_FULL, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PROTOCOL, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_NOMEM,
})  # fmt: skip

_POSTGRESQL_COLLISIONS = frozenset({"40001", "40P01"})  # serialization failure, deadlock
# lock not available, read-only, query cancelled; classes: 53 out of something, 57P shut down, 58 system
_POSTGRESQL_UNAVAILABLE = ("55P03", "25006", "57014", "53", "57P", "58")


def failure_of(error: Exception) -> Failure:
    """Of an error as SQLAlchemy wraps it, or bare from the driver, as prepared statements raise it."""
    if isinstance(error, (Unavailable, PoolTimeout)):
        return Failure.UNAVAILABLE
    bare = error.orig if isinstance(error, DBAPIError) else error
    if isinstance(bare, sqlite3.Error):
        return _failure_of_sqlite(bare)
    if isinstance(bare, psycopg.Error):
        broke = error.connection_invalidated if isinstance(error, DBAPIError) else not bare.sqlstate
        return _failure_of_postgresql(bare, is_lost=broke and isinstance(bare, psycopg.OperationalError))
    return Failure.MISTAKE


def words_of(error: Exception) -> str:
    """The driver's own words, in one line: no statement and no value is in them."""
    bare = error.orig if isinstance(error, DBAPIError) else error
    return next((line.strip() for line in str(bare).splitlines() if line.strip()), type(bare).__name__)


def is_not_ours(error: Exception) -> bool:
    """The program is right, and the database cannot: locked, full, read-only, gone."""
    is_of_a_database = isinstance(error, (Unavailable, PoolTimeout, DBAPIError, sqlite3.Error, psycopg.Error))
    return is_of_a_database and failure_of(error) in {Failure.UNAVAILABLE, Failure.LOST}


def _failure_of_sqlite(error: sqlite3.Error) -> Failure:
    code = getattr(error, "sqlite_errorcode", None)  # missing where Python's own module complains
    is_unavailable = code is not None and code & 0xFF in _SQLITE_UNAVAILABLE
    return Failure.UNAVAILABLE if is_unavailable else Failure.MISTAKE


def _failure_of_postgresql(error: psycopg.Error, *, is_lost: bool) -> Failure:
    state = error.sqlstate or ""
    if state in _POSTGRESQL_COLLISIONS:
        return Failure.COLLISION
    if is_lost or state.startswith(("08", "57P")):
        return Failure.LOST
    if state.startswith(_POSTGRESQL_UNAVAILABLE):
        return Failure.UNAVAILABLE
    if not state and isinstance(error, psycopg.OperationalError):
        return Failure.UNAVAILABLE  # nobody answered at all
    return Failure.MISTAKE
