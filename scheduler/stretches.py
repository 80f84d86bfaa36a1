"""All customers, a stretch of ids at a time: two are read at once, and one after the other is written.

Reading keeps nobody waiting. A stretch is as long as can be written in the time that a message may wait for SQLite's
one writer.
"""

import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Executor
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from bot.store.database import Database, Session

T = TypeVar("T")
Found = TypeVar("Found")

READERS = 2
NO_LONGER_THAN = 0.15  # seconds of processor in which a stretch is to be written
FIRST, LEAST, MOST = 20_000, 10_000, 100_000  # customers


@dataclass(slots=True)
class Pace:
    """Hands out the stretches up to the id `last`, one to each who asks."""

    last: int
    size: int = FIRST
    _next: int = 1
    _handing_out: threading.Lock = field(default_factory=threading.Lock)

    def stretch(self) -> tuple[int, int] | None:
        """None when all were handed out."""
        with self._handing_out:
            if self._next > self.last:
                return None
            first, self._next = self._next, min(self._next + self.size, self.last + 1)
            return first, self._next - 1

    def wrote(self, stretch: tuple[int, int], seconds: float) -> None:
        first, last = stretch
        enough = int((last - first + 1) * NO_LONGER_THAN / max(seconds, 0.001))
        with self._handing_out:
            self.size = max(LEAST, min(enough, self.size * 2, MOST))


@dataclass(frozen=True, slots=True)
class Work(Generic[Found, T]):
    """What is done with each stretch: both get a session of one connection, whose temporary tables last."""

    read: Callable[[Session, int, int], Found]
    write: Callable[[Session, int, int, Found], T]


def each(database: Database, beside: Executor, work: Work[Found, T], last: int) -> Iterator[T]:
    """What `write` answered, of every stretch up to the id `last`."""
    pace = Pace(last, FIRST if database.is_sqlite else MOST)
    readers = [beside.submit(_carry_through, database, work, pace) for _ in range(READERS)]
    for reader in readers:
        yield from reader.result()


def _carry_through(database: Database, work: Work[Found, T], pace: Pace) -> list[T]:
    answers = []
    with database.workbench() as bench:
        while stretch := pace.stretch():
            with bench.reading() as session:
                found = work.read(session, *stretch)
            with bench.transaction() as session:
                began = time.thread_time()  # a busy machine is no reason to make crumbs of it
                answers.append(work.write(session, *stretch, found))
            if database.is_sqlite:
                pace.wrote(stretch, time.thread_time() - began)
    return answers
