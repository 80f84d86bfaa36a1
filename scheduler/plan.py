"""One planning pass: what did not go out in time moves on, then each running campaign, the most important first."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from bot.rules.pushes import greatest_good
from bot.rules.pushes.windows import PURPOSES, Window, next_window, window_at, windows_of
from bot.services import Services
from bot.store.campaigns import working_days
from bot.store.database import Workbench
from bot.store.planning import (
    care,
    day_limits,
    days_sends,
    judging,
    plan_changes,
    plan_entries,
    plan_passes,
    plan_tables,
    plans,
    standings,
    starvation,
    totals,
)
from bot.store.planning.plan_changes import Last
from bot.store.planning.plan_entries import Agenda, Entry
from bot.store.planning.plan_tables import Tables
from bot.store.sending import mass_sends, moving
from bot.values.days_send import DaysSend, Offer
from bot.values.push import CampaignPlan, PlanReport, Starved

LATELY = timedelta(minutes=10)
AHEAD = timedelta(hours=2)  # a window that opens within this is planned already


def plan(services: Services, at: datetime) -> PlanReport:
    """Looks at everybody."""
    return _Pass(services, at).run()


def tick(services: Services, at: datetime) -> PlanReport | None:
    """Every minute: looks at everybody when it is time for that, else at who changed since; None: nothing to do."""
    return _Pass(services, at).run_if_due()


class _Pass:
    """Reads and judges aside, writes a part at a time. Whatever it dies at, the next pass does the rest."""

    def __init__(self, services: Services, at: datetime) -> None:
        self._services, self._at = services, at
        self._send: DaysSend | None = None
        push = services.config.push
        self._today = at.astimezone(push.zone).date()
        with services.database.reading() as session:
            calendar = self._calendar = working_days.around(session, self._today)
        self._coming: dict[str, Window] = {
            purpose: window_at(purpose, at, push, calendar) or next_window(purpose, at, push, calendar)
            for purpose in PURPOSES
        }

    def run(self, of: Sequence[int] | None = None, before: Last | None = None) -> PlanReport:
        """`of`: only these customers, by the book of the pass before."""
        moved, late = self._tidy(of_all=of is None)
        done: Sequence[CampaignPlan] = ()
        with self._services.database.workbench() as bench:
            agenda = self._agenda(bench)
            if before is None or agenda.book != before.book:
                of, before = None, None
            if agenda.windows:
                done = self._look(bench, agenda, of, before.full_id if before else None)
        starved: Sequence[Starved] = ()
        if of is None:
            with self._services.database.reading() as session:
                starved = starvation.starved(session, self._at, self._services.config.push)
        return PlanReport(
            at=self._at,
            campaigns=tuple(done),
            starved=tuple(starved),
            moved=moved,
            too_late=late,
            calendar_known=all(window.kind.known for window in self._coming.values()),
            days_send=self._send,
        )

    def _tidy(self, *, of_all: bool = True) -> tuple[int, int]:
        moved, late, database = 0, 0, self._services.database
        with database.reading() as session:
            coming = self._coming if moving.is_due(session, self._at) else {}
            drops = of_all and moving.is_any_kept_useless(session, self._today, self._at)
            cares = care.is_due(session, self._today)
        for purpose, window in coming.items():
            more_moved, more_late = moving.move_closed(database, purpose, window, self._at)
            moved, late = moved + more_moved, late + more_late
        if drops:
            late += moving.drop_useless_kept(database, self._today, self._at)
        if cares:
            care.look_at_all(database, self._today, self._at)
        return moved, late

    def run_if_due(self) -> PlanReport | None:
        windows = self._windows()
        with self._services.database.reading() as session:
            before = plan_changes.last(session)
            if windows and plan_changes.wants_everybody(session, before, windows, self._at):
                before = None
            of = plan_changes.since(session, before) if windows and before else None
            has_closed = self._has_a_window_closed() and moving.is_due(session, self._at)
        if windows and (before is None or of is None):
            return self.run()
        if of:
            return self.run(of, before)
        if not has_closed:
            return None
        moved, late = self._tidy()
        return PlanReport(at=self._at, moved=moved, too_late=late)

    def _has_a_window_closed(self) -> bool:
        """Within the last minutes; whoever is still behind then is found by the next pass over everybody."""
        push = self._services.config.push
        return any(
            self._at - LATELY < window.closes <= self._at
            for purpose in PURPOSES
            for window in windows_of(purpose, self._today, push, self._calendar)
        )

    def _windows(self) -> dict[str, Window]:
        return {name: each for name, each in self._coming.items() if each.opens <= self._at + AHEAD}

    def _agenda(self, bench: Workbench) -> Agenda:
        windows = self._windows()
        with bench.reading() as session:
            return plan_entries.agenda(session, windows, self._at, self._services.config)

    def _look(
        self, bench: Workbench, agenda: Agenda, of: Sequence[int] | None, full_id: int | None
    ) -> Sequence[CampaignPlan]:
        tables = plan_tables.tables_for(agenda)
        kind, book = (plan_passes.FULL, agenda.book) if of is None else (plan_passes.CHANGES, None)
        with bench.transaction() as session:
            pass_id = plan_passes.begin(session, kind, book, full_id, self._at)
        if not agenda.entries:
            with bench.transaction() as session:
                plan_passes.finish(session, pass_id, 0, self._at)
            return ()
        with bench.reading() as session:
            tables.make(session)
            judging.ask_after(session, tables, of or ())
            looked_at = judging.look(session, tables, agenda, self._today, only_asked=of is not None)
        self._send = self._days_send(bench, tables, agenda)
        planned = {one.number: self._plan(bench, tables, agenda, one) for one in agenda.in_turn}
        with bench.reading() as session:
            judging.set_kept_aside(session, tables, self._today, only_asked=of is not None)
            counted = totals.count(session, tables, agenda)
        self._write_standings(bench, tables, agenda, pass_id)
        with bench.transaction() as session:
            totals.write(session, agenda, counted, self._at, kind)
            plan_passes.finish(session, pass_id, looked_at, self._at)
        return [
            CampaignPlan(
                campaign_id=entry.campaign.id,
                purpose=entry.purpose,
                planned=planned[entry.number],
                totals=counted[entry.number],
            )
            for entry in agenda.in_turn
        ]

    def _days_send(self, bench: Workbench, tables: Tables, agenda: Agenda) -> DaysSend | None:
        """A subscription account has one mass send a day: what has it, or where it does the greatest good."""
        entries = [entry for entry in agenda.entries if entry.of.moment.mass.target == "tag"]
        if not entries:
            return None
        with bench.reading() as session:
            if (known := days_sends.given(session, entries[0].of.window.day)) is not None:
                return known
            waits, offers = days_sends.waited(session, self._today), list[Offer]()
            for entry in entries:
                plans.pick(session, tables, entry)
                offers += days_sends.offers(session, tables, entry, waits)
        return greatest_good.chosen(offers)

    def _plan(self, bench: Workbench, tables: Tables, agenda: Agenda, entry: Entry) -> int:
        planned = 0
        with bench.reading() as session:
            plans.pick(session, tables, entry)
            if entry.of.moment.mass.target == "tag":
                spent = mass_sends.day_is_spent(session, entry.of.window.day)
                days_sends.give(session, tables, entry, self._send, spent=spent)
            day_limits.keep(session, tables, entry)
            parts = list(plans.parts(session, tables.picked, tables.picked.c.reason.is_(None)))
        for first, last in parts:
            with bench.transaction() as session:
                planned += plans.write(session, tables, entry, self._at, first, last)
        with bench.reading() as session:
            plans.settle(session, tables, entry, agenda.others(entry))
        return planned

    def _write_standings(self, bench: Workbench, tables: Tables, agenda: Agenda, pass_id: int) -> None:
        with bench.reading() as session:
            standings.note_changes(session, tables, agenda)
            parts = list(plans.parts(session, tables.changed))
        for first, last in parts:
            with bench.transaction() as session:
                standings.write_changes(session, tables, agenda, pass_id, first, last)
