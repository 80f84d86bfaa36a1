import threading

from bot.clock import FixedClock
from bot.services import Services
from bot.store.database import Database
from scheduler.beside import Beside
from tests.support.pushing import services_with


def test_all_run_until_they_are_told_to_stop(sqlite: Database, clock: FixedClock) -> None:
    both = threading.Barrier(3)
    ended = []

    def runs(_services: Services, stop: threading.Event) -> None:
        both.wait(timeout=60)
        stop.wait(timeout=60)
        ended.append(stop.is_set())

    beside = Beside(services_with(sqlite, clock), (runs, runs))
    both.wait(timeout=60)
    beside.stop()
    assert ended == [True, True]


def test_what_breaks_off_is_begun_again(sqlite: Database, clock: FixedClock) -> None:
    tries: list[int] = []
    going = threading.Event()

    def breaks_twice(_services: Services, stop: threading.Event) -> None:
        tries.append(1)
        if len(tries) < 3:
            raise ConnectionError("the database is away")
        going.set()
        stop.wait(timeout=60)

    beside = Beside(services_with(sqlite, clock), (breaks_twice,), tries_again=0.01)
    assert going.wait(timeout=60)
    beside.stop()
    assert len(tries) == 3
