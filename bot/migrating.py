"""Brings an installation's database to its newest migration; apart from `opening`, since only this needs Alembic."""

from bot.clock import SystemClock
from bot.config import Config
from bot.opening import answers, check_known
from bot.services import connect
from bot.store import schema
from bot.store.segments import segments


def migrate(config: Config) -> list[str]:
    """Answers what it ran. Raises `NotReady`."""
    database = connect(config)
    try:
        answers(database)
        check_known(database)
        ran = schema.upgrade(database)
        with database.transaction() as session:
            segments.keep_everyone(session, SystemClock().now())
    finally:
        database.close()
    return ran
