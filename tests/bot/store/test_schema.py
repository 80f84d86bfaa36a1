from pathlib import Path

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Column, Integer, MetaData, Table, column, delete, table, update

from bot.store import revisions, schema
from bot.store.database import Database
from bot.store.tables import metadata


def test_the_migrations_make_exactly_the_tables(database: Database) -> None:
    with database.reading() as session:
        context = MigrationContext.configure(session, opts={"compare_type": True})
        assert compare_metadata(context, metadata) == []


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
