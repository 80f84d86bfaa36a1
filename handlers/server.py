"""Granian and the manners of its processes: one line when the port is busy, no orphan, an end within seconds.

Granian's first process only watches; the application lives in the processes it starts. `load` runs in each of them,
so whatever has threads or connections is made there.
"""

import os
import socket
import sys
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from multiprocessing.util import Finalize
from typing import Any, TypeAlias

from granian.constants import HTTPModes, Interfaces
from granian.log import LogLevels
from granian.server import Server

Application: TypeAlias = Callable[[dict[str, Any], Any], Iterable[bytes]]

ENDS_WITHIN = 10  # seconds, then a process is killed: what it had claimed is recovered as after any death
SWITCHES_EVERY = (
    0.0005  # seconds a thread may hold the interpreter; measured: a third of the slowest answers' time
)
FREE_WITHIN = 1.5  # seconds a process whose parent was killed may need to let go of the port
LOOKS_EVERY = 0.3
LOG = {
    "loggers": {
        "_granian": {"level": "WARNING", "propagate": True},
        "granian.access": {"level": "WARNING", "propagate": True},
    }
}


class PortBusy(Exception):
    """One line for the person who starts it."""


@dataclass(frozen=True, slots=True)
class Loaded:
    """`stop` ends what was started beside the application, and waits for it."""

    application: Application
    stop: Callable[[], None]


@dataclass(frozen=True, slots=True)
class Process:
    """What runs in each process; can be pickled where processes are spawned, not forked."""

    load: Callable[[], Loaded]
    parent: int

    def __call__(self) -> Application:
        sys.setswitchinterval(SWITCHES_EVERY)
        threading.Thread(target=_end_with, args=(self.parent,), daemon=True).start()
        loaded = self.load()
        Finalize(None, loaded.stop, exitpriority=10)  # when the process ends, before its threads are joined
        return loaded.application


def serve(load: Callable[[], Loaded], *, host: str, port: int, processes: int, threads: int) -> None:
    """Until SIGTERM or SIGINT. A process that dies is started again. Raises `PortBusy`."""
    port = free_port(host, port)
    server = Server(
        "weilan",
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        http=HTTPModes.http1,
        workers=processes,
        blocking_threads=threads,
        websockets=False,
        log_level=LogLevels.warning,
        log_dictconfig=LOG,
        workers_kill_timeout=ENDS_WITHIN,
        respawn_failed_workers=True,
    )
    server.serve(target_loader=Process(load, os.getpid()), wrap_loader=False)


def free_port(host: str, port: int) -> int:
    """The port, or a free one for 0. Granian itself would share it with whoever shares his, so this asks alone."""
    until = time.monotonic() + FREE_WITHIN
    while True:
        try:
            return _bound(host, port)
        except OSError as error:
            if time.monotonic() > until:
                raise PortBusy(f"cannot listen on {host}:{port}: {error.strerror}") from None
        time.sleep(LOOKS_EVERY)


def _bound(host: str, port: int) -> int:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.bind((host, port))
        probe.listen(1)
        bound: int = probe.getsockname()[1]
        return bound


def _end_with(parent: int) -> None:
    """A process whose parent was killed would go on alone, beside the one that is started next."""
    while os.getppid() == parent:
        time.sleep(LOOKS_EVERY)
    os._exit(1)
