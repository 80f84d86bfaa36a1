"""What has happened and must be written down, though the database undid it in favour of another transaction."""

from collections.abc import Callable
from typing import TypeVar

from sqlalchemy.exc import DBAPIError

from bot.store.database import Database, Session
from bot.store.failures import Failure, failure_of

T = TypeVar("T")
MOST_TRIES = 5


def insist(database: Database, work: Callable[[Session], T]) -> T:
    """Runs `work` in a transaction of its own, again where it collided; it touches nothing but the session."""
    for _ in range(MOST_TRIES - 1):
        try:
            with database.transaction() as session:
                return work(session)
        except DBAPIError as error:
            if failure_of(error) is not Failure.COLLISION:
                raise
    with database.transaction() as session:
        return work(session)
