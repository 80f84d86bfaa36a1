from pathlib import Path

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import (
    Column,
    Index,
    Integer,
    MetaData,
    PrimaryKeyConstraint,
    Table,
    UniqueConstraint,
    column,
    delete,
    table,
    update,
)

from bot.store import revisions, schema
from bot.store.database import Database
from bot.store.tables import metadata


def test_the_migrations_make_exactly_the_tables(database: Database) -> None:
    with database.reading() as session:
        context = MigrationContext.configure(session, opts={"compare_type": True})
        assert compare_metadata(context, metadata) == []


GROW = {"messages", "customers", "orders", "deliveries", "outbox"}  # of which rows go, one by one


def test_whatever_points_to_a_row_that_may_go_is_found_by_an_index() -> None:
    """Without one both databases read the whole table that points there, for each row that goes."""
    unfound = {
        f"{table.name}.{key.parent.name}"
        for table in metadata.sorted_tables
        for key in table.foreign_keys
        if key.ondelete and key.column.table.name in GROW and key.parent.name not in _first_columns(table)
    }
    assert unfound == set()


def _first_columns(table: Table) -> set[str]:
    """Of its indexes that hold every row with a value there."""
    keys = [
        one.columns for one in table.constraints if isinstance(one, PrimaryKeyConstraint | UniqueConstraint)
    ]
    listed = [one.columns for one in table.indexes if _holds_all(one)]
    return {next(iter(columns)).name for columns in (*keys, *listed) if len(columns)}


def _holds_all(index: Index) -> bool:
    condition = index.dialect_options["sqlite"]["where"]
    return condition is None or str(condition) == f"{next(iter(index.columns)).name} IS NOT NULL"


def test_an_upgraded_database_misses_nothing_and_upgrading_again_does_nothing(database: Database) -> None:
    assert revisions.missing(database) == []
    assert schema.upgrade(database) == []


def test_a_database_misses_what_alembic_would_run(sqlite: Database) -> None:
    known = [one.revision for one in ScriptDirectory(str(revisions.FOLDER)).walk_revisions()][::-1]
    with sqlite.transaction() as session:
        session.execute(update(table("alembic_version", column("version_num"))).values(version_num=known[-3]))
    assert revisions.missing(sqlite) == known[-2:]
    with sqlite.transaction() as session:
        session.execute(delete(table("alembic_version")))
    assert revisions.missing(sqlite) == known


def test_an_empty_database_misses_everything(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'empty.db'}")
    assert len(revisions.missing(database)) > 25
    database.close()


def test_a_planted_table_without_a_migration_is_found(sqlite: Database) -> None:
    planted = MetaData()
    for known in metadata.sorted_tables:
        known.to_metadata(planted)
    Table("planted", planted, Column("id", Integer, primary_key=True))
    with sqlite.reading() as session:
        found = compare_metadata(MigrationContext.configure(session), planted)
    assert [change[0] for change in found] == ["add_table"]
