"""What acts by itself: beside a web server, or alone in a process, until it is told to stop."""

import signal
import time
from collections.abc import Callable, Sequence
from datetime import timedelta
from functools import partial
from typing import TypeAlias

import structlog

from bot.config import Config
from bot.services import Services
from scheduler import engine, timetable, webhooks
from scheduler.beside import Beside, Runs

LOOKS_EVERY = 0.2  # seconds, whether it was told to stop

Chores: TypeAlias = Sequence[tuple[str, Callable[[Services], object], timedelta]]  # name, work, how often

_log = structlog.get_logger(__name__)


def beside(config: Config, chores: Chores) -> Callable[[Services], Beside]:
    """With Redis the timetable hands batches to whoever takes them: this process does, too."""
    runs = (_timetable(chores), webhooks.run)
    return partial(Beside, runs=(*runs, engine.work) if config.redis.url.get_secret_value() else runs)


def timetable_alone(services: Services, chores: Chores) -> None:
    _until_signalled(services, _timetable(chores), webhooks.run)


def worker_alone(services: Services) -> None:
    _until_signalled(services, engine.work)


def _timetable(chores: Chores) -> Runs:
    return partial(timetable.run, chores=[timetable.Chore(*each) for each in chores])


def _until_signalled(services: Services, *runs: Runs) -> None:
    """A handler runs between any two steps of the thread that waits, so it must not take a lock: an Event's, say."""
    signalled: list[int] = []
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda number, _frame: signalled.append(number))
    all_of_them = Beside(services, runs)
    _log.info("started")
    while not signalled:
        time.sleep(LOOKS_EVERY)
    all_of_them.stop()
