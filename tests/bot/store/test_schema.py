from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Column, Integer, MetaData, Table

from bot.store import schema
from bot.store.database import Database
from bot.store.tables import metadata


def test_the_migrations_make_exactly_the_tables(database: Database) -> None:
    with database.reading() as session:
        context = MigrationContext.configure(session, opts={"compare_type": True})
        assert compare_metadata(context, metadata) == []


def test_an_upgraded_database_misses_nothing_and_upgrading_again_does_nothing(database: Database) -> None:
    assert schema.missing(database) == []
    assert schema.upgrade(database) == []


def test_a_planted_table_without_a_migration_is_found(sqlite: Database) -> None:
    planted = MetaData()
    for table in metadata.sorted_tables:
        table.to_metadata(planted)
    Table("planted", planted, Column("id", Integer, primary_key=True))
    with sqlite.reading() as session:
        found = compare_metadata(MigrationContext.configure(session), planted)
    assert [change[0] for change in found] == ["add_table"]
