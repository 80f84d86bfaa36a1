"""The door to the database: engines, transactions, and the one that several messages share.

SQLite and PostgreSQL behind the same SQLAlchemy Core statements. The door opens and commits; the functions in
this package take the open `Session` first and never commit.
"""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeAlias, TypeVar

from sqlalchemy import Connection, DateTime, Dialect, Engine, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError
from sqlalchemy.types import TypeDecorator

Session: TypeAlias = Connection
T = TypeVar("T")

MOST_IN_A_GROUP = 32


class Instant(TypeDecorator[datetime]):
    """An aware UTC instant; SQLite keeps it as text without a zone, in UTC."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"{value} has no time zone")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Database:
    """One per process. `transaction` is for everybody; `together` for the many small ones of the webhook."""

    def __init__(self, url: str, *, synchronous: str = "full", pool_size: int = 10) -> None:
        self.engine = _engine(url, synchronous, pool_size)
        self.is_sqlite = self.engine.dialect.name == "sqlite"
        self._reader = self.engine.execution_options(only_reads=True)
        self._group = GroupCommit(self.engine)

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        with self.engine.begin() as session:
            yield session

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """For pages and reports: nothing is kept, and on SQLite no writer is kept waiting."""
        with self._reader.connect() as session:
            yield session

    def together(self, work: Callable[[Session], T]) -> T:
        """Runs `work` in a transaction shared with what other threads do now; returns once it is committed.

        `work` may run twice (another one's failure undoes the group), so it must touch nothing but the session.
        """
        return self._group.run(work)

    def close(self) -> None:
        self._group.close()
        self.engine.dispose()


class GroupCommit:
    """One commit for several threads' work: the last one that nobody waits behind commits for all.

    A commit costs far more than the statements of one message. Work takes its turn on one connection; whoever
    sees nobody waiting commits, everybody else waits for that commit. A failure undoes the whole group; the
    one that failed gets its error, the others run again, each alone.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._turn = threading.Lock()
        self._waiting = 0
        self._counting = threading.Lock()
        self._group: _Group | None = None
        self._session: Session | None = None

    def run(self, work: Callable[[Session], T]) -> T:
        with self._counting:
            self._waiting += 1
        with self._turn:
            with self._counting:
                self._waiting -= 1
            group, session = self._open()
            try:
                result = work(session)
                group.members += 1
                if self._waiting == 0 or group.members >= MOST_IN_A_GROUP:
                    self._commit(group, session)
            except BaseException as error:
                self._undo(group, session, error)
                raise
        group.done.wait()
        if group.failed:
            return self._alone(work)
        return result

    def close(self) -> None:
        with self._turn:
            if self._session is not None:
                self._session.close()
                self._session = None

    def _open(self) -> tuple["_Group", Session]:
        if self._session is None:
            self._session = self._engine.connect()
        if self._group is None:
            self._session.begin()
            self._group = _Group()
        return self._group, self._session

    def _commit(self, group: "_Group", session: Session) -> None:
        session.commit()
        self._group = None
        group.done.set()

    def _undo(self, group: "_Group", session: Session, error: BaseException) -> None:
        self._group = None
        group.failed = True
        try:
            session.rollback()
            if isinstance(error, DBAPIError) and error.connection_invalidated:
                self._session = None
                session.close()
        finally:
            group.done.set()

    def _alone(self, work: Callable[[Session], T]) -> T:
        with self._turn, self._engine.begin() as session:
            return work(session)


class _Group:
    def __init__(self) -> None:
        self.members = 0
        self.failed = False
        self.done = threading.Event()


def _engine(url: str, synchronous: str, pool_size: int) -> Engine:
    if url.startswith("sqlite"):
        path = make_url(url).database
        if path and path != ":memory:":
            Path(path).parent.mkdir(parents=True, exist_ok=True)
        engine = create_engine(url, pool_size=pool_size, connect_args={"timeout": 15, "check_same_thread": False})
        event.listen(engine, "connect", _sqlite_settings(synchronous))
        event.listen(engine, "begin", _begin_immediate)
        return engine
    return create_engine(url, pool_size=pool_size, max_overflow=10, pool_pre_ping=True, connect_args={"options": "-c timezone=UTC"})


def _sqlite_settings(synchronous: str) -> Callable[[Any, Any], None]:
    def settings(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # the driver begins nothing by itself; _begin_immediate does
        cursor = connection.cursor()
        for pragma in ("journal_mode=WAL", f"synchronous={synchronous.upper()}", "foreign_keys=ON", "temp_store=MEMORY", "cache_size=-32000"):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    return settings


def _begin_immediate(session: Connection) -> None:
    """A reader that turns writer fails on a busy SQLite at once, without waiting; a writer from the start waits."""
    only_reads = session.get_execution_options().get("only_reads", False)
    session.exec_driver_sql("BEGIN DEFERRED" if only_reads else "BEGIN IMMEDIATE")


def wait_until_up(database: Database, *, at_most: float) -> None:
    """Waits for a database that is starting, `at_most` seconds; raises what the last try raised."""
    until = time.monotonic() + at_most
    while True:
        try:
            with database.engine.connect() as session:
                session.exec_driver_sql("SELECT 1")
        except DBAPIError:
            if time.monotonic() > until:
                raise
            time.sleep(0.25)
        else:
            return
