"""Granian and the manners of its processes: one line when the port is busy, no orphan, an end within seconds.

Granian's first process only watches; the application lives in the processes it starts. `load` runs in each of them,
so whatever has threads or connections is made there.
"""

import logging
import multiprocessing
import os
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from multiprocessing.synchronize import Semaphore
from multiprocessing.util import Finalize
from typing import Any

from granian.constants import HTTPModes, Interfaces
from granian.log import LogLevels
from granian.server.mp import MPServer

from handlers.bodies import SPARE, Application
from handlers.ports import free_port

QUIET_WITHIN = 6.0  # seconds for what acts by itself
ENDS_WITHIN = 5.0  # seconds for a process to end
KILLED_AFTER = 1  # second more: what it had claimed is recovered as after any death
SWITCHES_EVERY = (
    0.0005  # seconds a thread may hold the interpreter; measured: a third of the slowest answers' time
)
LOOKS_EVERY = 0.3  # seconds, after the parent
ASKS_EVERY = 0.02  # seconds, whether a process has ended
LOG = {
    "loggers": {
        "_granian": {"level": "WARNING", "propagate": True},
        "granian.access": {"level": "WARNING", "propagate": True},
    }
}


@dataclass(frozen=True, slots=True)
class Loaded:
    """What each process is made of. Both ends wait until what they end has ended.

    `quieten` ends what acts by itself, while requests are still answered: some of it calls this very server.
    `stop` ends the rest, when nothing is answered any more.
    """

    application: Application
    stop: Callable[[], None]
    quieten: Callable[[], None] = lambda: None


@dataclass(frozen=True, slots=True)
class Ending:
    """How the first process tells the others that the end is near, and hears that they are quiet.

    Semaphores, one unit a process: setting an Event waits for all who wait for it, and a killed one never answers.
    """

    near: Semaphore = field(default_factory=partial(multiprocessing.Semaphore, 0))
    quiet: Semaphore = field(default_factory=partial(multiprocessing.Semaphore, 0))


@dataclass(frozen=True, slots=True)
class Process:
    """What runs in each process; can be pickled where processes are spawned, not forked."""

    load: Callable[[], Loaded]
    ending: Ending
    parent: int

    def __call__(self) -> Application:
        os.setpgrp()  # Ctrl-C is for the first process, which then ends all in order
        sys.setswitchinterval(SWITCHES_EVERY)
        threading.Thread(target=_end_with, args=(self.parent,), daemon=True).start()
        loaded = self.load()
        threading.Thread(target=_quieten, args=(loaded, self.ending), daemon=True).start()
        Finalize(None, loaded.stop, exitpriority=10)  # when the process ends, before its threads are joined
        return loaded.application


def serve(load: Callable[[], Loaded], *, host: str, port: int, processes: int, threads: int) -> None:
    """Until SIGTERM or SIGINT. A process that dies is started again. Raises `PortBusy`.

    `threads` work; `SPARE` more are there for connections that stop sending half way.
    """
    port = free_port(host, port)
    ending = Ending()
    server = _Server(
        ending,
        "weilan",
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        http=HTTPModes.http1,
        workers=processes,
        blocking_threads=threads + SPARE,
        websockets=False,
        log_level=LogLevels.warning,
        log_dictconfig=LOG,
        workers_kill_timeout=KILLED_AFTER,
        respawn_failed_workers=True,
    )
    logging.getLogger("_granian").addFilter(_tells_more_than_of_threads)
    server.serve(target_loader=Process(load, ending, os.getpid()), wrap_loader=False)


def _tells_more_than_of_threads(record: logging.LogRecord) -> bool:
    """Granian warns that there are many; the spare ones only wait."""
    return "Python threads" not in record.getMessage()


class _Server(MPServer):
    """Granian's, but what acts by itself ends before the server does."""

    def __init__(self, ending: Ending, *arguments: Any, **settings: Any) -> None:
        super().__init__(*arguments, **settings)
        self._ending = ending

    def shutdown(self, exit_code: int = 0) -> None:
        for _ in self.wrks:
            self._ending.near.release()
        until = time.monotonic() + QUIET_WITHIN
        for _ in self.wrks:
            self._ending.quiet.acquire(timeout=max(0.0, until - time.monotonic()))
        super().shutdown(exit_code)  # type: ignore[no-untyped-call]

    def _stop_workers(self) -> None:
        """Granian asks only once who has ended, when a thread of its own may just be told of it, and kills who has."""
        for worker in self.wrks:
            worker.terminate()  # type: ignore[no-untyped-call]
        until = time.monotonic() + ENDS_WITHIN
        while any(worker.inner.is_alive() for worker in self.wrks) and time.monotonic() < until:
            time.sleep(ASKS_EVERY)
        super()._stop_workers()  # type: ignore[no-untyped-call]


def _quieten(loaded: Loaded, ending: Ending) -> None:
    ending.near.acquire()
    loaded.quieten()
    ending.quiet.release()


def _end_with(parent: int) -> None:
    """A process whose parent was killed would go on alone, beside the one that is started next."""
    while os.getppid() == parent:
        time.sleep(LOOKS_EVERY)
    os._exit(1)
