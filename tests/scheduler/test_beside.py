import sqlite3
import threading

import pytest
from structlog.testing import capture_logs

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


@pytest.mark.parametrize(
    ("code", "said"),
    [
        pytest.param(
            sqlite3.SQLITE_BUSY, {"log_level": "warning", "why": "database is locked"}, id="the database"
        ),
        pytest.param(sqlite3.SQLITE_ERROR, {"log_level": "error"}, id="a fault of ours"),
    ],
)
def test_only_a_fault_of_ours_is_told_with_how_it_came_about(
    sqlite: Database, clock: FixedClock, code: int, said: dict[str, str]
) -> None:
    going = threading.Event()
    failing = sqlite3.OperationalError("database is locked")
    failing.sqlite_errorcode = code

    def breaks_once(_services: Services, stop: threading.Event) -> None:
        if not going.is_set():
            going.set()
            raise failing
        stop.wait(timeout=60)

    with capture_logs() as logs:
        beside = Beside(services_with(sqlite, clock), (breaks_once,), tries_again=0.01)
        assert going.wait(timeout=60)
        beside.stop()
    [line] = [one for one in logs if one["event"] == "it broke off and is begun again"]
    assert said.items() <= line.items()
    assert ("exc_info" in line) == (code == sqlite3.SQLITE_ERROR)
