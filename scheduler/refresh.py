"""Puts every customer in their place, nightly: figures, cut points, measures, partitions; products and regions.

A stretch of customers a transaction, so that messages and pushes go on meanwhile. Killed in the middle it is simply
run again: who is right already is not written.
"""

import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import contextmanager
from datetime import datetime
from typing import TypeAlias, TypeVar

from bot.rules.worth import partitions
from bot.services import Services
from bot.store.database import Database, Session
from bot.store.worth import assortment, crossings, cut_points, scoring, standing, statistics
from bot.store.worth.measures import Measured
from bot.store.worth.scoring import Scored
from bot.values.value import RefreshReport

T = TypeVar("T")
Stretches: TypeAlias = Sequence[tuple[int, int]]

AT_A_TIME = 2  # questions or stretches, so that one core is not alone with it
AT_ONCE = 100_000  # customers a transaction: well below the time that others wait for it


def refresh(services: Services, *, from_scratch: bool = False) -> RefreshReport:
    """`from_scratch`: adds up every order again instead of trusting the rows. Raises `BadPartitions`."""
    rules, now, database = (
        partitions.load(services.config.value.partitions),
        services.now(),
        services.database,
    )
    seconds: dict[str, float] = {}
    with database.reading() as session:
        stretches = statistics.stretches(session, AT_ONCE)
    with ThreadPoolExecutor(AT_A_TIME, "refresh") as beside:
        sold = beside.submit(_read, database, lambda session: assortment.sold(session, rules, now))
        with _timed(seconds, "figures"):
            _figures(database, stretches, now, beside, from_scratch=from_scratch)
        with _timed(seconds, "cut points"), database.reading() as session:
            measured, before = (
                Measured(now, rules, cut_points.read(session, rules)),
                crossings.last(session, rules),
            )
        spent = beside.submit(_read, database, assortment.spent)
        with _timed(seconds, "places"):
            total = _places(database, stretches, measured, before, beside)
        with _timed(seconds, "products and regions"):
            of_products, of_regions = sold.result(), spent.result()
            with database.transaction() as session:
                products = assortment.note_products(session, of_products, rules, now)
                regions = assortment.note_regions(session, of_regions, rules, now)
    with _timed(seconds, "report"):
        places = _read(database, standing.tally)
    return RefreshReport(
        at=now,
        version=rules.version,
        customers=sum(places["tier"].values()),
        buyers=measured.cuts.buyers,
        changed=total.changed,
        moved=dict(total.moved),
        follow_ups=total.follow_ups,
        places=places,
        products=products,
        regions=regions,
        seconds=seconds,
    )


def _figures(
    database: Database, stretches: Stretches, now: datetime, beside: Executor, *, from_scratch: bool
) -> None:
    with _sorting(database) as session:
        if from_scratch:
            statistics.drop_indexes(session)
        else:
            statistics.build_indexes(session)

    def bring(stretch: tuple[int, int]) -> None:
        with database.transaction() as session:
            if from_scratch:
                statistics.recompute(session, now, *stretch)
            else:
                statistics.follow(session, now, *stretch)

    deque(_each(database, beside, bring, stretches), maxlen=0)
    with _sorting(database) as session:
        statistics.build_indexes(session, only_for_cut_points=True)


def _places(
    database: Database, stretches: Stretches, measured: Measured, before: Measured | None, beside: Executor
) -> Scored:
    def score(stretch: tuple[int, int]) -> Scored:
        with database.transaction() as session:
            return scoring.score(session, measured, *stretch, before)

    total = Scored()
    with database.transaction() as session:
        crossings.begun(session, measured)
    for scored in _each(database, beside, score, stretches):
        total.add(scored)
    with _sorting(database) as session:
        crossings.finished(session, measured)
        statistics.build_indexes(session)
    return total


def _each(
    database: Database, beside: Executor, work: Callable[[tuple[int, int]], T], stretches: Stretches
) -> Iterator[T]:
    """One after the other on SQLite, which has one writer; elsewhere as many at once as the server has cores for."""
    return map(work, stretches) if database.is_sqlite else beside.map(work, stretches)


def _read(database: Database, question: Callable[[Session], T]) -> T:
    with database.workbench() as bench, bench.reading() as session:
        return question(session)


@contextmanager
def _sorting(database: Database) -> Iterator[Session]:
    """A transaction that may sort millions, and keeps them off the memory."""
    with database.workbench() as bench, bench.transaction() as session:
        yield session


@contextmanager
def _timed(seconds: dict[str, float], step: str) -> Iterator[None]:
    began = time.perf_counter()
    yield
    seconds[step] = round(time.perf_counter() - began, 2)
