"""The parts of a simulation, each played by a process of its own; one alone is played here.

A process gets the file of its stage and what the model knows, and gives back what came out. Whatever ends the wait
for them, Ctrl-C too, ends them; there is nothing of theirs to save.
"""

import gc
import multiprocessing
import signal
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from multiprocessing.connection import Connection, wait
from pathlib import Path
from typing import Any, cast

from bot import logging
from bot.clock import FixedClock
from bot.config import Config
from bot.insight import responses
from bot.insight.knowledge import WordIndex
from bot.insight.responses import Responses
from bot.services import Services
from bot.store.database import Database
from bot.store.keys import SqlKeys
from bot.store.simulation import simulation, simulation_copy, simulation_growth
from bot.store.simulation.simulation_stage import build_indexes, on_stage
from bot.values.simulation import CampaignLine, NobodyThere, Played, Wanted
from bot.wechat.client import WeChatApi
from scheduler.simulated_world import Seconds, World, timed

ENDS_WITHIN = 5.0  # seconds after it was told to
SELDOM = 50_000  # new objects until cycles are looked for: statements are put together all the time


class PartDied(Exception):
    """One line: what became of a part's process."""


@dataclass(frozen=True, slots=True)
class Part:
    """What a part is played from. `once_more`: ids that are copied once more than the others."""

    stage: Path
    config: Config
    wanted: Wanted
    names: tuple[str, ...]  # of the tables that hold rows of customers
    stride: int
    times: int
    once_more: frozenset[int]
    model: Responses


@dataclass(frozen=True, slots=True)
class PartPlayed:
    out: Played
    lines: tuple[CampaignLine, ...]
    seconds: Seconds


def play_all(parts: Sequence[Part], progress: Callable[[int], None]) -> list[PartPlayed]:
    """`progress` is told of each day that is over in all parts."""
    if len(parts) == 1:
        return [play(parts[0], lambda: progress(1))]
    spawn = multiprocessing.get_context("spawn")  # a fork would take locks and connections along
    processes, ends = [], []
    try:
        for part in parts:
            here, there = spawn.Pipe(duplex=False)
            process = spawn.Process(target=_in_a_process, args=(part, there), daemon=True)
            process.start()
            there.close()
            processes.append(process)
            ends.append(here)
        return _awaited(ends, progress)
    finally:
        for process in processes:
            process.terminate()
        for process in processes:
            process.join(ENDS_WITHIN)


def _awaited(ends: Sequence[Connection], progress: Callable[[int], None]) -> list[PartPlayed]:
    days, told = dict.fromkeys(ends, 0), 0
    found: dict[Connection, PartPlayed] = {}
    while len(found) < len(ends):
        for end in wait([each for each in ends if each not in found]):
            said = _heard(cast("Connection", end))
            if isinstance(said, PartPlayed):
                found[cast("Connection", end)] = said
            else:
                days[cast("Connection", end)] += 1
                now = min(days.values())
                progress(now - told)
                told = now
    return [found[end] for end in ends]


def _heard(end: Connection) -> PartPlayed | None:
    """None: a day is over."""
    try:
        said = end.recv()
    except EOFError:
        raise PartDied("a process of the simulation ended before its days were over") from None
    if isinstance(said, NobodyThere):
        raise said
    return cast("PartPlayed | None", said)


def _in_a_process(part: Part, end: Connection) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the first process's to hear, which ends this one
    logging.configure(quiet=True)
    gc.freeze()
    gc.set_threshold(SELDOM)
    with suppress(BrokenPipeError):
        try:
            end.send(play(part, lambda: end.send(None)))
        except NobodyThere as nobody:
            end.send(nobody)


def play(part: Part, day_is_over: Callable[[], None]) -> PartPlayed:
    """From the stage as it was copied to what came out."""
    seconds: Seconds = {}
    with on_stage(part.stage) as database:
        with timed(seconds, "grow"):
            lines, everybody, followers = _grown(database, part)
        with timed(seconds, "model"):
            model = responses.spread(part.model, everybody, part.stride)
        clock = FixedClock(part.wanted.at)
        services = Services(
            config=part.config,
            clock=clock,
            database=database,
            keys=SqlKeys(database, clock.real),
            wechat=cast("WeChatApi", _NoNetwork()),
            knowledge=WordIndex(),
        )
        world = World(services, clock, model, lines, followers, seconds=seconds)
        out = world.play(part.wanted.days, day_is_over)
    return PartPlayed(out, lines, seconds)


def _grown(database: Database, part: Part) -> tuple[tuple[CampaignLine, ...], list[int], set[int]]:
    first = part.wanted.at.astimezone(part.config.push.zone).date()
    with database.transaction() as session:
        simulation_growth.grow(
            session,
            part.names,
            stride=part.stride,
            times=part.times,
            once_more=part.once_more & set(simulation.everybody(session)),
        )
        if strange := simulation_copy.run_drafts(session, part.wanted.drafts):
            raise NobodyThere(f"there is no campaign {strange[0]}")
        build_indexes(session)
        lines = simulation.campaigns_between(session, first, first + timedelta(days=part.wanted.days - 1))
        return lines, simulation.everybody(session), simulation.alive(session)


class _NoNetwork:
    def __getattr__(self, name: str) -> Any:
        raise RuntimeError(f"a simulation calls nobody, and {name} was asked for")
