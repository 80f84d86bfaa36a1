"""Puts every customer in their place, nightly: figures, cut points, measures, partitions; products and regions.

A stretch of customers a transaction, so that messages and pushes go on meanwhile. Killed in the middle it is simply
run again: who is right already is not written.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager

from bot.rules import partitions
from bot.services import Services
from bot.store import assortment, crossings, cut_points, scoring, standing, statistics
from bot.store.measures import Measured
from bot.store.scoring import Scored
from bot.values.value import RefreshReport

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
    with _timed(seconds, "figures"):
        with database.transaction() as session:
            if from_scratch:
                statistics.drop_indexes(session)
            else:
                statistics.build_indexes(session)
        for first, last in stretches:
            with database.transaction() as session:
                if from_scratch:
                    statistics.recompute(session, now, first, last)
                else:
                    statistics.follow(session, now, first, last)
        with database.transaction() as session:
            statistics.build_indexes(session, only_for_cut_points=True)
    with _timed(seconds, "cut points"), database.reading() as session:
        measured, before = (
            Measured(now, rules, cut_points.read(session, rules)),
            crossings.last(session, rules),
        )
    total = Scored()
    with _timed(seconds, "places"):
        with database.transaction() as session:
            crossings.begun(session, measured)
        for first, last in stretches:
            with database.transaction() as session:
                total.add(scoring.score(session, measured, first, last, before))
        with database.transaction() as session:
            crossings.finished(session, measured)
            statistics.build_indexes(session)
    with _timed(seconds, "products and regions"), database.transaction() as session:
        products = assortment.count_products(session, rules, now)
        regions = assortment.count_regions(session, rules, now)
    with _timed(seconds, "report"), database.reading() as session:
        places = standing.tally(session)
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


@contextmanager
def _timed(seconds: dict[str, float], step: str) -> Iterator[None]:
    began = time.perf_counter()
    yield
    seconds[step] = round(time.perf_counter() - began, 2)
