"""One planning pass: what did not go out in time moves on, then everybody is looked at (`plan_look.py`)."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from bot.rules.pushes.windows import PURPOSES, Window, next_window, window_at, windows_of
from bot.services import Services
from bot.store import tidying
from bot.store.campaigns import working_days
from bot.store.planning import care, making_way, plan_changes, plan_entries, plan_passes, starvation, totals
from bot.store.planning.plan_changes import Last
from bot.store.planning.plan_entries import Agenda
from bot.store.sending import moving
from bot.store.tables import deliveries
from bot.values.days_send import DaysSend
from bot.values.push import CampaignPlan, PlanReport, Starved
from scheduler.plan_look import Look

LATELY = timedelta(minutes=10)
AHEAD = timedelta(hours=2)  # a window that opens within this is planned already


def plan(services: Services, at: datetime, *, stretch: int | None = None) -> PlanReport:
    """Looks at everybody, so many ids at a time."""
    return _Pass(services, at, stretch=stretch).run()


def rehearse(services: Services, at: datetime, *, keeps: bool, counts: bool) -> PlanReport:
    """The same in a simulation: what was decided for each customer is kept only if somebody will ask for it.

    Nor is counted what was decided, when another pass of the day counts it again.
    """
    return _Pass(services, at, keeps=keeps, counts=keeps or counts).run()


def tick(services: Services, at: datetime) -> PlanReport | None:
    """Every minute: looks at everybody when it is time for that, else at who changed since; None: nothing to do."""
    return _Pass(services, at).run_if_due()


class _Pass:
    """Whatever it dies at, the next pass does the rest."""

    def __init__(
        self,
        services: Services,
        at: datetime,
        *,
        keeps: bool = True,
        counts: bool = True,
        stretch: int | None = None,
    ) -> None:
        self._services, self._at, self._stretch = services, at, stretch
        self._keeps, self._counts = keeps, counts
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
        agenda = self._agenda()
        if before is None or agenda.book != before.book:
            of, before = None, None
        gave_way = 0
        if of is None:
            gave_way = making_way.make_way(self._services.database, agenda, self._at, self._services.config)
        if agenda.windows:
            done = self._look(agenda, of, before.full_id if before else None)
        starved: Sequence[Starved] = ()
        if of is None and self._keeps:
            with self._services.database.reading() as session:
                starved = starvation.starved(session, self._at, self._services.config.push)
        return PlanReport(
            at=self._at,
            campaigns=tuple(done),
            starved=tuple(starved),
            moved=moved,
            too_late=late,
            gave_way=gave_way,
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

    def _agenda(self) -> Agenda:
        windows = self._windows()
        with self._services.database.reading() as session:
            return plan_entries.agenda(session, windows, self._at, self._services.config)

    def _look(self, agenda: Agenda, of: Sequence[int] | None, full_id: int | None) -> Sequence[CampaignPlan]:
        kind, book = (plan_passes.FULL, agenda.book) if of is None else (plan_passes.CHANGES, None)
        database = self._services.database
        with database.transaction() as session:
            pass_id = plan_passes.begin(session, kind, book, full_id, self._at)
        look = Look(
            database,
            agenda,
            pass_id,
            self._at,
            self._today,
            self._stretch,
            keeps=self._keeps,
            counts=self._counts,
        )
        told = look.at_all() if of is None else look.at_some(of)
        self._send = next(iter(look.sends.values()), None)
        with database.transaction() as session:
            if self._keeps:
                totals.write(session, agenda, told.totals, self._at, kind)
            plan_passes.finish(session, pass_id, told.looked_at, self._at)
        if of is None and told.planned:
            tidying.note_what_came(database, deliveries)
        return [
            CampaignPlan(
                campaign_id=entry.campaign.id,
                purpose=entry.purpose,
                planned=told.planned.get(entry.number, 0),
                totals=told.totals[entry.number],
            )
            for entry in agenda.in_turn
        ]
