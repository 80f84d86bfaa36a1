"""Brings a database to the newest migration, and tells whether it is there."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from bot.store.database import Database, Session


def upgrade(database: Database) -> list[str]:
    """Runs what is missing, all or nothing; answers the revisions it ran, oldest first."""
    with database.transaction() as session:
        missing = _missing(session)
        config = _config()
        config.attributes["connection"] = session
        command.upgrade(config, "head")
    return missing


def missing(database: Database) -> list[str]:
    """Revisions the database has yet to run; empty when it is up to date."""
    with database.reading() as session:
        return _missing(session)


def _missing(session: Session) -> list[str]:
    current = MigrationContext.configure(session).get_current_revision()
    script = ScriptDirectory.from_config(_config())
    return [revision.revision for revision in script.iterate_revisions("head", current or "base")][::-1]


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    return config
