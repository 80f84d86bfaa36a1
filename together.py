"""The commands that start something or need both doors, the handlers' and the scheduler's; the others: `handlers/command`."""

import signal
import sys
import threading
from contextlib import nullcontext
from dataclasses import fields, replace
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Annotated

import structlog
import typer

from bot import logging
from bot import recommending as learning
from bot.config import Config
from bot.migrating import migrate
from bot.opening import opened, ready
from bot.rules.intake import reports
from bot.rules.people import merge_reports
from bot.rules.segments import segment_reports
from bot.rules.worth import value_reports
from bot.sandbox import demo as demo_shop
from bot.services import Services
from bot.store.people.follower_syncs import Run
from bot.store.rehearsal import rehearsing
from bot.wechat.errors import WeChatError
from handlers import process
from handlers.command import simulation
from handlers.command.common import AsJson, At, Fault, instant, tell
from handlers.knowledge_watch import KnowledgeWatch
from handlers.ports import PortBusy, free_port
from handlers.unanswered import answer_pending, drain_spool
from handlers.understanding_watch import UnderstandingWatch
from scheduler import engine, followers, inference, membership, plan, portrait, timetable
from scheduler import refresh as refreshing
from scheduler import segments as segment_refresh
from scheduler import simulate as simulating
from scheduler import webhooks as telling
from scheduler.beside import Beside, Runs

CHORES = (
    timetable.Chore("answer what is owed", answer_pending, timedelta(seconds=10)),
    timetable.Chore("take in what waits on disk", drain_spool, timedelta(seconds=10)),
)

sync = typer.Typer(no_args_is_help=True, help="What WeChat knows.")
simulate = simulation.command(simulating.simulate)

_log = structlog.get_logger(__name__)


def demo(
    context: typer.Context,
    port: Annotated[int, typer.Option(min=0, max=65535)] = 8000,
    data: Annotated[Path, typer.Option(help="Where everything is kept.")] = Path("data/demo"),
) -> None:
    """A demo shop with the WeChat simulator: no account and no server needed."""
    logging.configure(debug=context.obj.debug, quiet=not context.obj.debug)
    try:
        port = free_port("127.0.0.1", port)
    except PortBusy as busy:
        raise Fault(f"{busy}; choose another with --port") from None
    config = demo_shop.settings(data, port)
    migrate(config)
    with opened(config) as services:
        sign_in = demo_shop.open_shop(services.database, data, services.now())
        refreshing.refresh(services)
        inference.infer(services)
        learning.refresh(services)
        membership.keep(services)
        portrait.refresh(services)
        segment_refresh.refresh_all(services)
    address = config.server.public_url
    print(f"chat page   {address}/sandbox/")
    print(f"console     {address}/console/")
    print(f"sign in as  {sign_in.name}  password  {sign_in.password or '(as it was changed in the console)'}")
    print(f"everything is kept in {data}; stop with Ctrl-C", flush=True)
    debug = context.obj.debug
    process.serve(config, partial(Beside, runs=_timetable(config)), debug=debug, quiet=not debug)


def serve(context: typer.Context) -> None:
    """One machine: web, scheduler and workers."""
    config = ready(context.obj.for_wechat)
    process.serve(config, partial(Beside, runs=_timetable(config)), debug=context.obj.debug)


def scheduler(context: typer.Context) -> None:
    """Only the scheduler; several may stand by."""
    with opened(context.obj.for_wechat) as services:
        watch = KnowledgeWatch(services.database, services.knowledge)  # answers that are owed are made here
        watch.start()
        understanding = UnderstandingWatch(services)
        understanding.start()
        _until_signalled(services, partial(timetable.run, chores=CHORES), telling.run)
        watch.stop()
        understanding.stop()


def worker(context: typer.Context) -> None:
    """Only a worker: takes batches of deliveries from Redis."""
    config = context.obj.for_wechat
    if not config.redis.url.get_secret_value():
        raise Fault(
            "redis.url: expected redis://… for a worker; without Redis `weilan serve` delivers by itself"
        )
    with opened(config) as services:
        _until_signalled(services, engine.work)


def plan_once(
    context: typer.Context,
    at: At = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Change nothing.")] = False,
    as_json: AsJson = False,
) -> None:
    """One planning pass."""
    with opened(context.obj.config) as services:
        with rehearsing(services.database) if dry_run else nullcontext(services.database) as database:
            report = plan.plan(replace(services, database=database), instant(at, services))
        tell(report, as_json, reports.of_plan(report, services.config.push.zone))


def refresh(
    context: typer.Context,
    from_scratch: Annotated[
        bool, typer.Option("--from-scratch", help="Add up every order again instead of trusting the figures.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Measures, partitions and segments of every customer; products and regions."""
    with opened(context.obj.config) as services:
        report = refreshing.refresh(services, from_scratch=from_scratch)
        inference.infer(services, everybody=from_scratch)
        refreshed = segment_refresh.refresh_all(services)
    found = {one.name: getattr(report, one.name) for one in fields(report)} | {"segments": refreshed}
    lines = (*value_reports.of_refresh(report), *segment_reports.of_refreshed(refreshed))
    tell(found, as_json, lines)


@sync.command("followers")
def sync_followers(context: typer.Context, as_json: AsJson = False) -> None:
    """Make a customer of every follower WeChat names; goes on where a broken run ended."""
    with (
        opened(context.obj.for_wechat) as services,
        typer.progressbar(
            length=1, label="followers", file=sys.stderr, hidden=not sys.stderr.isatty()
        ) as bar,
    ):

        def progress(run: Run) -> None:
            bar.length = max(run.total, run.named, 1)
            bar.update(run.named - bar.pos)

        try:
            synced = followers.sync(services, progress)
        except followers.AlreadyRunning:
            raise Fault("another process is reading the followers") from None
        except WeChatError as error:
            raise Fault(f"{error}; what was read is kept, and the same command goes on there") from None
    tell(synced, as_json, merge_reports.of_sync(synced, services.config.push.zone))


def _timetable(config: Config) -> tuple[Runs, ...]:
    """With Redis the timetable hands batches to whoever takes them: this process does, too."""
    runs: Runs = partial(timetable.run, chores=CHORES)
    return (runs, telling.run, engine.work) if config.redis.url.get_secret_value() else (runs, telling.run)


def _until_signalled(services: Services, *runs: Runs) -> None:
    signalled = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: signalled.set())
    beside = Beside(services, runs)
    _log.info("started")
    signalled.wait()
    beside.stop()
