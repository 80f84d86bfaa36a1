"""The promises about pushes, held against whatever hypothesis can think of.

Random campaigns, customers, replies, comings and goings, quotas, clocks that jump forward and back, several workers, crashes
at any statement, commit and request. What WeChat really received is judged by `tests/support/promises.py`, which knows
nothing of our tables; after every step the totals add up; and when nothing is broken, everybody who may be reached is.

`WEILAN_EXAMPLES=300` makes it longer.
"""

import os
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta
from functools import partial
from typing import Any, ClassVar

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import delete, func, select, update

from bot.clock import FixedClock
from bot.rules.pushes.buckets import bucket_of
from bot.services import Services
from bot.store.database import Database, Session
from bot.store.people import customers, following, forgetting
from bot.store.sending import deliveries, halts, mass_reports, withdrawals
from bot.store.tables import campaigns, channel_halts, metadata
from bot.store.tables import customers as customer_rows
from bot.store.tables import deliveries as delivery_rows
from bot.values.outcome import Halt, Later, Never, Outcome, Sent
from bot.values.reply import Text
from bot.values.reports import MassFinished
from scheduler.deliver import deliver_batch, hand_out
from scheduler.plan import plan
from scheduler.recover import recover
from scheduler.tidy import refresh_engagement
from tests.support import contact
from tests.support.build import Build
from tests.support.faults import POINTS, Trouble, Worker, dies
from tests.support.promises import Person, Promises, marked
from tests.support.watched_wechat import ARRIVED, LOST, WatchedWeChat

START = datetime(2026, 9, 28, 1, tzinfo=UTC)  # before the National Day holiday, 09:00 in Shanghai
CUSTOMERS = 6
OPENIDS = [f"o-{number}" for number in range(CUSTOMERS)]
PURPOSES = ("marketing", "care", "service")
ALL_CHANNELS = [[], ["reply_window"], ["mass"], ["mass", "next_contact"], ["next_contact"]]
WELL = "sent"
ANSWERS = (WELL, WELL, WELL, "lost", "arrived", "later", "never", "halt")
DOINGS = (
    "writes", "writes", "taps", "is owed an answer", "opts out", "opts in", "complains", "is content",
    "leaves", "comes back", "asks for pushes", "asks for a person",
)  # fmt: skip
OTHERS = (
    "another worker",
    "the planner",
    "recovery",
    "two hours pass",
    "back an hour",
    "opts out",
    "leaves",
    "stop switch",
)
IN_A_REQUEST = ("another worker", "the planner", "recovery")
CLOCKS = (time(9, 20), time(11, 10), time(16, 40), time(19, 40))
SALT = "salt"

chance_of_trouble = st.one_of(
    st.none(),
    st.tuples(st.sampled_from(POINTS), st.integers(1, 40), st.just("dies")),
    st.tuples(st.just("between"), st.integers(1, 8), st.sampled_from(OTHERS)),
    st.tuples(st.sampled_from(POINTS[3:]), st.integers(1, 3), st.sampled_from(IN_A_REQUEST)),
)
answers = st.lists(st.sampled_from(ANSWERS), max_size=5)


class Pushes(RuleBasedStateMachine):
    database: ClassVar[Database]
    clock: ClassVar[FixedClock]
    wechat: ClassVar[WatchedWeChat]
    workers: ClassVar[list[Worker]]

    def __init__(self) -> None:
        super().__init__()
        self.promises: Promises
        self.latest = START
        self.fresh = 0

    @initialize(
        kinds=st.lists(
            st.tuples(st.sampled_from(PURPOSES), st.booleans(), st.sampled_from(ALL_CHANNELS), st.booleans()),
            min_size=2,
            max_size=4,
        ),
        is_subscription=st.sampled_from([False, False, True]),
        at_once=st.sampled_from([1, 6]),
    )
    def open_shop(
        self, kinds: list[tuple[str, bool, list[str], bool]], is_subscription: bool, at_once: int
    ) -> None:
        self.clock.set(START)
        sections = {
            "push": {"hold_out_percent": 30, "at_once": at_once},
            "wechat": {"account_kind": "subscription" if is_subscription else "service"},
        }
        for worker in self.workers:
            worker.with_settings(sections)
        self.at_once = at_once
        self.promises = Promises(self.calm.config.push, OPENIDS, is_subscription=is_subscription)
        self.wechat.__init__(promises=self.promises)  # type: ignore[misc]
        with self.database.transaction() as session:
            for table in reversed(metadata.sorted_tables):
                session.execute(delete(table))
            self.build = Build(session)
            self.build.segment()
            self.approved = {"approved_by": self.build.staff(), "approved_at": START}
            for number, (purpose, regular, channels, repeat) in enumerate(kinds):
                self.campaign(
                    f"k{number}", purpose, regular=regular, channels=channels, repeat=repeat, priority=number
                )
            for openid in OPENIDS:
                self.build.customer(
                    openid=openid, bucket=bucket_of(openid), created_at=START, followed_at=START
                )

    def campaign(self, id_: str, purpose: str, *, regular: bool, **fields: Any) -> None:
        pool = []
        for piece in range(4):
            words = marked(purpose, f"{id_}-{piece}", regular=regular)
            pool.append(self.build.content(f"{id_}-{piece}", purpose=purpose, text=words, **self.approved))
        self.build.campaign(id_, pool, regular=regular, **fields)
        if fields.get("repeat"):
            self.promises.may_come_again.update(pool)

    # what happens

    @rule(
        writers=st.sets(st.sampled_from(OPENIDS), min_size=2),
        answers=answers,
        trouble=chance_of_trouble,
        when=st.sampled_from(CLOCKS),
        ahead=st.integers(0, 3),
        days=st.integers(1, 3),
        doings=st.lists(st.tuples(st.sampled_from(OPENIDS), st.sampled_from(DOINGS)), max_size=3),
    )
    def days_are_worked_through(
        self,
        writers: set[str],
        answers: list[str],
        trouble: Any,
        when: time,
        ahead: int,
        days: int,
        doings: list[tuple[str, str]],
    ) -> None:
        """One window of each day, one day after the other: this is where rhythms are broken."""
        for openid, what in doings:
            self.happens(openid, what)
        zone = self.calm.config.push.zone
        first = self.clock.now().astimezone(zone).date() + timedelta(days=ahead)
        for number in range(days):
            at = datetime.combine(first + timedelta(days=number), when, zone)
            if at > self.clock.now():
                self.clock.set(at)
                self.latest = max(self.latest, at)
            self.work_through(writers, answers if number == 0 else [], trouble)

    @rule(answers=answers, trouble=chance_of_trouble)
    def works_now(self, answers: list[str], trouble: Any) -> None:
        self.work_through(set(), answers, trouble)

    @rule(openid=st.sampled_from(OPENIDS), what=st.sampled_from(DOINGS))
    def does(self, openid: str, what: str) -> None:
        self.happens(openid, what)

    @rule(hours=st.sampled_from([0.01, 0.5, 2, 10, 20, 24, 44, 72, -0.01, -1, -20, -24, -100]))
    def the_clock_jumps(self, hours: float) -> None:
        self.jump(hours)

    @rule(which=st.integers(0, 3), what=st.sampled_from(["paused", "running", "withdrawn"]))
    def a_campaign_is_touched(self, which: int, what: str) -> None:
        with self.database.transaction() as session:
            if what == "withdrawn":
                withdrawals.of_one_that_stops(session, f"k{which}", self.clock.now())
            else:
                session.execute(update(campaigns).where(campaigns.c.id == f"k{which}").values(status=what))

    @precondition(lambda self: any(said.client_msg_id for said in self.wechat.sent))
    @rule(well=st.booleans())
    def mass_sends_are_reported(self, well: bool) -> None:
        now = self.clock.now()
        with self.database.transaction() as session:
            for wechat_id in mass_reports.unreported(session, now + timedelta(days=1000)):
                status = "send success" if well else "err(30003)"
                mass_reports.finished(session, report_of(wechat_id, status, now), now)
                if not well:
                    key = self.wechat.key_of(wechat_id)
                    self.promises.never_came(key)
                    self.wechat.sent[:] = [said for said in self.wechat.sent if said.client_msg_id != key]

    @rule(purpose=st.sampled_from(["care", "service"]), writers=st.sets(st.sampled_from(OPENIDS)))
    def a_calm_week_later_everybody_is_reached(self, purpose: str, writers: set[str]) -> None:
        """A day without any fault: who may be reached, by the judge's own books, is reached within the window."""
        zone = self.calm.config.push.zone
        self.lift()
        self.fresh += 1
        day = self.latest.astimezone(zone).date() + timedelta(days=9)
        self.clock.set(datetime.combine(day, time(8, 30), zone))
        self.latest = self.clock.now()
        recover(self.calm)
        with self.database.transaction() as session:
            self.build._session = session
            self.campaign(f"f{self.fresh}", purpose, regular=True, priority=100)
        for openid in sorted(writers):
            self.happens(openid, "writes")
        refresh_engagement(self.calm)
        for hour in (9, 11, 16, 19, 20):  # each window, and after its last slot
            self.clock.set(datetime.combine(day, time(hour, 45), zone))
            plan(self.calm, self.clock.now())
            self.deliver(self.calm)
        for openid in sorted(writers):
            person = self.promises.people[openid]
            today = [push for push in person.pushes if push.day == day]
            wanted = person.follows and person.wants and not self.promises.is_held_out(person)
            assert len(today) == wanted, f"{openid} was not reached on {day}: {person}"

    # what is promised

    @invariant()
    def no_promise_is_broken(self) -> None:
        assert not self.promises.broken, "\n".join(self.promises.broken)

    @invariant()
    def the_books_are_right(self) -> None:
        with self.database.reading() as session:
            books_are_right(session, self.promises)

    # the machinery

    @property
    def calm(self) -> Services:
        return self.workers[0].services

    def work_through(self, writers: set[str], given: list[str], trouble: Any) -> None:
        for openid in sorted(writers):
            self.happens(openid, "writes")
        self.wechat.answers[:] = [self.answer(name) for name in given]
        self.work(lambda services: plan(services, self.clock.now()), trouble)
        self.work(self.deliver, trouble)
        self.jump(0.75)
        self.work(recover, trouble)
        self.work(self.deliver, None)
        self.wechat.answers.clear()

    def work(self, task: Callable[[Services], object], trouble: Any) -> None:
        """As the first worker; what befalls it may be the second."""
        worker, befalls = self.workers[0], None
        if trouble is not None:
            point, number, what = trouble
            befalls = Trouble(point, number, dies if what == "dies" else partial(self.meanwhile, what))
        self.wechat.reached = worker.reached
        worker.work(task, befalls)

    def meanwhile(self, what: str) -> None:
        other = self.workers[1]
        match what:
            case "another worker":
                self.deliver(other.services)
            case "the planner":
                plan(other.services, self.clock.now())
            case "recovery":
                recover(other.services)
            case "two hours pass":
                self.jump(2)
            case "back an hour":
                self.jump(-1)
            case "stop switch":
                with self.database.transaction() as session:
                    halts.halt(session, halts.PUSHES, "a person", self.clock.now())
            case _ if self.at_once == 1:  # else other requests of the same claim are on their way
                for openid in OPENIDS[:4]:
                    self.happens(openid, what)

    def deliver(self, services: Services) -> None:
        for batch in hand_out(services):
            deliver_batch(services, batch.ids)
        self.lift()

    def lift(self) -> None:
        with self.database.transaction() as session:
            session.execute(delete(channel_halts))

    def jump(self, hours: float) -> None:
        self.promises.was_back_in_time |= hours < 0
        self.clock.forward(hours=hours)
        self.latest = max(self.latest, self.clock.now())

    def answer(self, name: str) -> Outcome:
        known: dict[str, Outcome] = {
            "lost": LOST, "arrived": ARRIVED, "later": Later(self.clock.now() + timedelta(minutes=1), "busy"),
            "never": Never("no"), "halt": Halt("halted"),
        }  # fmt: skip
        return known.get(name, Sent())

    def happens(self, openid: str, what: str) -> None:
        """To the judge's books and through the doors of the store."""
        person, now = self.promises.people[openid], self.clock.now()
        with self.database.transaction() as session:
            found = customers.profile_of(session, openid)
            if found is not None:
                self.does_something(session, found.id, person, what, now)
            elif what == "comes back":
                person.follows = True
                came = customers.met(session, openid, now, salt=SALT, source="follow").id
                following.followed(session, came, source="follow", scene="", who=openid, now=now)

    def does_something(self, session: Session, id_: int, person: Person, what: str, now: datetime) -> None:
        push = self.calm.config.push
        values: dict[str, Any] = {}
        match what:
            case "writes":
                person.window = (now + timedelta(hours=48), 5)
                contact.spoke(session, id_, now)
                deliveries.release_kept(session, id_, now, push)
            case "taps":
                person.scene = (now + timedelta(minutes=1), 3)
                contact.opened_scene(session, id_, now)
            case "is owed an answer":
                day = now.astimezone(push.zone).date()
                words = Text(f"answer {next(self.build._numbers)}")
                deliveries.owe_answer(
                    session, customer_id=id_, answers_id=None, reply=words, day=day, now=now
                )
            case "opts out" | "opts in":
                person.wants = values["wants_pushes"] = what == "opts in"
            case "complains" | "is content":
                person.complains = values["complaint_open"] = what == "complains"
            case "asks for pushes":
                values["asked_for_pushes_at"] = now
            case "asks for a person":
                person.person_until = values["with_person_until"] = now + timedelta(hours=5)
            case "leaves":
                forgetting.forget(session, id_, SALT, now)
                person.follows, person.complains, person.person_until = False, False, None
        if values:
            session.execute(update(customer_rows).where(customer_rows.c.id == id_).values(values))


def report_of(wechat_id: str, status: str, now: datetime) -> MassFinished:
    return MassFinished(
        account="", openid="", sent_at=now, once_key="", msg_id_of_job=wechat_id, status=status
    )


def books_are_right(session: Session, promises: Promises) -> None:
    waits = (delivery_rows.c.state == "planned") & delivery_rows.c.campaign_id.is_not(None)
    waits &= delivery_rows.c.channel != "next_contact"
    doubles = select(delivery_rows.c.customer_id).where(waits).group_by(delivery_rows.c.customer_id)
    assert session.execute(doubles.having(func.count() > 1)).first() is None, "two pushes planned for one"
    over = (
        (customer_rows.c.window_left > 5)
        | (customer_rows.c.window_left < 0)
        | (customer_rows.c.mass_used < 0)
    )
    assert session.execute(select(customer_rows.c.id).where(over)).first() is None, "a ledger is wrong"
    by_content = select(delivery_rows.c.content_id, delivery_rows.c.state, func.count())
    by_content = by_content.where(delivery_rows.c.content_id.is_not(None))
    states: Counter[tuple[str, str]] = Counter()
    for content, state, number in session.execute(
        by_content.group_by(delivery_rows.c.content_id, delivery_rows.c.state)
    ):
        states[content, state] = number
    for content in {content for content, _ in states}:
        arrived = promises.arrived(content)
        certain = states[content, "sent"] + states[content, "accepted"]
        maybe = states[content, "unknown"] + states[content, "claimed"]
        assert certain <= arrived, f"sent {content}, says the table, and nobody has it"
        assert arrived <= certain + maybe, f"somebody has {content}, and no row says so"


def run(database: Database, examples: int, steps: int) -> None:
    clock, wechat = FixedClock(START), WatchedWeChat()
    workers = [Worker(database, clock, wechat, {}) for _ in range(2)]

    class On(Pushes):
        pass

    On.database, On.clock, On.wechat, On.workers = database, clock, wechat, workers
    examples = int(os.environ.get("WEILAN_EXAMPLES", examples))
    try:
        run_state_machine_as_test(
            On,
            settings=settings(
                max_examples=examples,
                stateful_step_count=steps,
                deadline=None,
                phases=(Phase.explicit, Phase.reuse, Phase.generate),  # shrinking takes minutes
                suppress_health_check=list(HealthCheck),
                print_blob=True,
            ),
        )
    finally:
        for worker in workers:
            worker.close()


def test_no_promise_is_broken_on_sqlite(sqlite: Database) -> None:
    run(sqlite, examples=6, steps=8)


def test_no_promise_is_broken_on_postgresql(postgresql: Database) -> None:
    run(postgresql, examples=3, steps=6)
