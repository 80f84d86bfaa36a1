"""A web process: the application, what it needs beside it, and how all of it ends in order."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from bot import logging
from bot.config import Config
from bot.opening import built
from bot.sandbox.simulator import platform
from bot.services import Services
from handlers import sandbox, server
from handlers.app import create_app, stop
from handlers.knowledge_watch import KnowledgeWatch


class Running(Protocol):
    def stop(self) -> None: ...


@dataclass(frozen=True, slots=True)
class WebProcess:
    """Made once, run in each process. `begin` starts what is not the web's: the timetable, workers."""

    config: Config
    debug: bool
    begin: Callable[[Services], Running]

    def __call__(self) -> server.Loaded:
        logging.configure(secrets=logging.secrets_in(self.config), debug=self.debug)
        services, offset = built(self.config)
        watch = KnowledgeWatch(services.database, services.knowledge)
        watch.start()
        app = create_app(services)
        simulator = (
            platform(self.config, services.clock, services.database)
            if self.config.sandbox.simulator
            else None
        )
        if simulator is not None or offset is not None:
            host, zone = self.config.server.host, self.config.push.zone
            app.register_blueprint(
                sandbox.blueprint(simulator, offset, now=services.clock, host=host, zone=zone)
            )
        if simulator is not None:
            simulator.start()
        beside = self.begin(services)

        def end() -> None:
            beside.stop()
            stop(app)
            if simulator is not None:
                simulator.stop()
            watch.stop()
            services.close()

        return server.Loaded(app, end)


def serve(config: Config, debug: bool, begin: Callable[[Services], Running]) -> None:
    """Until it is told to stop. Raises `PortBusy`."""
    port = server.free_port(config.server.host, config.server.port)
    settings = config.server.model_copy(update={"port": port})
    process = WebProcess(config.model_copy(update={"server": settings}), debug, begin)
    server.serve(
        process, host=settings.host, port=port, processes=settings.processes, threads=settings.threads
    )
