"""Waiting for what other threads and processes do, and not for ever."""

import time
from collections.abc import Callable

from bot.store.database import Database

PATIENCE = 120.0  # seconds; costs nothing where all is well, and a machine may be slow and shared


def comes_true(claim: Callable[[], bool], seconds: float = PATIENCE) -> bool:
    until = time.monotonic() + seconds
    while not claim():
        if time.monotonic() > until:
            return False
        time.sleep(0.02)
    return True


def is_waited_for(postgresql: Database) -> bool:
    """Whether a statement of this database waits for what another transaction holds."""
    waiting = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
    with postgresql.reading() as session:
        return bool(session.exec_driver_sql(waiting).scalar_one())
