"""Who is the one scheduler: a lease that exactly one process holds, and that a dead one loses.

PostgreSQL: an advisory lock on a connection of its own, gone with the connection, which the server ends when its holder
stopped asking. SQLite: a row with an end that its holder keeps moving on. In real time: moving the sandbox's clock takes
no lease away.
"""

import os
import socket
import uuid
import zlib
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Protocol

from sqlalchemy import Connection, delete, func, or_, select
from sqlalchemy.dialects.sqlite import insert
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from bot.store.database import Database
from bot.store.tables import leases

LASTS = timedelta(seconds=15)


class Lease(Protocol):
    def hold(self) -> bool:
        """Takes the lease or keeps it; false while another has it. To be asked again every few seconds."""
        ...

    def release(self) -> None: ...


def lease(database: Database, name: str, real: Callable[[], datetime]) -> Lease:
    return RowLease(database, name, real) if database.is_sqlite else AdvisoryLease(database, name)


class RowLease:
    def __init__(self, database: Database, name: str, real: Callable[[], datetime]) -> None:
        self._database = database
        self._name = name
        self._real = real
        self._holder = f"{socket.gethostname()[:20]}-{os.getpid()}-{uuid.uuid4().hex[:8]}"

    def hold(self) -> bool:
        now = self._real()
        mine = insert(leases).values(name=self._name, holder=self._holder, until=now + LASTS)
        taken = mine.on_conflict_do_update(
            index_elements=[leases.c.name],
            set_={"holder": self._holder, "until": now + LASTS},
            where=or_(
                leases.c.holder == self._holder,
                leases.c.until < now,
                leases.c.until > now + LASTS,  # taken by a clock that has been set back since
            ),
        )
        with self._database.transaction() as session:
            return session.execute(taken.returning(leases.c.holder)).scalar_one_or_none() == self._holder

    def release(self) -> None:
        with self._database.transaction() as session:
            session.execute(
                delete(leases).where(leases.c.name == self._name, leases.c.holder == self._holder)
            )


class AdvisoryLease:
    def __init__(self, database: Database, name: str, lasts: timedelta = LASTS) -> None:
        self._database = database
        self._key = zlib.crc32(name.encode())
        self._lasts = lasts
        self._connection: Connection | None = None

    def hold(self) -> bool:
        try:
            if self._connection is not None:
                self._connection.execute(select(1))
                return True
            return self._take()
        except DBAPIError:  # the server is gone, and the lock with it
            self._drop()
            return False

    def release(self) -> None:
        self._drop()

    def _take(self) -> bool:
        connection = self._database.engine.connect()
        try:
            connection = connection.execution_options(isolation_level="AUTOCOMMIT")
            connection.detach()  # closing it ends it, and so lets go of the lock
            # a holder that stands still, or whose machine is cut off, would keep it for as long as TCP believes in it
            idle = f"{self._lasts / timedelta(milliseconds=1):.0f}"
            connection.execute(select(func.set_config("idle_session_timeout", idle, False)))
            if connection.execute(select(func.pg_try_advisory_lock(self._key))).scalar():
                self._connection, connection = connection, None  # type: ignore[assignment]
                return True
            return False
        finally:
            if connection is not None:
                connection.close()

    def _drop(self) -> None:
        held, self._connection = self._connection, None
        if held is None:
            return
        try:
            held.execute(select(func.pg_advisory_unlock(self._key)))  # closing alone lets go a moment later
        except SQLAlchemyError:
            held.invalidate()
        held.close()
