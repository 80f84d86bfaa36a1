"""One look of a planning pass at the customers: all of them a stretch of ids at a time, or those who changed.

Two stretches are read at once, each on a connection of its own: the database works while Python waits, so two cores
do. One stretch is written after the other, not by turns: so the one is read while the other is written.
"""

import threading
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from datetime import date, datetime

from bot.rules.pushes import greatest_good
from bot.store.database import Database, Workbench
from bot.store.planning import (
    day_limits,
    days_sends,
    judging,
    plan_deliveries,
    plan_tables,
    plans,
    standings,
    totals,
)
from bot.store.planning.built import Built
from bot.store.planning.judging import Whose
from bot.store.planning.plan_deliveries import Writing
from bot.store.planning.plan_entries import Agenda, Entry, OfPurpose
from bot.store.planning.plan_tables import Tables
from bot.store.sending import mass_sends
from bot.store.worth import statistics
from bot.values.days_send import DaysSend, Offer

READERS = 2
# ids at most; what is laid aside for so many is held in memory. A further one costs PostgreSQL 0.2 s, SQLite 0.04
STRETCH, STRETCH_ON_POSTGRESQL = 50_000, 125_000


@dataclass(slots=True)
class Told:
    """`planned`, `totals`: of each entry, by its number."""

    looked_at: int
    planned: Counter[int]
    totals: list[dict[str, int]]

    def add(self, other: "Told") -> None:
        self.looked_at += other.looked_at
        self.planned += other.planned
        self.totals = [
            dict(sorted((Counter(mine) + Counter(theirs)).items()))
            for mine, theirs in zip(self.totals, other.totals, strict=True)
        ]


@dataclass(slots=True)
class Look:
    """Reads and judges aside, writes a part at a time."""

    database: Database
    agenda: Agenda
    pass_id: int
    at: datetime
    today: date
    stretch: int | None = None  # as the database likes it
    keeps: bool = True  # where each customer stands
    counts: bool = True  # how many stand alike; who keeps counts
    # what a subscription account's one mass send was given to, by the days within reach: mostly one
    sends: dict[date, DaysSend] = field(default_factory=dict)
    _built: Built = field(default_factory=Built)
    _stretches: Iterator[tuple[int, int]] = field(default_factory=lambda: iter(()))
    _handing_out: threading.Lock = field(default_factory=threading.Lock)
    _writing: threading.Lock = field(default_factory=threading.Lock)  # SQLite's one writer

    def at_all(self) -> Told:
        if not self.agenda.entries:
            return self._nobody()
        with self.database.reading() as session:
            lowest, last = statistics.first_id(session), statistics.last_id(session)
        stretches = self._in_stretches(lowest, last)
        self._stretches = iter(stretches)
        if len(stretches) < READERS or not self.database.is_shared_by_threads:
            return self._carry_through()
        with ThreadPoolExecutor(READERS, thread_name_prefix="plan") as beside:
            told = self._nobody()
            for each in [beside.submit(self._carry_through) for _ in range(READERS)]:
                told.add(each.result())
        return told

    def _in_stretches(self, lowest: int, last: int) -> list[tuple[int, int]]:
        """All equally long, and as many for each reader: so none has a long one left when the others are done."""
        ids = max(last - lowest + 1, 1)
        most = self.stretch or (STRETCH if self.database.is_sqlite else STRETCH_ON_POSTGRESQL)
        number = 1 if self.agenda.is_of_one_piece else -(-ids // most)
        if number > 1:
            number = -(-number // READERS) * READERS
        size = -(-ids // number)
        return [(first, min(first + size - 1, last)) for first in range(lowest, last + 1, size)]

    def at_some(self, customer_ids: Sequence[int]) -> Told:
        if not self.agenda.entries:
            return self._nobody()
        tables = plan_tables.tables_for(self.agenda)
        with self.database.workbench(knows_its_keys=True) as bench:
            with bench.reading() as session:
                tables.make(session)
                whose = judging.of_asked(session, tables, customer_ids)
            return self._told(bench, tables, whose)

    def _nobody(self) -> Told:
        return Told(0, Counter(), [{} for _ in self.agenda.entries])

    def _carry_through(self) -> Told:
        """One stretch after the other, until all are handed out."""
        told, tables = self._nobody(), plan_tables.tables_for(self.agenda)
        with self.database.workbench(knows_its_keys=True) as bench:
            with bench.reading() as session:
                tables.make(session)
            while stretch := self._next():
                told.add(self._told(bench, tables, judging.of_stretch(*stretch)))
                with bench.reading() as session:
                    tables.empty(session, *tables.every())
        return told

    def _next(self) -> tuple[int, int] | None:
        with self._handing_out:
            return next(self._stretches, None)

    def _told(self, bench: Workbench, tables: Tables, whose: Whose) -> Told:
        agenda = self.agenda
        with bench.reading() as session:
            looked_at = judging.look(
                session, tables, self._built, agenda, self.today, whose, counts=self.counts
            )
        if agenda.is_of_one_piece:
            self.sends = self._days_sends(bench, tables)
        for entry in agenda.in_turn:
            self._choose(bench, tables, entry)
        self._write_deliveries(bench, tables)
        with bench.reading() as session:
            planned = Counter(plan_deliveries.planned(session, tables, agenda))
            if not self.counts:
                return Told(looked_at, planned, self._nobody().totals)
            judging.set_kept_aside(session, tables, self._built, self.today, whose)
            counted = totals.count(session, tables, self._built, agenda)
        if self.keeps:
            self._write_standings(bench, tables, whose)
        return Told(looked_at, planned, counted)

    def _days_sends(self, bench: Workbench, tables: Tables) -> dict[date, DaysSend]:
        entries = [entry for entry in self.agenda.entries if entry.of.moment.mass.target == "tag"]
        days = sorted({entry.of.moment.mass_day for entry in entries})
        sends = {
            day: self._days_send(
                bench, tables, day, [entry for entry in entries if entry.of.moment.mass_day == day]
            )
            for day in days
        }
        return {day: send for day, send in sends.items() if send is not None}

    def _days_send(
        self, bench: Workbench, tables: Tables, day: date, entries: Sequence[Entry]
    ) -> DaysSend | None:
        """A subscription account has one mass send a day: what has it, or where it does the greatest good."""
        with bench.reading() as session:
            if (known := days_sends.given(session, day)) is not None:
                return known
            waits, offers = days_sends.waited(session, self.today), list[Offer]()
            for entry in entries:
                plans.pick(session, tables, self._built, entry)
                offers += days_sends.offers(session, tables, entry, waits)
        return greatest_good.chosen(offers)

    def _choose(self, bench: Workbench, tables: Tables, entry: Entry) -> None:
        with bench.reading() as session:
            if not plans.has_any(session, tables, self._built, entry):
                return
            plans.pick(session, tables, self._built, entry)
            if entry.of.moment.mass.target == "tag":
                day = entry.of.moment.mass_day
                spent = mass_sends.day_is_spent(session, day)
                days_sends.give(session, tables, entry, self.sends.get(day), spent=spent)
            day_limits.keep(session, tables, entry)
            plans.settle(session, tables, self._built, entry, self.agenda.others(entry))

    def _write_deliveries(self, bench: Workbench, tables: Tables) -> None:
        """Of all purposes together: a page of customers, and of what they had, is written once for both."""
        writings = [self._writing_of(tables, of) for of in self.agenda.purposes.values()]
        with bench.reading() as session:
            parts = list(plan_deliveries.parts(session, self._built, *tables.won.values()))
        with self._turn_to_write():
            for first, last in parts:
                with bench.transaction() as session:
                    for each in writings:
                        each.write(session, first, last)

    def _turn_to_write(self) -> AbstractContextManager[object]:
        return self._writing if self.database.is_sqlite else nullcontext()

    def _writing_of(self, tables: Tables, of: OfPurpose) -> Writing:
        entries = [entry for entry in self.agenda.entries if entry.purpose == of.purpose]
        return Writing(tables, self._built, of, entries, self.at)

    def _write_standings(self, bench: Workbench, tables: Tables, whose: Whose) -> None:
        with bench.reading() as session:
            standings.note_changes(session, tables, self._built, self.agenda, whose)
            parts = list(plan_deliveries.parts(session, self._built, tables.changed))
        with self._turn_to_write():
            for first, last in parts:
                with bench.transaction() as session:
                    standings.write_changes(
                        session, tables, self._built, self.agenda, whose, self.pass_id, first, last
                    )
