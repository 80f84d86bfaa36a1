"""Brings an installation's database to its newest migration; apart from `opening`, since only this needs Alembic."""

from bot.clock import SystemClock
from bot.config import Config
from bot.opening import NotReady, answers, check_known
from bot.services import connect
from bot.store import revisions, schema
from bot.store.segments import segments


def migrate(config: Config) -> list[str]:
    """Answers what it ran. Raises `NotReady`."""
    database = connect(config)
    try:
        answers(database)
        check_known(database)
        ran = schema.upgrade(database)
        if lacking := revisions.lacking(database):
            raise NotReady(
                f"the database is at {revisions.newest()} and lacks {', '.join(lacking)}: an unfinished version upgraded "
                "it; restore a backup from before, or begin with an empty one"
            )
        with database.transaction() as session:
            segments.keep_everyone(session, SystemClock().now())
    finally:
        database.close()
    return ran
