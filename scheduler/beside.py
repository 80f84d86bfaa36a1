"""What runs beside the web server, or alone: the timetable, a worker; each on a thread, until it is told to stop."""

import threading
from collections.abc import Callable, Sequence
from typing import TypeAlias

import structlog

from bot.services import Services
from scheduler import mishaps

TRIES_AGAIN = 5.0  # seconds after one of them broke off: the database may have been away

Runs: TypeAlias = Callable[[Services, threading.Event], None]

_log = structlog.get_logger(__name__)


class Beside:
    """Started when it is made. `stop` waits until everything has ended."""

    def __init__(self, services: Services, runs: Sequence[Runs], tries_again: float = TRIES_AGAIN) -> None:
        self._services = services
        self._tries_again = tries_again
        self._stop = threading.Event()
        self._threads = [
            threading.Thread(target=self._run, args=(one,), name=f"beside-{n}") for n, one in enumerate(runs)
        ]
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join()

    def _run(self, runs: Runs) -> None:
        while not self._stop.is_set():
            try:
                runs(self._services, self._stop)
            except Exception as error:  # noqa: BLE001 - the job runner
                mishaps.tell(_log, "it broke off and is begun again", error)
                self._stop.wait(self._tries_again)
            else:
                return
