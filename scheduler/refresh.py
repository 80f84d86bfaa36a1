"""Puts every customer in their place, nightly: figures, cut points, measures, partitions; products and regions.

A stretch of customers a transaction, so that messages and pushes go on meanwhile. Killed in the middle it is simply
run again: who is right already is not written.
"""

import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import contextmanager
from datetime import datetime
from functools import partial
from operator import call
from typing import Any, TypeVar

from bot.rules.worth import partitions
from bot.services import Services
from bot.store import tidying
from bot.store.database import Database, Session
from bot.store.tables import customer_statistics
from bot.store.worth import assortment, crossings, cut_points, indexes, scoring, standing, statistics
from bot.store.worth.measures import Measured
from bot.store.worth.scoring import Scored
from bot.store.worth.statistics import News
from bot.values.partitions import Rules
from bot.values.value import RefreshReport
from scheduler import stretches
from scheduler.stretches import Work

T = TypeVar("T")

TRIES = 20  # of something short, for which nobody may be in the way; else the next refresh does it
AT_A_TIME = 2 + stretches.READERS  # questions, so that one core is not alone with it


def refresh(services: Services, *, from_scratch: bool = False) -> RefreshReport:
    """`from_scratch`: adds up every order again instead of trusting the rows. Raises `BadPartitions`."""
    rules, now, database = (
        partitions.load(services.config.value.partitions),
        services.now(),
        services.database,
    )
    _read(database, partial(crossings.refuse_changed, path=services.config.value.partitions, rules=rules))
    seconds: dict[str, float] = {}
    last = _read(database, statistics.last_id)
    with ThreadPoolExecutor(AT_A_TIME, "refresh") as beside:
        with _timed(seconds, "figures"):
            _figures(database, last, now, beside, from_scratch=from_scratch)
        sold = beside.submit(_read, database, lambda session: assortment.sold(session, rules, now))
        spent = beside.submit(_read, database, assortment.spent)
        with _timed(seconds, "cut points"):
            measured, before = lines(database, rules, now, beside)
        with _timed(seconds, "places"):
            total = place(database, measured, before, last, beside)
        with _timed(seconds, "indexes"):
            _put_back(database)
        with _timed(seconds, "products and regions"):
            of_products, of_regions = sold.result(), spent.result()
            with database.transaction() as session:
                products = assortment.note_products(session, of_products, rules, now)
                regions = assortment.note_regions(session, of_regions, rules, now)
    with database.transaction() as session:
        tidying.note_sizes(session)
    if total.changed:
        tidying.note_seen_by_all(database, customer_statistics)
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


def lines(
    database: Database, rules: Rules, now: datetime, beside: Executor
) -> tuple[Measured, Measured | None]:
    """By what everybody is scored now, and by what they were last time."""
    questions: tuple[Callable[[], Any], ...] = (
        partial(_built_and_read, database, indexes.OF_ORDERS, cut_points.of_orders),
        partial(_built_and_read, database, indexes.OF_MONEY, partial(cut_points.of_money, rules=rules)),
        partial(_read, database, cut_points.buyers),
        partial(_read, database, partial(crossings.last, rules=rules)),
    )
    # SQLite builds one index after the other anyway, and each connection keeps memory of its own
    answers = map(call, questions) if database.is_sqlite else beside.map(call, questions)
    orders, money, buyers, last = answers
    return Measured(now, rules, cut_points.together(buyers, orders, money)), last


def place(
    database: Database, measured: Measured, before: Measured | None, last: int, beside: Executor
) -> Scored:
    """Everybody with an id up to `last`."""

    asked = scoring.looking(measured, before)

    def look(session: Session, first: int, last: int) -> None:
        scoring.look(session, asked, first, last)

    def settle(session: Session, first: int, last: int, _looked: None) -> Scored:
        return scoring.settle(session, measured, first, last, before)

    total = Scored()
    with database.transaction() as session:
        crossings.begun(session, measured)
    for scored in stretches.each(database, beside, Work(look, settle), last):
        total.add(scored)
    with database.transaction() as session:
        crossings.finished(session, measured)
    return total


def _figures(database: Database, last: int, now: datetime, beside: Executor, *, from_scratch: bool) -> None:
    if _read(database, indexes.nobody_has_a_place):
        # an import has written the figures already: then cut points are read off what is there
        in_the_way = indexes.ALL if _read(database, statistics.nobody_has_a_row) else indexes.OF_PLACES
        with database.transaction() as session:
            indexes.drop(session, in_the_way)
        with database.transaction() as session:
            indexes.let_go_of_customers(session)
    else:
        _put_back(database)

    def add_up(session: Session, first: int, last: int) -> None:
        statistics.lay_out(session, now, first, last)

    def put_in(session: Session, first: int, last: int, _laid_out: None) -> None:
        statistics.put_in(session, now, first, last)

    def fill(session: Session, first: int, last: int, _nothing: None) -> None:
        statistics.fill(session, now, first, last)

    def note(session: Session, _first: int, _last: int, news: News) -> None:
        statistics.note_news(session, now, *news)

    if not from_scratch:
        deque(stretches.each(database, beside, Work(statistics.news, note), last), maxlen=0)
    elif not database.is_sqlite and _read(database, statistics.nobody_has_a_row):
        deque(stretches.each(database, beside, Work(lambda *_: None, fill), last), maxlen=0)
        tidying.note_seen_by_all(database, customer_statistics)
    else:
        deque(stretches.each(database, beside, Work(add_up, put_in), last), maxlen=0)


def _build(database: Database, names: Iterable[str]) -> None:
    """One by one, each with what it sorts off the memory."""
    for name in sorted(names):
        with database.workbench() as bench, bench.transaction() as session:
            indexes.build(session, name)


def _built_and_read(database: Database, names: Iterable[str], question: Callable[[Session], T]) -> T:
    _build(database, names)
    return _read(database, question)


def _put_back(database: Database) -> None:
    """What was out of the way while everybody was written for the first time; nothing to do at any other time."""
    _build(database, indexes.OF_PLACES)
    for _ in range(TRIES):
        with database.transaction() as session:
            if indexes.hold_on_to_customers(session):
                break
    with database.transaction() as session:
        indexes.look_customers_up(session)


def _read(database: Database, question: Callable[[Session], T]) -> T:
    with database.workbench() as bench, bench.reading() as session:
        return question(session)


@contextmanager
def _timed(seconds: dict[str, float], step: str) -> Iterator[None]:
    began = time.perf_counter()
    yield
    seconds[step] = round(time.perf_counter() - began, 2)
