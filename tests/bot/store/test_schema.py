from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

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
