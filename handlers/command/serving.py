"""What starts, and runs until it is told to stop. Each is given what of the scheduler's runs in it."""

from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import TypeAlias

import structlog
import typer

from bot.config import Config, misshapen
from bot.opening import NotReady, opened, ready
from bot.services import Services
from bot.store import spool
from handlers import process
from handlers.command.common import Command, Fault
from handlers.knowledge_watch import KnowledgeWatch
from handlers.unanswered import answer_pending, drain_spool
from handlers.understanding_watch import UnderstandingWatch

Chores: TypeAlias = Sequence[tuple[str, Callable[[Services], object], timedelta]]
Beside: TypeAlias = Callable[[Config, Chores], Callable[[Services], process.Running]]
log = structlog.get_logger(__name__)

CHORES: Chores = (
    ("answer what is owed", answer_pending, timedelta(seconds=10)),
    ("take in what waits on disk", drain_spool, timedelta(seconds=10)),
)


def serve(beside: Beside) -> Command:
    def run(context: typer.Context) -> None:
        """One machine: web, scheduler and workers."""
        config = _for_messages(context.obj.for_wechat)
        process.serve(config, beside(config, CHORES), debug=context.obj.debug)

    return run


def web(context: typer.Context) -> None:
    """Only the web server, for several machines."""
    process.serve(_for_messages(context.obj.for_wechat), process.Alone, debug=context.obj.debug)


def _for_messages(config: Config) -> Config:
    """Ready, and able to keep messages that the database does not take. Raises `NotReady`."""
    for key, expected in misshapen(config).items():
        log.warning("a setting does not look as WeChat hands it out", setting=key, expected=expected)
    ready(config)
    folder = spool.folder_of(config)
    if why := spool.objection(folder):
        raise NotReady(
            f"server.spool: nothing can be kept in {folder} ({why}): let this user write there, or name another folder"
        )
    return config


def scheduler(timetable_alone: Callable[[Services, Chores], None]) -> Command:
    def run(context: typer.Context) -> None:
        """Only the scheduler; several may stand by."""
        with opened(context.obj.for_wechat) as services:
            # answers that are owed are made here
            watch = KnowledgeWatch(services.database, services.knowledge)
            watch.start()
            understanding = UnderstandingWatch(services)
            understanding.start()
            timetable_alone(services, CHORES)
            watch.stop()
            understanding.stop()

    return run


def worker(worker_alone: Callable[[Services], None]) -> Command:
    def run(context: typer.Context) -> None:
        """Only a worker: takes batches of deliveries from Redis."""
        config = context.obj.for_wechat
        if not config.redis.url.get_secret_value():
            raise Fault(
                "redis.url: expected redis://… for a worker; without Redis `weilan serve` delivers by itself"
            )
        with opened(config) as services:
            worker_alone(services)

    return run
