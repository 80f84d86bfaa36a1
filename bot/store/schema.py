"""Brings a database to the newest migration."""

from alembic import command
from alembic.config import Config

from bot.store import revisions
from bot.store.database import Database


def upgrade(database: Database) -> list[str]:
    """Runs what is missing, all or nothing; answers the revisions it ran, oldest first."""
    with database.transaction() as session:
        missing = revisions.missing_in(session)
        config = Config()
        config.set_main_option("script_location", str(revisions.FOLDER))
        config.attributes["connection"] = session
        command.upgrade(config, "head")
    return missing
