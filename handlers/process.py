"""A web process: the application, what it needs beside it, and how all of it ends in order."""

import socket
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Protocol

from bot import logging
from bot.config import Config
from bot.opening import NotReady, built
from bot.sandbox import simulator
from bot.sandbox.snapshot import UnreadableSnapshot
from bot.services import Services
from handlers import memory, sandbox, server
from handlers.app import create_app, stop
from handlers.knowledge_watch import KnowledgeWatch
from handlers.ports import address_of, free_port
from handlers.understanding_watch import UnderstandingWatch

LOOKS_EVERY = 0.1  # seconds


class Running(Protocol):
    def stop(self) -> None: ...


class Alone:
    """Nothing runs beside the web server."""

    def __init__(self, _services: Services) -> None: ...

    def stop(self) -> None: ...


@dataclass(frozen=True, slots=True)
class WebProcess:
    """Made once, run in each process. `begin` starts what is not the web's: the timetable, workers."""

    config: Config
    debug: bool
    quiet: bool
    begin: Callable[[Services], Running]

    def __call__(self) -> server.Loaded:
        memory.goes_back()
        logging.configure(secrets=logging.secrets_in(self.config), debug=self.debug, quiet=self.quiet)
        services, offset = built(self.config)
        watch = KnowledgeWatch(services.database, services.knowledge)
        watch.start()
        understanding = UnderstandingWatch(services)
        understanding.start()
        app = create_app(services)
        played = (
            simulator.platform(self.config, services.clock, services.database)
            if self.config.sandbox.simulator
            else None
        )
        if played is not None or offset is not None:
            host, zone = self.config.server.host, self.config.push.zone
            app.register_blueprint(
                sandbox.blueprint(played, offset, now=services.clock, host=host, zone=zone)
            )
        if played is not None:
            played.start()
        beside = _Begun(self.begin, services, (self.config.server.host, self.config.server.port))

        def quieten() -> None:
            beside.stop()
            if played is not None:
                played.stop()

        def end() -> None:
            quieten()
            stop(app)
            watch.stop()
            understanding.stop()
            services.close()

        return server.Loaded(app, stop=end, quieten=quieten)


class _Begun:
    """Begins when the server answers: in the demo the platform that is called is this very server."""

    def __init__(
        self, begin: Callable[[Services], Running], services: Services, address: tuple[str, int]
    ) -> None:
        self._begin = begin
        self._services = services
        self._address = address
        self._stop = threading.Event()
        self._running: Running | None = None
        self._thread = threading.Thread(target=self._begin_when_answering, name="begin")
        self._thread.start()

    def stop(self) -> None:
        self._stop.set()
        self._thread.join()
        if self._running is not None:
            self._running.stop()

    def _begin_when_answering(self) -> None:
        while not self._stop.wait(LOOKS_EVERY):
            with suppress(OSError), socket.create_connection(self._address, timeout=1):
                self._running = self._begin(self._services)
                return


def serve(config: Config, begin: Callable[[Services], Running], *, debug: bool, quiet: bool = False) -> None:
    """Until it is told to stop. Raises `PortBusy` and `NotReady`."""
    if config.sandbox.simulator:
        try:
            simulator.check(config)
        except UnreadableSnapshot as fault:
            raise NotReady(str(fault)) from None
    host = address_of(config.server.host)
    port = free_port(host, config.server.port)
    settings = config.server.model_copy(update={"port": port})
    process = WebProcess(config.model_copy(update={"server": settings}), debug, quiet, begin)
    server.serve(process, host=host, port=port, processes=settings.processes, threads=settings.threads)
