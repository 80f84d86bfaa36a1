"""How the customers are parted: everybody once, as many at a time as may be written while others wait."""

from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise

import pytest
from sqlalchemy import text

from bot.store.database import Database, Session
from scheduler.stretches import LEAST, MOST, NO_LONGER_THAN, Pace, Work, each


def test_everybody_is_in_one_stretch() -> None:
    pace = Pace(last=57_001)
    handed = list(iter(pace.stretch, None))
    assert [number for first, last in handed for number in (first, last)][:: len(handed) * 2 - 1] == [
        1,
        57_001,
    ]
    assert all(one[1] + 1 == other[0] for one, other in pairwise(handed))


def test_a_stretch_is_as_long_as_others_may_wait() -> None:
    pace = Pace(last=10_000_000)
    pace.wrote((1, 40_000), NO_LONGER_THAN * 2)
    assert pace.size == 20_000
    pace.wrote((1, 20_000), NO_LONGER_THAN * 100)
    assert pace.size == LEAST
    for _ in range(9):
        pace.wrote((1, 20_000), 0.0)
    assert pace.size == MOST


def test_what_was_read_is_there_when_it_is_written(database: Database) -> None:
    def read(session: Session, first: int, last: int) -> int:
        session.execute(text("CREATE TEMPORARY TABLE seen (number INTEGER)"))
        session.execute(text("INSERT INTO seen VALUES (:number)"), {"number": last - first})
        return first

    def write(session: Session, first: int, last: int, found: int) -> int:
        number = session.execute(text("SELECT number FROM seen")).scalar_one()
        session.execute(text("DROP TABLE seen"))
        assert (found, number) == (first, last - first)
        return int(number) + 1

    with ThreadPoolExecutor(2) as beside:
        assert sum(each(database, beside, Work(read, write), 95_000)) == 95_000


def test_a_fault_in_a_stretch_is_heard_of(database: Database) -> None:
    def write(_session: Session, _first: int, last: int, _found: None) -> None:
        if last == 95_000:  # one reader's stretch; the other's are written
            raise LookupError(last)

    with ThreadPoolExecutor(2) as beside, pytest.raises(LookupError):
        list(each(database, beside, Work(lambda *_: None, write), 95_000))
