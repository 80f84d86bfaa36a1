"""A database in which everything can be tried and nothing stays: for a dry run of what writes."""

from collections.abc import Iterator
from contextlib import contextmanager

from bot.store.database import Database, Session, Workbench


class Rehearsal(Database):
    """What several transactions write is seen by those that follow; all of it ends with `rehearsing`."""

    is_shared_by_threads = False  # one connection has it all

    def __init__(self, stage: Database, session: Session) -> None:
        self.engine = stage.engine
        self.is_sqlite = stage.is_sqlite
        self._stage_session = session

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        with self._stage_session.begin_nested():
            yield self._stage_session

    @contextmanager
    def reading(self) -> Iterator[Session]:
        yield self._stage_session

    @contextmanager
    def workbench(self, *, knows_its_keys: bool = False) -> Iterator[Workbench]:  # noqa: ARG002
        """What is laid out on it goes with the rest; keys are looked for as on all of its one connection."""
        yield RehearsedBench(self)


class RehearsedBench(Workbench):
    def __init__(self, stage: Rehearsal) -> None:
        self.reading, self.transaction = stage.reading, stage.transaction  # type: ignore[method-assign]


@contextmanager
def rehearsing(database: Database) -> Iterator[Database]:
    """On SQLite other writers wait meanwhile."""
    with database.transaction() as session:
        yield Rehearsal(database, session)
        session.rollback()
