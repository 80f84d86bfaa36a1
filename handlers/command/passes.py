"""What the timetable does by itself, done now: a planning pass, a refresh, a reading of the followers."""

import sys
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import fields, replace
from datetime import datetime
from typing import Annotated, Protocol

import typer

from bot.opening import opened
from bot.rules.intake import reports
from bot.rules.people import merge_reports
from bot.rules.segments import segment_reports
from bot.rules.worth import value_reports
from bot.services import Services
from bot.store.people.follower_syncs import Run
from bot.store.rehearsal import rehearsing
from bot.values.following import AlreadyRunning, Synced
from bot.values.push import PlanReport
from bot.values.segment import SegmentsRefreshed
from bot.values.value import RefreshReport
from bot.wechat.errors import WeChatError
from handlers.command.common import AsJson, At, Command, Fault, instant, tell


class Refresh(Protocol):
    def __call__(self, services: Services, *, from_scratch: bool) -> RefreshReport: ...


class Infer(Protocol):
    def __call__(self, services: Services, *, everybody: bool) -> object: ...


class Sync(Protocol):
    def __call__(self, services: Services, progress: Callable[[Run], object], /) -> Synced: ...


def plan(make: Callable[[Services, datetime], PlanReport]) -> Command:
    def run(
        context: typer.Context,
        at: At = "",
        dry_run: Annotated[bool, typer.Option("--dry-run", help="Change nothing.")] = False,
        as_json: AsJson = False,
    ) -> None:
        """One planning pass."""
        with opened(context.obj.config) as services:
            with rehearsing(services.database) if dry_run else nullcontext(services.database) as database:
                report = make(replace(services, database=database), instant(at, services))
            tell(report, as_json, reports.of_plan(report, services.config.push.zone))

    return run


def refresh(measure: Refresh, infer: Infer, segment: Callable[[Services], SegmentsRefreshed]) -> Command:
    def run(
        context: typer.Context,
        from_scratch: Annotated[
            bool,
            typer.Option("--from-scratch", help="Add up every order again instead of trusting the figures."),
        ] = False,
        as_json: AsJson = False,
    ) -> None:
        """Measures, partitions and segments of every customer; products and regions."""
        with opened(context.obj.config) as services:
            report = measure(services, from_scratch=from_scratch)
            infer(services, everybody=from_scratch)
            refreshed = segment(services)
        found = {one.name: getattr(report, one.name) for one in fields(report)} | {"segments": refreshed}
        lines = (*value_reports.of_refresh(report), *segment_reports.of_refreshed(refreshed))
        tell(found, as_json, lines)

    return run


def sync(read: Sync) -> typer.Typer:
    group = typer.Typer(no_args_is_help=True, help="What WeChat knows.")

    @group.command()
    def followers(context: typer.Context, as_json: AsJson = False) -> None:
        """Make a customer of every follower WeChat names; goes on where a broken run ended."""
        with opened(context.obj.for_wechat) as services:
            synced = _synced(read, services)
            tell(synced, as_json, merge_reports.of_sync(synced, services.config.push.zone))

    @group.callback()
    def several() -> None: ...

    return group


def _synced(read: Sync, services: Services) -> Synced:
    with typer.progressbar(
        length=1, label="followers", file=sys.stderr, hidden=not sys.stderr.isatty()
    ) as bar:

        def progress(run: Run) -> None:
            bar.length = max(run.total, run.named, 1)
            bar.update(run.named - bar.pos)

        try:
            return read(services, progress)
        except AlreadyRunning:
            raise Fault("another process is reading the followers") from None
        except WeChatError as error:
            raise Fault(f"{error}; what was read is kept, and the same command goes on there") from None
