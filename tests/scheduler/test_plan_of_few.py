"""A tick looks at those who changed: PostgreSQL goes from each to what is theirs, whatever it knows of the tables."""

from datetime import timedelta
from typing import Any

from sqlalchemy import event, insert, text

from bot.clock import FixedClock
from bot.store.database import Database
from bot.store.tables import messages
from scheduler.plan import plan, tick
from tests.bench.planning import MORNING, fill
from tests.support import pushing
from tests.support.waiting import comes_true

MANY, FEW = 3_000, 20
READ = text("SELECT seq_tup_read + idx_tup_fetch FROM pg_stat_user_tables WHERE relname = :name")


class Reads:
    """Rows a database read of a table since it was made. A connection says what it read when it ends: all of ours end first."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._ours: set[int] = set()
        database.engine.dispose()
        event.listen(database.engine, "connect", self._note)

    def of(self, table: str) -> int:
        ours, self._ours = self._ours, set()
        self._database.engine.dispose()
        assert comes_true(lambda: not ours & self._alive())
        with self._database.reading() as session:
            return int(session.execute(READ, {"name": table}).scalar_one())

    def _note(self, connection: Any, _record: Any) -> None:
        self._ours.add(connection.info.backend_pid)

    def _alive(self) -> set[int]:
        with self._database.reading() as session:
            return set(session.execute(text("SELECT pid FROM pg_stat_activity")).scalars())


def test_a_tick_reads_what_is_theirs_and_not_what_is_everybodys(postgresql: Database) -> None:
    reads = Reads(postgresql)
    fill(postgresql, MANY)
    with postgresql.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as session:
        session.exec_driver_sql("ANALYZE")  # nothing is planned yet, and PostgreSQL thinks so for a while
    services = pushing.services_with(postgresql, FixedClock(MORNING))
    assert plan(services, MORNING).planned > MANY / 4
    with postgresql.transaction() as session:
        said = {"direction": "in", "kind": "text", "created_at": MORNING}
        every = range(1, MANY, MANY // FEW)
        session.execute(insert(messages), [{"customer_id": each, **said} for each in every])
    before = {table: reads.of(table) for table in ("deliveries", "standings")}
    assert tick(services, MORNING + timedelta(minutes=1)) is not None
    assert reads.of("standings") - before["standings"] <= 2 * FEW
    assert reads.of("deliveries") - before["deliveries"] < 10 * FEW
