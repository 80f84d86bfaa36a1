"""The door to the database: engines, transactions, and the one that several messages share.

SQLite and PostgreSQL behind the same SQLAlchemy Core statements. The door opens and commits; the functions in
this package take the open `Session` first and never commit.
"""

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeAlias, TypeVar

from sqlalchemy import Connection, DateTime, Dialect, Engine, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.types import TypeDecorator

from bot.store.failures import words_of
from bot.store.group_commit import IS_BEGUN_BY_HAND, PATIENCE, GroupCommit

Session: TypeAlias = Connection
T = TypeVar("T")

_as_json = json.JSONEncoder(ensure_ascii=False).encode  # Chinese in three bytes a character, not in six
WRITER_WAITS = 15.0  # seconds
_OF_THE_WORKBENCH = (  # a million rows are not held in memory: what is sorted goes to a file by parts
    "temp_store=FILE",
    "temp.cache_size=-32000",
    "temp.journal_mode=OFF",  # who fails starts anew on another connection; it was an eighth of what is written
    "threads=1",  # the parts that are full are sorted beside
    "cache_size=-32000",  # twice as much is no quicker
    "wal_autocheckpoint=0",  # not while a writer waits: see `Workbench.transaction`
)
_POSTGRESQL = {
    "options": "-c timezone=UTC -c jit=off",  # what it compiles for a second runs for less
    "connect_timeout": 3,
    "tcp_user_timeout": 4000,
}  # a silent network is no answer


class Instant(TypeDecorator[datetime]):
    """An aware UTC instant; SQLite keeps it as text without a zone, in UTC."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"{value} has no time zone")
        if value.tzinfo is not UTC:
            value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Database:
    """One per process. `transaction` is for everybody; `together` for the many small ones of the webhook."""

    is_shared_by_threads = True  # each has a connection of its own

    def __init__(self, url: str, *, synchronous: str = "full", pool_size: int = 10) -> None:
        self.engine = _engine(url, synchronous, pool_size)
        self.is_sqlite = self.engine.dialect.name == "sqlite"
        self._reader = self.engine.execution_options(only_reads=True)
        self._writing = threading.Lock() if self.is_sqlite else None
        self._group = GroupCommit(self.engine, self._writer)

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        """Commits at the end, undoes everything when an error leaves it."""
        with self._writer(WRITER_WAITS), self.engine.begin() as session:
            yield session

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """For pages and reports: nothing is kept, and on SQLite no writer is kept waiting."""
        with self._reader.connect() as session:
            yield session

    @contextmanager
    def workbench(self, *, knows_its_keys: bool = False) -> Iterator["Workbench"]:
        """One connection for a long job: what it lays into temporary tables lasts until it is done.

        It reads as long as it likes and writes a part at a time, so that on SQLite no writer waits for long.
        `knows_its_keys`: it names only rows that are there and that nobody deletes, and deletes none itself, so SQLite
        need not look for them.
        """
        connection = self.engine.connect()
        if self.is_sqlite:
            for pragma in (*_OF_THE_WORKBENCH, *(("foreign_keys=OFF",) if knows_its_keys else ())):
                connection.connection.driver_connection.execute(f"PRAGMA {pragma}")  # type: ignore[union-attr]
        try:
            yield Workbench(connection, self._writer)
        finally:
            if not connection.invalidated:  # the database went away: there is nothing to let go of
                connection.detach()  # its temporary tables go with it
            connection.close()

    def together(
        self,
        work: Callable[[Session], T],
        *,
        key: str = "",
        within: float = PATIENCE,
        ahead: Callable[[Session], None] | None = None,
    ) -> T:
        """Runs `work` in a transaction shared with what other threads do now; returns once it is committed.

        `work` may run twice (another one's failure undoes the group) and in another thread, so it touches nothing
        but the session, and finds out by a unique key whether it was done before. `key` names the row it locks
        first. Raises what `work` raised, or `Unavailable` when the database did not take it `within` seconds; then
        it may still be committed a little later. `ahead` asks the database what `work` begins with; it is called
        only when that saves round trips, and before the work of others who have other keys.
        """
        return self._group.run(work, key, within, ahead)

    def is_up(self) -> bool:
        return not self.silence()

    def silence(self) -> str:
        """Why it does not answer, in the driver's words; empty while it does."""
        try:
            with self.reading() as session:
                session.exec_driver_sql("SELECT 1")
        except (DBAPIError, PoolTimeout) as error:
            return words_of(error)
        return ""

    def refusal(self, within: float = WRITER_WAITS) -> str:
        """Why it takes no writing, though asked for `within` seconds; empty when it does. Nothing is changed by it."""
        until = time.monotonic() + within
        try:
            with (
                self._writer(within),
                self.engine.connect() as session,
                self._waiting_at_most(session, max(0.0, until - time.monotonic())),
            ):
                session.exec_driver_sql("DELETE FROM messages WHERE 1 = 0")
        except (DBAPIError, PoolTimeout) as error:
            return words_of(error)
        return ""

    @contextmanager
    def _waiting_at_most(self, session: Session, seconds: float) -> Iterator[None]:
        """For locks that others hold."""
        milliseconds = max(1, int(seconds * 1000))  # none at all is no limit to PostgreSQL
        if not self.is_sqlite:
            session.exec_driver_sql(f"SET LOCAL lock_timeout = {milliseconds}")
            yield
            return
        driver: Any = session.connection.driver_connection  # the session would begin to write
        driver.execute(f"PRAGMA busy_timeout={milliseconds}")
        try:
            yield
        finally:
            driver.execute(f"PRAGMA busy_timeout={int(WRITER_WAITS * 1000)}")

    def close(self) -> None:
        self._group.close()
        self.engine.dispose()

    @contextmanager
    def _writer(self, waits: float) -> Iterator[None]:
        """SQLite has one writer: threads of this process queue for it here, because its own waiting is a doze.

        Who waits in vain goes on, and the database itself says that it is locked.
        """
        has_turn = self._writing.acquire(timeout=waits) if self._writing else False
        try:
            yield
        finally:
            if self._writing and has_turn:
                self._writing.release()


class Workbench:
    """See `Database.workbench`."""

    def __init__(self, session: Session, writer: Callable[[float], AbstractContextManager[None]]) -> None:
        self._session, self._writer = session, writer

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """Writes nothing but temporary tables."""
        self._session.execution_options(only_reads=True)
        with self._session.begin():
            yield self._session

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        """On SQLite the log is emptied when the next writer has its turn already: it is not kept waiting for that."""
        self._session.execution_options(only_reads=False)
        with self._writer(WRITER_WAITS), self._session.begin():
            yield self._session
        if self._session.dialect.name == "sqlite":
            driver = self._session.connection.driver_connection
            driver.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchall()  # type: ignore[union-attr]


def _engine(url: str, synchronous: str, pool_size: int) -> Engine:
    if url.startswith("sqlite"):
        path = make_url(url).database
        if path and path != ":memory:":
            Path(path).parent.mkdir(parents=True, exist_ok=True)
        engine = create_engine(
            url,
            pool_size=pool_size,
            pool_use_lifo=True,  # who comes next takes pages that are held already: each by turns held its own, 290 MB of ten
            connect_args={"timeout": WRITER_WAITS, "check_same_thread": False},
            json_serializer=_as_json,
            hide_parameters=True,  # an error is logged, and what people said or are called is not
        )
        event.listen(engine, "connect", _sqlite_settings(synchronous))
        event.listen(engine, "begin", _begin_immediate)
        return engine
    return create_engine(
        url,
        pool_size=pool_size,
        max_overflow=10,
        pool_pre_ping=True,
        connect_args=_POSTGRESQL,
        json_serializer=_as_json,
        hide_parameters=True,
    )


def _sqlite_settings(synchronous: str) -> Callable[[Any, Any], None]:
    def settings(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # the driver begins nothing by itself; _begin_immediate does
        cursor = connection.cursor()
        for pragma in (
            "journal_mode=WAL",
            f"synchronous={synchronous.upper()}",
            "foreign_keys=ON",
            "temp_store=MEMORY",
            "cache_size=-32000",
            "wal_autocheckpoint=4000",  # 16 MB: hot pages are written back once for more messages, -6 % of their time
        ):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    return settings


def _begin_immediate(session: Connection) -> None:
    """A reader that turns writer fails on a busy SQLite at once, without waiting; a writer from the start waits."""
    options = session.get_execution_options()
    if options.get(IS_BEGUN_BY_HAND, False):
        return
    session.exec_driver_sql("BEGIN DEFERRED" if options.get("only_reads", False) else "BEGIN IMMEDIATE")
