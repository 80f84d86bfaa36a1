"""The coming days beforehand, on a copy of the shop, with a virtual clock; nothing is written outside of it.

The copy is played in two parts at once, each with half of the customers: what is decided for one customer does not
depend on the others. Only where it does (a subscription account's one content a day) it is played in one piece. Parts
are drawn by the customers' ids, so the same seed gives the same figures on every machine and database.
"""

import threading
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any, TypeVar, cast

from bot.clock import FixedClock
from bot.insight import responses
from bot.insight.responses import Responses
from bot.rules.simulation_sums import by_days, together
from bot.rules.simulation_warnings import warnings
from bot.services import Services
from bot.store import moments, simulation, simulation_copy, simulation_growth, simulation_past
from bot.store.database import Database
from bot.store.keys import SqlKeys
from bot.store.moments import Moment
from bot.store.simulation_copy import Source
from bot.store.simulation_stage import build_indexes, stages
from bot.values.simulation import CampaignLine, NobodyThere, Played, Simulated, Wanted
from bot.wechat.client import WeChatApi
from scheduler.simulated_world import Seconds, World, timed

PARTS = 2
LOOKS = 0.2  # seconds; so soon a Ctrl-C is noticed

Progress = Callable[[int], None]
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Copied:
    """How the stages were filled, and how they are to grow."""

    known: int
    customers: int
    names: tuple[str, ...]
    stride: int
    times: int
    once_more: set[int]
    model: Responses


def simulate(services: Services, wanted: Wanted, progress: Progress = lambda _days: None) -> Simulated:
    """`progress` is told of each day that is over, from any thread. Raises `NobodyThere`."""
    seconds: Seconds = {}
    over = threading.Event()
    with stages(PARTS) as databases:
        with timed(seconds, "copy"), simulation_copy.snapshot(services.database) as source:
            moment = moments.claiming(source.session, wanted.at, services.config)
            used = databases[:1] if moment.mass.target == "tag" else databases
            copied = _copy(source, used, wanted)
        shared = _Days(len(used), progress)

        def one(database: Database) -> tuple[World, Played]:
            world = _world(services, database, wanted, copied)
            return world, world.play(wanted.days, over.is_set, shared.day_is_over)

        played = _at_once(one, used, over)
    for world, _ in played:
        for step, took in world.seconds.items():
            seconds[step] = seconds.get(step, 0.0) + took
    found = together([part for _, part in played])
    return _told(wanted, copied, played[0][0].lines, found, moment, seconds)


def _copy(source: Source, stages_: Sequence[Database], wanted: Wanted) -> Copied:
    known = source.count()
    if known == 0:
        raise NobodyThere("there is nobody to simulate with: import customers first")
    to = wanted.customers or known
    sample = source.sample(min(to, known))
    names: tuple[str, ...] = ()
    for number, stage in enumerate(stages_):
        names = simulation_copy.copy(
            source, stage, simulation_copy.part(sample, number, len(stages_)), wanted.at
        )
    times, rest = divmod(max(0, to - known), known)
    past = simulation_past.past(source.session, sample, wanted.at)
    return Copied(
        known=known,
        customers=to,
        names=names,
        stride=source.highest() + 1,
        times=times,
        once_more=source.first(rest),
        model=responses.estimate(past, wanted.seed),
    )


def _world(services: Services, database: Database, wanted: Wanted, copied: Copied) -> World:
    seconds: Seconds = {}
    push = services.config.push
    first = wanted.at.astimezone(push.zone).date()
    with timed(seconds, "grow"), database.transaction() as session:
        here = set(simulation.everybody(session))
        simulation_growth.grow(
            session,
            copied.names,
            stride=copied.stride,
            times=copied.times,
            once_more=copied.once_more & here,
        )
        if strange := simulation_copy.run_drafts(session, wanted.drafts):
            raise NobodyThere(f"there is no campaign {strange[0]}")
        build_indexes(session)
        everybody = simulation.everybody(session)
        followers = simulation.alive(session)
        lines = simulation.campaigns_between(session, first, first + timedelta(days=wanted.days - 1))
    clock = FixedClock(wanted.at)
    on_stage = replace(
        services,
        clock=clock,
        database=database,
        keys=SqlKeys(database, clock.real),
        wechat=cast("WeChatApi", _NoNetwork()),
        closing=(),
    )
    with timed(seconds, "model"):
        model = responses.spread(copied.model, everybody, copied.stride)
    return World(on_stage, clock, model, lines, followers, seconds=seconds)


class _NoNetwork:
    def __getattr__(self, name: str) -> Any:
        raise RuntimeError(f"a simulation calls nobody, and {name} was asked for")


class _Days:
    """A day is over when it is over in every part."""

    def __init__(self, parts: int, progress: Progress) -> None:
        self._parts, self._progress = parts, progress
        self._lock = threading.Lock()
        self._done: Counter[int] = Counter()

    def day_is_over(self, day: int) -> None:
        with self._lock:
            self._done[day] += 1
            if self._done[day] == self._parts:
                self._progress(1)


def _at_once(work: Callable[[Database], T], databases: Sequence[Database], over: threading.Event) -> list[T]:
    """One thread each; whatever ends the wait tells them to leave off, and waits until they have."""
    with ThreadPoolExecutor(len(databases), "simulate") as pool:
        try:
            running: list[Future[T]] = [pool.submit(work, database) for database in databases]
            while wait(running, timeout=LOOKS).not_done:
                if any(map(_failed, running)):
                    break
            for future in running:
                if _failed(future):
                    future.result()
            return [future.result() for future in running]
        finally:
            over.set()


def _failed(future: Future[T]) -> bool:
    return future.done() and future.exception() is not None


def _told(
    wanted: Wanted,
    copied: Copied,
    lines: Sequence[CampaignLine],
    found: Played,
    moment: Moment,
    seconds: Seconds,
) -> Simulated:
    order = {line.id: place for place, line in enumerate(lines)}
    told = Simulated(
        starts_at=wanted.at,
        days=tuple(found.days),
        campaigns=tuple(lines),
        by_campaign=tuple(
            sorted(
                found.by_campaign.values(),
                key=lambda each: (each.day, order.get(each.campaign_id, len(order)), each.campaign_id),
            )
        ),
        customers=copied.customers,
        known=copied.known,
        copied=max(0, copied.customers - copied.known),
        seed=wanted.seed,
        rates=copied.model.rates,
        reached=found.reached,
        times=found.times,
        gaps_regular=by_days(gap for gap in found.gaps if gap.regular),
        gaps_bound=by_days(gap for gap in found.gaps if not gap.regular),
        least_hours=min((gap.hours for gap in found.gaps), default=None),
        least_hours_regular=min((gap.hours for gap in found.gaps if gap.regular), default=None),
        mass_most=moment.mass.most,
        mass_target=moment.mass.target,
        halted=tuple(sorted(moment.halted)),
        blames=tuple(found.blames),
        seconds={name: round(took, 1) for name, took in seconds.items()},
        drafts=wanted.drafts,
    )
    return replace(told, warnings=tuple(warnings(told)))
