"""A tick looks at those who changed: PostgreSQL goes from each to what is theirs, whatever it knows of the tables."""

from datetime import timedelta

from sqlalchemy import insert, text

from bot.clock import FixedClock
from bot.store.database import Database
from bot.store.tables import messages
from scheduler.plan import plan, tick
from tests.bench.planning import MORNING, fill
from tests.support import pushing

MANY, FEW = 3_000, 20


def rows_read(database: Database, table: str) -> int:
    """Since the database was made: a connection says what it read when it ends, so all others end first."""
    others = text("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()")
    read = text("SELECT seq_tup_read + idx_tup_fetch FROM pg_stat_user_tables WHERE relname = :name")
    database.engine.dispose()
    while True:
        with database.reading() as session:
            if session.execute(others).scalar_one() == 1:
                return int(session.execute(read, {"name": table}).scalar_one())


def test_a_tick_reads_what_is_theirs_and_not_what_is_everybodys(postgresql: Database) -> None:
    fill(postgresql, MANY)
    services = pushing.services_with(postgresql, FixedClock(MORNING))
    assert plan(services, MORNING).planned > MANY / 4
    with postgresql.transaction() as session:
        said = {"direction": "in", "kind": "text", "created_at": MORNING}
        every = range(1, MANY, MANY // FEW)
        session.execute(insert(messages), [{"customer_id": each, **said} for each in every])
    before = {table: rows_read(postgresql, table) for table in ("deliveries", "standings")}
    assert tick(services, MORNING + timedelta(minutes=1)) is not None
    assert rows_read(postgresql, "standings") - before["standings"] <= 2 * FEW
    assert rows_read(postgresql, "deliveries") - before["deliveries"] < 10 * FEW
