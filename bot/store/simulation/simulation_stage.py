"""Where a simulation plays: a SQLite file in a folder of its own, which is gone when it ends, however it ends.

A run that is killed leaves its folder behind; the next run finds that nobody holds it any more and removes it.
"""

import fcntl
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from sqlalchemy import event
from sqlalchemy.schema import CreateTable

from bot.store.database import Database, Session
from bot.store.tables import metadata

PREFIX = "weilan-simulation-"
HELD = "held"  # locked as long as its simulation lives
LINKS = 2  # connections: one thread plays everything
# by which pages and the API read; each push would be moved about in them at every step
FOR_PAGES = frozenset({
    "ix_deliveries_campaign_id_id", "ix_deliveries_campaign_id_state", "ix_deliveries_due_at_id",
})  # fmt: skip


@contextmanager
def stages(many: int) -> Iterator[list[Path]]:
    """So many empty databases with all tables and no index yet, readable by nobody else."""
    sweep()
    folder = Path(tempfile.mkdtemp(prefix=PREFIX))
    lock = _lock(folder)
    try:
        files = [folder / f"{number}.db" for number in range(many)]
        for file in files:
            with on_stage(file) as database, database.transaction() as session:
                for table in metadata.sorted_tables:
                    session.execute(CreateTable(table))
        yield files
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        if lock is not None:
            lock.close()


@contextmanager
def on_stage(file: Path) -> Iterator[Database]:
    database = Database(f"sqlite:///{file}", synchronous="off", pool_size=LINKS)
    event.listen(database.engine, "connect", _for_speed)
    try:
        yield database
    finally:
        database.close()


def build_indexes(session: Session) -> None:
    """Once all rows are there: that is quicker than row by row."""
    for table in metadata.sorted_tables:
        for index in table.indexes:
            if index.name not in FOR_PAGES:
                index.create(session)
    session.exec_driver_sql("ANALYZE")


def sweep() -> int:
    """Removes what killed simulations left behind; gives how many."""
    swept = 0
    for folder in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        try:
            lock = _lock(folder)
        except OSError:  # another user's
            continue
        if lock is None:  # it lives
            continue
        shutil.rmtree(folder, ignore_errors=True)
        lock.close()
        swept += 1
    return swept


def _lock(folder: Path) -> IO[str] | None:
    """None when another holds it. The system lets go when the process dies."""
    lock = (folder / HELD).open("w", encoding="ascii")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        lock.close()
        return None
    return lock


def _for_speed(connection: Any, _record: Any) -> None:
    """Nothing here outlives the run, and rows are only copied from where their keys were checked."""
    for pragma in ("foreign_keys=OFF", "cache_size=-64000", "wal_autocheckpoint=20000"):
        connection.execute(f"PRAGMA {pragma}")
