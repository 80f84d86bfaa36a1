"""What runs when, as one literal tuple, and the one process that runs it.

Several may stand by; a lease says who is active, and the claim would keep two from sending twice all the same.
The ticks are of real time: when the product's clock is moved, everything that depends on it runs at once.
"""

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import structlog
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.cron import CronTrigger
from apscheduler.triggers.interval import IntervalTrigger

from bot import recommending
from bot.services import Services
from bot.store.leases import LASTS, lease
from scheduler import (
    best_hours,
    contents,
    deliver,
    engine,
    followers,
    inference,
    membership,
    mishaps,
    plan,
    portrait,
    recover,
    refresh,
    rotation,
    segments,
    tidy,
)
from scheduler.engine import Engine

LATE_ALLOWED = 30  # seconds
ASKED_EVERY = 2.0  # seconds; well within the lease
A_JUMP = timedelta(seconds=30)  # of the product's clock against the real one
SHANGHAI = ZoneInfo("Asia/Shanghai")
PLACED_AT = timedelta(hours=4, minutes=30)

_log = structlog.get_logger(__name__)


@dataclass(slots=True)
class Desk:
    """What the jobs of one process work with."""

    services: Services
    engine: Engine
    offset: timedelta = field(default=timedelta(0))


@dataclass(frozen=True, slots=True)
class Job:
    id: str
    run: Callable[[Desk], None]
    when: Any  # an APScheduler trigger


def _deliver(desk: Desk) -> None:
    engine.hand_all(desk.services, desk.engine, deliver.hand_out_at_rate(desk.services))


def _plan(desk: Desk) -> None:
    plan.tick(desk.services, desk.services.now())


def _look_again(desk: Desk) -> None:
    followers.look_again(desk.services)


def _recover(desk: Desk) -> None:
    recover.recover(desk.services)


def _ask_after_mass(desk: Desk) -> None:
    recover.ask_after_mass(desk.services)


def _refresh_engagement(desk: Desk) -> None:
    tidy.refresh_engagement(desk.services)


def _refresh_best_hours(desk: Desk) -> None:
    best_hours.refresh(desk.services)


def _tidy(desk: Desk) -> None:
    tidy.tidy(desk.services)


def _refresh_value(desk: Desk) -> None:
    refresh.refresh(desk.services)


def _refresh_segments(desk: Desk) -> None:
    segments.refresh_all(desk.services)


def _refresh_changed_segments(desk: Desk) -> None:
    segments.refresh_changed(desk.services)


def _refresh_portrait(desk: Desk) -> None:
    portrait.refresh(desk.services)


def _keep_membership(desk: Desk) -> None:
    membership.keep(desk.services)


def _put_levels_right(desk: Desk) -> None:
    membership.put_levels_right(desk.services)


def _learn_to_recommend(desk: Desk) -> None:
    recommending.refresh(desk.services)


def _prepare_contents(desk: Desk) -> None:
    contents.prepare(desk.services)


def _learn_from_responses(desk: Desk) -> None:
    rotation.learn(desk.services)


def _infer(desk: Desk) -> None:
    inference.infer(desk.services)


def _notice_the_clock(desk: Desk) -> None:
    """The sandbox's clock was moved: what a day would have brought comes now."""
    offset = desk.services.now() - desk.services.clock.real()
    moved = offset - desk.offset
    if abs(moved) < A_JUMP:
        return
    desk.offset = offset
    for job in (*AFTER_A_JUMP, *(AFTER_A_NIGHT if _is_over_a_night(desk, moved) else ())):
        job(desk)


def _is_over_a_night(desk: Desk, moved: timedelta) -> bool:
    """Whether the hour at which customers are placed lies between the time before and after."""
    now = desk.services.now() - PLACED_AT
    return now.astimezone(SHANGHAI).date() != (now - moved).astimezone(SHANGHAI).date()


AFTER_A_JUMP = (
    _refresh_engagement, _refresh_best_hours, _keep_membership, _put_levels_right, _ask_after_mass, _plan, _deliver,
)  # fmt: skip
AFTER_A_NIGHT = (
    _refresh_value,
    _infer,
    _refresh_segments,
)  # last, as they take longest: the next plan sees them


TIMETABLE: tuple[Job, ...] = (
    Job("notice the clock", _notice_the_clock, IntervalTrigger(seconds=1)),
    Job("deliver", _deliver, IntervalTrigger(seconds=1)),
    Job("plan", _plan, IntervalTrigger(minutes=1)),
    Job("recover", _recover, IntervalTrigger(seconds=30)),
    Job("look again who follows", _look_again, IntervalTrigger(minutes=10)),
    Job("prepare contents", _prepare_contents, IntervalTrigger(minutes=5)),
    Job("learn from responses", _learn_from_responses, IntervalTrigger(hours=1)),
    Job("ask after mass sends", _ask_after_mass, IntervalTrigger(minutes=10)),
    Job("tidy", _tidy, CronTrigger(hour=3, minute=30, timezone="Asia/Shanghai")),
    Job("best hours", _refresh_best_hours, CronTrigger(hour=3, minute=50, timezone="Asia/Shanghai")),
    Job("refresh engagement", _refresh_engagement, CronTrigger(hour=4, minute=10, timezone="Asia/Shanghai")),
    Job("keep membership", _keep_membership, IntervalTrigger(minutes=30)),
    Job("put levels right", _put_levels_right, CronTrigger(hour=0, minute=20, timezone="Asia/Shanghai")),
    Job("refresh value", _refresh_value, CronTrigger(hour=4, minute=30, timezone="Asia/Shanghai")),
    Job("infer facts", _infer, CronTrigger(hour=4, minute=50, timezone="Asia/Shanghai")),
    Job("refresh portrait", _refresh_portrait, CronTrigger(hour=5, minute=10, timezone="Asia/Shanghai")),
    Job(
        "learn to recommend",
        _learn_to_recommend,
        CronTrigger(hour=5, minute=20, timezone="Asia/Shanghai"),
    ),
    Job("refresh segments", _refresh_segments, CronTrigger(hour=5, minute=30, timezone="Asia/Shanghai")),
    Job("refresh changed segments", _refresh_changed_segments, IntervalTrigger(minutes=5)),
)


@dataclass(frozen=True, slots=True)
class Chore:
    """A job of another room, handed in by whoever puts the pieces together."""

    id: str
    run: Callable[[Services], object]
    every: timedelta


def run(services: Services, stop: threading.Event, chores: Sequence[Chore] = ()) -> None:
    """Runs the timetable whenever this process has the lease, until `stop` is set; then ends what has begun."""
    mine = lease(services.database, "scheduler", services.clock.real)
    active: Active | None = None
    try:
        while not stop.is_set():
            if mine.hold():
                active = active or Active(services, chores)
                active.holds()
            elif active is not None:
                _log.warning("another scheduler has taken over")
                active.stop()
                active = None
            stop.wait(ASKED_EVERY)
    finally:
        if active is not None:
            active.stop()
        mine.release()


class Active:
    """The timetable at work in this process."""

    def __init__(self, services: Services, chores: Sequence[Chore] = ()) -> None:
        self._desk = Desk(services, engine.build(services), services.now() - services.clock.real())
        self.holds()
        self._scheduler = BackgroundScheduler(
            timezone="UTC",
            job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": LATE_ALLOWED},
        )
        handed_in = (
            Job(chore.id, _of(chore), IntervalTrigger(seconds=chore.every.total_seconds()))
            for chore in chores
        )
        for job in (*TIMETABLE, *handed_in):
            at_once = {"next_run_time": _soon()} if job.id == "plan" else {}
            self._scheduler.add_job(self._run, job.when, args=[job], id=job.id, **at_once)
        self._scheduler.start()
        _log.info("the timetable runs here")

    def holds(self) -> None:
        """The lease was just kept."""
        self._held_at = self._desk.services.clock.real()

    def stop(self) -> None:
        self._scheduler.shutdown(wait=True)
        self._desk.engine.stop()

    def _run(self, job: Job) -> None:
        """Nothing where the process stood still: another may have the lease by now, so that is asked first."""
        if self._desk.services.clock.real() - self._held_at > LASTS:
            return
        try:
            job.run(self._desk)
        except Exception as error:  # noqa: BLE001 - the job runner
            mishaps.tell(_log, "a job failed", error, job=job.id)


def _of(chore: Chore) -> Callable[[Desk], None]:
    def run_chore(desk: Desk) -> None:
        chore.run(desk.services)

    return run_chore


def _soon() -> datetime:
    return datetime.now().astimezone()
