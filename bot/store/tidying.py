"""What is dropped because time passed."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import Table, and_, delete, func, select, union_all, update

from bot.store.among import among
from bot.store.database import Database, Session
from bot.store.tables import (
    former_standings,
    messages,
    plan_passes,
    plan_totals,
    staff_sessions,
    standings,
    volatile,
)

RAW_KEPT = timedelta(days=30)
TOTALS_KEPT = timedelta(days=90)
SAMPLE = 400  # rows of an index


def note_sizes(session: Session) -> None:
    """Has SQLite look at a sample of each index, so that it plans by how much there is; in some hundredths of a second.

    PostgreSQL does that by itself. Without it counting a segment takes up to twice as long.
    """
    if session.dialect.name == "sqlite":
        session.exec_driver_sql(f"PRAGMA analysis_limit = {SAMPLE}")
        session.exec_driver_sql("ANALYZE")


def note_what_came(database: Database, table: Table) -> None:
    """After very many rows were written: PostgreSQL notes by itself how many there are, but up to a minute later.

    Until then it takes an index of what was just written for an empty one, and reads all of it for each customer.
    """
    if not database.is_sqlite:
        with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as session:
            session.exec_driver_sql(f"ANALYZE {table.name}")


def note_seen_by_all(database: Database, table: Table) -> None:
    """After rows were written: PostgreSQL answers from an index alone only where it knows that all see them.

    Autovacuum comes later, after some thousands among a million not for weeks. Otherwise each row of the index that lies on
    a page with one of them is looked up in the table, which is not in its order.
    """
    if not database.is_sqlite:
        with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as session:
            session.exec_driver_sql(f"VACUUM (TRUNCATE off) {table.name}")


def old_bodies(session: Session, now: datetime) -> Sequence[int]:
    """The opened bodies are kept for inspection only; an answer still owed is made from its body."""
    old = and_(
        messages.c.created_at < now - RAW_KEPT, messages.c.raw.is_not(None), messages.c.state == "done"
    )
    return session.execute(select(messages.c.id).where(old).order_by(messages.c.id)).scalars().all()


def drop_bodies(session: Session, ids: Sequence[int]) -> None:
    session.execute(update(messages).where(among(session, messages.c.id, ids)).values(raw=None))


def drop_totals(session: Session, now: datetime) -> int:
    return session.execute(delete(plan_totals).where(plan_totals.c.pass_at < now - TOTALS_KEPT)).rowcount


def drop_former_standings(session: Session, now: datetime, first: int, last: int) -> int:
    """What stood so long ago for a stretch of customers; a year of a million is too much for one transaction."""
    old = select(func.max(plan_passes.c.id)).where(plan_passes.c.at < now - TOTALS_KEPT).scalar_subquery()
    gone = delete(former_standings).where(
        former_standings.c.customer_id.between(first, last), former_standings.c.until_pass <= old
    )
    return session.execute(gone).rowcount


def unused_passes(session: Session, now: datetime) -> Sequence[int]:
    """Those by which nothing stands any more, nor stood within what is kept; the last one stays."""
    old = plan_passes.c.at < now - TOTALS_KEPT
    by_it = union_all(select(standings.c.pass_id), select(former_standings.c.pass_id)).subquery()
    newest = select(func.max(plan_passes.c.id)).scalar_subquery()
    unused = and_(old, plan_passes.c.id.not_in(select(by_it.c[0])), plan_passes.c.id < newest)
    return session.execute(select(plan_passes.c.id).where(unused).order_by(plan_passes.c.id)).scalars().all()


def drop_passes(session: Session, ids: Sequence[int]) -> None:
    session.execute(delete(plan_passes).where(among(session, plan_passes.c.id, ids)))


def drop_ended_sessions(session: Session, now: datetime) -> int:
    return session.execute(delete(staff_sessions).where(staff_sessions.c.ends_at < now)).rowcount


def drop_expired_keys(session: Session, real: datetime) -> int:
    return session.execute(delete(volatile).where(volatile.c.expires_at < real)).rowcount
