"""A test's own transaction for what opens several: each is undone alone, all end with the test."""

from collections.abc import Iterator
from contextlib import contextmanager

from bot.store.database import Session
from bot.store.rehearsal import Rehearsal
from tests.support.faults import Crash


class Staged(Rehearsal):
    """`dies_at`: it dies before the end of its so manieth transaction."""

    def __init__(self, session: Session, *, dies_at: int = 0) -> None:
        self.engine = session.engine
        self.is_sqlite = session.dialect.name == "sqlite"
        self._stage_session = session
        self._left = dies_at

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        with super().transaction() as session:
            yield session
            self._left -= 1
            if self._left == 0:
                raise Crash
