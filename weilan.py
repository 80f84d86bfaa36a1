"""The command: puts the pieces together. Ends with 0 done, 1 failed with one line on stderr, 2 wrong usage.

Here are the commands that start something or need more than one room; the others stand in `handlers/command`.
"""

import signal
import sys
import threading
from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import fields, replace
from datetime import timedelta
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Annotated

import structlog
import typer
from typer.main import get_command

from bot import doctor as examination
from bot import logging
from bot import recommending as learning
from bot.config import Config, ConfigError
from bot.intake.files import Unusable
from bot.migrating import migrate
from bot.opening import NotReady, opened, ready
from bot.rules.intake import reports
from bot.rules.people import merge_reports
from bot.rules.people.facts import BadFacts
from bot.rules.segments import segment_reports
from bot.rules.worth import partitions, value_reports
from bot.sandbox import demo as demo_shop
from bot.services import Services
from bot.store.people.follower_syncs import Run
from bot.store.rehearsal import rehearsing
from bot.values.definitions import BadDefinition
from bot.wechat.errors import WeChatError
from handlers import process
from handlers.command import customers, data, simulation
from handlers.command.common import AsJson, At, Chosen, Fault, instant, tell
from handlers.command.groups import GROUPS
from handlers.knowledge_watch import KnowledgeWatch
from handlers.server import PortBusy, free_port
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

_log = structlog.get_logger("weilan")

app = typer.Typer(no_args_is_help=True, add_completion=False, rich_markup_mode=None)
db_app = typer.Typer(no_args_is_help=True, help="The database.")
sync_app = typer.Typer(no_args_is_help=True, help="What WeChat knows.")
app.add_typer(db_app, name="db")
app.add_typer(sync_app, name="sync")
for name, group in GROUPS:
    app.add_typer(group, name=name)


def main(arguments: Sequence[str] | None = None) -> None:
    sys.excepthook = _unforeseen
    try:
        get_command(app)(args=arguments, prog_name="weilan")
    except (
        Fault,
        ConfigError,
        NotReady,
        BadDefinition,
        partitions.BadPartitions,
        BadFacts,
        Unusable,
        WeChatError,
        PortBusy,
        OSError,
    ) as fault:
        print(f"weilan: {fault}".replace("\n", " "), file=sys.stderr)
        raise SystemExit(1) from None


def _unforeseen(kind: type[BaseException], error: BaseException, traceback: TracebackType | None) -> None:
    """What nobody expected is one line, too; where it happened is in the log, for those who ask with --debug."""
    print(f"weilan: {kind.__name__}: {error}".split("\n", maxsplit=1)[0], file=sys.stderr)
    _log.debug("unforeseen", exc_info=(kind, error, traceback))


@app.callback()
def weilan(
    context: typer.Context,
    config: Annotated[
        Path | None, typer.Option(envvar="WEILAN_CONFIG", help="The settings, as in config.example.toml.")
    ] = None,
    debug: Annotated[bool, typer.Option("--debug", help="Log more, with tracebacks.")] = False,
) -> None:
    """Weilan 微澜: a WeChat official account that keeps its customers."""
    context.obj = Chosen(config, debug)


@app.command()
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


@app.command()
def serve(context: typer.Context) -> None:
    """One machine: web, scheduler and workers."""
    config = ready(context.obj.for_wechat)
    process.serve(config, partial(Beside, runs=_timetable(config)), debug=context.obj.debug)


@app.command()
def web(context: typer.Context) -> None:
    """Only the web server, for several machines."""
    process.serve(ready(context.obj.for_wechat), partial(Beside, runs=()), debug=context.obj.debug)


@app.command()
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


@app.command()
def worker(context: typer.Context) -> None:
    """Only a worker: takes batches of deliveries from Redis."""
    config = context.obj.for_wechat
    if not config.redis.url.get_secret_value():
        raise Fault(
            "redis.url: expected redis://… for a worker; without Redis `weilan serve` delivers by itself"
        )
    with opened(config) as services:
        _until_signalled(services, engine.work)


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


@db_app.command("upgrade")
def db_upgrade(context: typer.Context) -> None:
    """Run the migrations that are missing."""
    ran = migrate(context.obj.config)
    print(f"ran {', '.join(ran)}" if ran else "up to date")


@app.command()
def doctor(context: typer.Context, as_json: AsJson = False) -> None:
    """Check everything, and say what to do about each fault."""
    findings = list(examination.examine(context.obj.config))
    tell(findings, as_json, reports.of_findings(findings))
    if faults := sum(not finding.is_fine for finding in findings):
        raise Fault(f"{faults} of {len(findings)} checks found a fault")


@app.command("plan")
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


@app.command()
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


@sync_app.command("followers")
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


for name, command in (
    ("import", data.import_),
    ("export", data.export),
    ("apply", data.apply),
    ("explain", customers.explain),
    ("value", customers.value),
    ("erase", customers.erase),
    ("simulate", simulation.command(simulating.simulate)),
):
    app.command(name)(command)

if __name__ == "__main__":
    main()
