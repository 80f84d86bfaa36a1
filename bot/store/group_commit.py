"""One commit for what several threads want written now: a commit costs far more than the statements of a message.

Whoever comes while nobody writes leads: waits a moment until as many have come as shared the last commit, runs its own
work and all that queued up meanwhile, one after the other on one connection, and commits once. Whoever comes later
queues; the first of them leads next. Nobody is answered before the commit that holds its work is done.

A failure undoes the whole group: the one that failed gets its error, the others run again without it.
"""

import sqlite3
import threading
import time
from collections import deque
from collections.abc import Callable
from contextlib import AbstractContextManager, suppress
from itertools import chain
from typing import Any, TypeVar

import psycopg
from sqlalchemy import Connection, Engine, event
from sqlalchemy.exc import DBAPIError

from bot.store.failures import Failure, Unavailable, failure_of
from bot.store.libpq import LINE, Line

T = TypeVar("T")

MOST_IN_A_GROUP = 32
GATHERS_FOR = 0.002  # seconds a leader waits for as many as came last; who comes alone waits for nobody
PATIENCE = 4.0  # seconds, unless the caller says
OTHERS_WRITE_FOR = 0.5  # seconds a leader waits for the other writers of this process
LOCKED_FOR = 1.5  # seconds it waits for other processes' locks
LEADING_TAKES = OTHERS_WRITE_FOR + LOCKED_FOR  # at worst: who has less left does not start
IS_BEGUN_BY_HAND = (
    "is_begun_by_hand"  # an execution option: SQLite's BEGIN comes from here, straight to the driver
)
TRIES = 3  # of work that collided with another process, or lost its connection


class GroupCommit:
    def __init__(
        self,
        engine: Engine,
        writer: Callable[[float], AbstractContextManager[None]],
        gathers_for: float = GATHERS_FOR,
    ) -> None:
        self._engine = engine
        self._gathers_for = gathers_for
        self._has_one_writer = engine.dialect.name == "sqlite"
        self._writer = writer
        self._queueing = threading.Lock()
        self._queue: deque[_Member] = deque()
        self._is_led = False
        self._came_last = 0  # how many shared the last commit
        self._gatherer: _Member | None = None
        self._session: Connection | None = None  # only the leader touches these
        self._driver: Any = None

    def run(
        self,
        work: Callable[[Connection], T],
        key: str,
        within: float,
        ahead: Callable[[Connection], None] | None = None,
    ) -> T:
        member = _Member(work, key, time.monotonic() + within, ahead)
        with self._queueing:
            self._queue.append(member)
            leads = not self._is_led
            self._is_led = True
            if self._gatherer is not None and len(self._queue) >= self._came_last:
                self._gatherer.woken.release()
                self._gatherer = None
        if leads or self._is_chosen_to_lead(member):
            self._lead(member)
        if member.error is not None:
            raise member.error
        return member.result  # type: ignore[no-any-return]

    def close(self) -> None:
        """When nobody writes any more."""
        if self._session is not None:
            self._session.close()
            self._session = None

    def _is_chosen_to_lead(self, member: "_Member") -> bool:
        """Waits for its turn or its end; false means that another leader did the work."""
        left = member.until - time.monotonic()
        if member.woken.acquire(timeout=max(0.0, left)) and member.is_done:
            return False
        with self._queueing:
            if member.is_done:
                return False
            if member.leads and member.until - time.monotonic() > LEADING_TAKES:
                return True
            member.gave_up = True
            if member in self._queue:
                self._queue.remove(member)
            if member.leads:
                self._choose_a_leader()
        raise Unavailable("the database did not take it in time")

    def _lead(self, member: "_Member") -> None:
        self._gather(member)
        with self._queueing:
            batch = [self._queue.popleft() for _ in range(min(len(self._queue), MOST_IN_A_GROUP))]
        try:
            if len(batch) > 1:  # every process locks rows in one order: groups do not deadlock each other
                batch.sort(key=_key)
            self._write(batch, member.until)
        finally:
            self._end(batch, member)

    def _gather(self, member: "_Member") -> None:
        """Those whose commit is done come again one by one: the first of them would commit alone, the others right after."""
        with self._queueing:
            if len(self._queue) >= self._came_last:
                return
            self._gatherer = member
        if not member.woken.acquire(timeout=self._gathers_for):
            with self._queueing:
                self._gatherer = None

    def _end(self, batch: "list[_Member]", member: "_Member") -> None:
        """Wakes who is done; what is undone, because this thread was interrupted, goes to the next leader."""
        with self._queueing:
            undone = [one for one in batch if not (one is member or one.is_done or one.gave_up)]
            self._queue.extendleft(reversed(undone))
            self._came_last = len(batch)
            self._choose_a_leader()
        for other in batch:
            if other is not member and other.is_done:
                other.woken.release()

    def _choose_a_leader(self) -> None:
        """With `_queueing` held: nobody can queue up unseen between the look and the choice."""
        if self._queue:
            self._queue[0].leads = True
            self._queue[0].woken.release()
        else:
            self._is_led = False

    def _write(self, batch: "list[_Member]", until: float) -> None:
        """Every member of the batch is done at the end: it has its result or its error."""
        groups = [batch]
        while groups:
            group = [member for member in groups.pop() if not member.gave_up]
            if group:
                groups.extend(self._left_of(group, batch))
            if groups and time.monotonic() > until:
                _fail(list(chain.from_iterable(groups)), Unavailable("the database did not take it in time"))
                return

    def _left_of(self, group: "list[_Member]", batch: "list[_Member]") -> "list[list[_Member]]":
        """Tries a group once; gives what is to be tried again, the next one last."""
        culprit, error = self._attempt(group, batch)
        if error is None:
            return []
        failure = failure_of(error)
        if failure in {Failure.COLLISION, Failure.LOST} and _may_try_again(group):
            return _each_alone(group) if failure is Failure.COLLISION else [group]
        if failure is Failure.MISTAKE and len(group) > 1 and (culprit is None or _is_of_the_database(error)):
            return _each_alone(
                group
            )  # statements may run late, and the commit refuse them: find out whose it was
        if failure is not Failure.MISTAKE:
            error = _unavailable(error)
        if culprit is None or failure is Failure.LOST:
            _fail(group, error)
            return []
        _fail([culprit], error)
        return [[member for member in group if member is not culprit]]

    def _attempt(
        self, group: "list[_Member]", batch: "list[_Member]"
    ) -> "tuple[_Member | None, Exception | None]":
        """One transaction; on failure the error, and the member whose work failed unless it was the commit."""
        working: _Member | None = None
        with self._writer(OTHERS_WRITE_FOR):
            try:
                session = self._open()
                if len(group) > 1 and not self._has_one_writer:
                    _ask_ahead(group, session)
                for working in group:  # grows on the way; the one at work when it fails is the culprit
                    working.result = working.work(session)
                    if working is group[-1]:
                        self._let_join(group, batch)
                working = None
                self._commit(session)
            except BaseException as error:
                self._undo(error)
                if isinstance(error, Exception):  # handed to the thread whose work it was
                    return working, error
                raise
        for member in group:
            member.is_done = True
        return None, None

    def _let_join(self, group: "list[_Member]", batch: "list[_Member]") -> None:
        """Who queued up meanwhile shares this commit. Not on PostgreSQL: the order of the locks would be lost."""
        if not self._queue or not self._has_one_writer:
            return
        with self._queueing:
            joining = [
                self._queue.popleft() for _ in range(min(len(self._queue), MOST_IN_A_GROUP - len(group)))
            ]
        group.extend(joining)
        batch.extend(joining)

    def _open(self) -> Connection:
        if self._session is None:
            self._session = _patient(self._engine.connect().execution_options(**{IS_BEGUN_BY_HAND: True}))
            self._driver = self._session.connection.dbapi_connection
        if self._has_one_writer:
            self._driver.execute("BEGIN IMMEDIATE")  # psycopg begins by itself, with the first statement
        return self._session

    def _commit(self, session: Connection) -> None:
        """SQLAlchemy knows of the transaction only if one of its own statements ran; prepared ones go past it."""
        line: Line | None = session.info.get(LINE)
        if session.in_transaction():
            if line:
                line.catch_up()
            session.commit()
        elif line:
            line.commit()
        else:
            self._driver.commit()

    def _undo(self, error: BaseException) -> None:
        """Leaves a connection that can be used again, or none."""
        session, self._session = self._session, None
        if session is None:
            return
        if isinstance(error, Exception) and failure_of(error) is Failure.MISTAKE:
            try:
                session.rollback()
                self._driver.rollback()
                if LINE in session.info:
                    session.info[LINE].begin_anew()
            except (DBAPIError, sqlite3.Error, psycopg.Error):
                pass
            else:
                self._session = session
                return
        self._throw_away(session)

    def _throw_away(self, session: Connection) -> None:
        """Out of the pool it is nobody's: left open, it would keep its locks until it is collected."""
        session.invalidate()
        session.close()
        with suppress(sqlite3.Error, psycopg.Error):
            self._driver.close()


class _Member:
    __slots__ = (
        "ahead",
        "error",
        "gave_up",
        "is_done",
        "key",
        "leads",
        "result",
        "tries",
        "until",
        "woken",
        "work",
    )

    def __init__(
        self,
        work: Callable[[Connection], Any],
        key: str,
        until: float,
        ahead: Callable[[Connection], None] | None,
    ) -> None:
        self.work = work
        self.ahead = ahead
        self.key = key
        self.until = until
        self.woken = threading.Lock()  # a lock that is taken is the cheapest thing to wait for
        self.woken.acquire()
        self.leads = False
        self.is_done = False
        self.gave_up = False
        self.result: Any = None
        self.error: Exception | None = None
        self.tries = 0


def _key(member: _Member) -> str:
    return member.key


def _ask_ahead(group: list[_Member], session: Connection) -> None:
    """Not for two of one key: the second's question must see what the first one's work changed."""
    if len({member.key for member in group}) == len(group):
        for member in group:
            if member.ahead is not None:
                member.ahead(session)


def _may_try_again(group: list[_Member]) -> bool:
    for member in group:
        member.tries += 1
    return max(member.tries for member in group) < TRIES


def _each_alone(group: list[_Member]) -> list[list[_Member]]:
    return [[member] for member in reversed(group)]


def _fail(members: list[_Member], error: Exception) -> None:
    for member in members:
        member.error = error
        member.is_done = True


def _is_of_the_database(error: Exception) -> bool:
    return isinstance(error, (DBAPIError, sqlite3.Error, psycopg.Error))


def _unavailable(error: Exception) -> Unavailable:
    found = Unavailable(str(getattr(error, "orig", None) or error))
    found.__cause__ = error
    return found


def _patient(session: Connection) -> Connection:
    """Takes the connection out of the pool for good and lets it wait for a lock only as long as a message can."""
    session.detach()
    cursor = session.connection.cursor()
    if session.dialect.name == "sqlite":
        cursor.execute(f"PRAGMA busy_timeout={int(LOCKED_FOR * 1000)}")
        cursor.execute("PRAGMA cache_size=-8000")  # four times as much is no quicker for messages
    else:
        cursor.execute(f"SET lock_timeout = {int(LOCKED_FOR * 1000)}")
        cursor.execute("SET plan_cache_mode = force_generic_plan")  # the same statements for ever
        line = session.info[LINE] = Line(session.connection.dbapi_connection)  # type: ignore[arg-type]
        event.listen(session, "before_cursor_execute", lambda *_: line.catch_up())
    cursor.close()
    session.connection.commit()
    return session
