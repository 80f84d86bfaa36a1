"""The promises about rhythm, held against whatever hypothesis can think of.

Random campaigns, customers, replies, opt-outs, clock jumps, crashes between any two steps, two workers: every
send that left is looked at the moment it leaves, and the totals after each step.
"""

import uuid
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from typing import Any

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
from sqlalchemy import Row, delete, func, select, update

from bot.channels import mass, reply_window
from bot.clock import FixedClock
from bot.rules.pushes.windows import is_quiet, window_at
from bot.services import Services
from bot.store.database import Database, Session
from bot.store.people import customers
from bot.store.planning import moments
from bot.store.planning.moments import Moment
from bot.store.sending import claims, deliveries, mass_reports, mass_sends
from bot.store.sending.taking_back import release
from bot.store.tables import customers as customer_rows
from bot.store.tables import deliveries as delivery_rows
from bot.store.tables import metadata, plan_totals
from bot.values.outcome import Accepted, Halt, Later, Never, Outcome, Sent, Unsure
from bot.values.push import Claimed, MassSend
from bot.values.reply import Text
from bot.values.reports import MassFinished
from scheduler.deliver import deliver_batch, hand_out
from scheduler.plan import plan
from scheduler.recover import recover
from scheduler.tidy import refresh_engagement
from tests.support import contact, pushing
from tests.support.build import Build
from tests.support.fake_wechat import FakeWeChat, Said

START = datetime(2026, 9, 28, 1, tzinfo=UTC)  # before the National Day holiday, 09:00 in Shanghai
CUSTOMERS = 6
TWENTY_HOURS = timedelta(hours=20)
FORTY_FOUR_HOURS = timedelta(hours=44)
PURPOSES = ("marketing", "care", "service")
ANSWERS = ("sent", "sent", "sent", "sent", "lost", "lost but arrived", "later", "never", "halt")
HAPPENINGS = (
    "writes", "is owed an answer", "opts out", "opts in", "complains", "is content", "leaves", "comes back",
    "asks for pushes", "asks for a person", "is looked at again",
)  # fmt: skip
STEPS = ("handed", "claimed", "left", "sent")  # after which a worker dies


class Crash(BaseException):
    """The process dies here: nothing after it runs, no transaction commits."""


@dataclass
class Watched(FakeWeChat):
    """Looks at everybody who is reached, at the moment they are."""

    look: Callable[[Said], None] | None = None
    dies_at: list[int] = field(default_factory=list)

    def send(self, openid: str, reply: Any, now: datetime) -> Outcome:
        return self._watched(lambda: FakeWeChat.send(self, openid, reply, now))

    def mass_to_openids(self, openids: Any, reply: Any, client_msg_id: str, now: datetime) -> Outcome:
        return self._watched(lambda: FakeWeChat.mass_to_openids(self, openids, reply, client_msg_id, now))

    def _watched(self, request: Callable[[], Outcome]) -> Outcome:
        before = len(self.sent)
        dies = self.dies_at.pop(0) if self.dies_at else 0
        if dies == 1:
            raise Crash
        outcome = request()
        for said in self.sent[before:]:
            if self.look is not None:
                self.look(said)
        if dies == 2:
            raise Crash
        return outcome


class Rhythm(RuleBasedStateMachine):
    database: Database

    def __init__(self) -> None:
        super().__init__()
        self.clock = FixedClock(START)
        self.wechat = Watched(
            look=self.look, reaches=lambda outcome: isinstance(outcome, Sent | Accepted) or outcome is ARRIVED
        )
        self.services: Services = pushing.services_with(
            self.database, self.clock, self.wechat, push={"hold_out_percent": 10}
        )
        self.rhythms: dict[str, list[tuple[datetime, date, bool]]] = {}
        self.texts: dict[str, tuple[str, bool]] = {}  # text → purpose, regular
        self.received: Counter[tuple[str, str]] = Counter()

    @initialize(
        engagement=st.lists(
            st.sampled_from(["engaged", "ordinary", "tired"]), min_size=CUSTOMERS, max_size=CUSTOMERS
        ),
        buckets=st.lists(
            st.sampled_from([9999, 1000, 5000, 9999, 999]), min_size=CUSTOMERS, max_size=CUSTOMERS
        ),
        kinds=st.lists(st.tuples(st.sampled_from(PURPOSES), st.booleans()), min_size=2, max_size=4),
    )
    def open_shop(self, engagement: list[str], buckets: list[int], kinds: list[tuple[str, bool]]) -> None:
        with self.database.transaction() as session:
            empty(session)
            build = Build(session)
            build.segment()
            approved = {"approved_by": build.staff(), "approved_at": START}
            for number, (purpose, regular) in enumerate(kinds):
                pool = []
                for piece in range(4):
                    text = f"{purpose} {number} {piece}。回复 TD 退订"
                    pool.append(build.content(f"c-{number}-{piece}", purpose=purpose, text=text, **approved))
                    said = f"【广告】{text}" if purpose == "marketing" else text
                    self.texts[said] = (purpose, regular)
                build.campaign(
                    f"k-{number}", pool, regular=regular, priority=number, marketing_in_window=number % 2 == 0
                )
            for number in range(CUSTOMERS):
                build.customer(openid=f"o-{number}", engagement=engagement[number], bucket=buckets[number])

    # what is done to the system

    @rule(
        answers=st.lists(st.sampled_from(ANSWERS), max_size=4),
        dies_at=st.lists(st.sampled_from([0, 1, 2]), max_size=3),
        step=st.sampled_from(["", *STEPS]),
    )
    def works_now(self, answers: list[str], dies_at: list[int], step: str) -> None:
        self.work_through(set(), answers, dies_at, step)

    @rule(which=st.integers(0, CUSTOMERS - 1), what=st.sampled_from(HAPPENINGS))
    def happens(self, which: int, what: str) -> None:
        now = self.services.now()
        match what:
            case "writes":
                self.writes(which)
            case "is owed an answer":
                self.is_owed_an_answer(which)
            case "opts out" | "opts in":
                self.change(f"o-{which}", {"wants_pushes": what == "opts in"})
            case "complains" | "is content":
                self.change(f"o-{which}", {"complaint_open": what == "complains"})
            case "leaves" | "comes back":
                self.change(f"o-{which}", {"unfollowed_at": now if what == "leaves" else None})
            case "asks for pushes":
                self.change(f"o-{which}", {"asked_for_pushes_at": now})
            case "asks for a person":
                self.change(f"o-{which}", {"with_person_until": now + timedelta(hours=5)})
            case "is looked at again":
                refresh_engagement(self.services)

    @rule(hours=st.sampled_from([0.01, 0.5, 2, 10, 20, 24, 44, 72, -0.01, -1, -20, -24, -100]))
    def the_clock_jumps(self, hours: float) -> None:
        self.clock.forward(hours=hours)

    @rule(
        days=st.integers(1, 2),
        writers=st.sets(st.integers(0, CUSTOMERS - 1)),
        answers=st.lists(st.sampled_from(ANSWERS), max_size=6),
        dies_at=st.lists(st.sampled_from([0, 0, 1, 2]), max_size=4),
        step=st.sampled_from([*STEPS, ""]),
    )
    def days_pass(
        self, days: int, writers: set[int], answers: list[str], dies_at: list[int], step: str
    ) -> None:
        """Most instants are outside every window: goes from one to the next, and works through each."""
        push = self.services.config.push
        for _ in range(days):
            midnight = (
                self.services.now().astimezone(push.zone).replace(hour=0, minute=0, second=0, microsecond=0)
            )
            for clock in (time(9, 30), time(11, 10), time(16, 40), time(19, 40)):
                at = datetime.combine(midnight.date(), clock, push.zone)
                if at < self.services.now():
                    continue
                self.clock.set(at)
                self.work_through(writers, answers, dies_at, step)
            self.clock.set(midnight + timedelta(days=1, hours=8))

    def work_through(self, writers: set[int], answers: list[str], dies_at: list[int], step: str) -> None:
        for which in sorted(writers):
            self.writes(which)
        plan(self.services, self.services.now())
        self.wechat.dies_at[:] = dies_at
        self.wechat.answers[:] = [self.answer(name) for name in answers]
        if step:
            self.dies_between_steps(step)
        self.deliver()
        self.clock.forward(minutes=45)
        self.alive(lambda: recover(self.services))
        self.deliver()
        self.wechat.dies_at.clear()
        self.wechat.answers.clear()

    @precondition(lambda self: any(said.client_msg_id for said in self.wechat.sent))
    @rule(well=st.booleans())
    def mass_sends_are_reported(self, well: bool) -> None:
        now = self.services.now()
        with self.database.transaction() as session:
            for wechat_id in mass_reports.unreported(session, now + timedelta(days=1000)):
                status = "send success" if well else "err(30003)"
                report = MassFinished(
                    account="", openid="", sent_at=now, once_key="", msg_id_of_job=wechat_id, status=status
                )
                if not well:
                    self.unsay(session, wechat_id)
                mass_reports.finished(session, report, now)

    # what is promised

    def look(self, said: Said) -> None:
        if said.text.startswith("answer "):
            self.received[said.openid, said.text] += 1
            assert self.received[said.openid, said.text] == 1, "an answer came twice"
            return
        push = self.services.config.push
        purpose, regular = self.texts[said.text]
        day = said.at.astimezone(push.zone).date()
        with self.database.reading() as session:
            who = session.execute(select(customer_rows).where(customer_rows.c.openid == said.openid)).one()
        for at, on, _ in self.rhythms.get(said.openid, []):
            assert on != day, "two pushes on one day"
            assert abs(said.at - at) >= TWENTY_HOURS, "two pushes within 20 hours"
            if regular and at <= said.at:
                assert said.at - at >= FORTY_FOUR_HOURS, "a regular push under 44 hours"
                assert (day - on).days >= 2, "a regular push under two calendar days"
        assert window_at(purpose, said.at, push) is not None, "outside its window"
        assert not is_quiet(said.at, push)
        self.is_willing(who, purpose, said.at)
        self.received[said.openid, said.text] += 1
        assert self.received[said.openid, said.text] == 1, "the same content twice"
        self.rhythms.setdefault(said.openid, []).append((said.at, day, regular))

    def is_willing(self, who: Row[Any], purpose: str, at: datetime) -> None:
        assert who.wants_pushes, "to someone who opted out"
        assert who.unfollowed_at is None, "to someone who left"
        assert who.bucket >= 1000, "to the hold-out"
        if purpose == "marketing":
            assert not who.complaint_open, "marketing during a complaint"
            assert who.with_person_until is None or who.with_person_until <= at, "marketing beside a person"

    @invariant()
    def totals_add_up(self) -> None:
        with self.database.reading() as session:
            waiting = select(func.count()).where(
                delivery_rows.c.state == "planned",
                delivery_rows.c.campaign_id.is_not(None),
                delivery_rows.c.channel != "next_contact",
            )
            assert (
                max(session.execute(waiting.group_by(delivery_rows.c.customer_id)).scalars(), default=0) <= 1
            )
            over = select(customer_rows.c.id).where(
                (customer_rows.c.window_left > 5) | (customer_rows.c.mass_used < 0)
            )
            assert session.execute(over).first() is None, "the ledger gave back more than it took"
            said = session.execute(
                select(delivery_rows.c.state).where(
                    delivery_rows.c.state.in_(("sent", "accepted", "unknown", "claimed"))
                )
            ).all()
            reached = sum(self.received.values())
            assert reached <= len(said), "somebody was reached and no row says so"

    @invariant()
    def every_reason_has_a_name(self) -> None:
        with self.database.reading() as session:
            unnamed = select(plan_totals.c.reason).where(plan_totals.c.reason == "").limit(1)
            assert session.execute(unnamed).first() is None

    # the machinery of this test

    def dies_between_steps(self, step: str) -> None:
        """By hand, what `deliver_batch` does, up to one of its steps; another worker has the same batch."""
        for batch in hand_out(self.services):
            ids = list(batch.ids)
            self.alive(partial(self.by_hand, ids, step))
            self.alive(partial(deliver_batch, self.services, ids))

    def writes(self, which: int) -> None:
        now = self.services.now()
        with self.database.transaction() as session:
            found = customers.profile_of(session, f"o-{which}")
            if found is not None:
                contact.spoke(session, found.id, now)
                deliveries.release_kept(session, found.id, now, self.services.config.push)

    def is_owed_an_answer(self, which: int) -> None:
        now = self.services.now()
        with self.database.transaction() as session:
            found = customers.profile_of(session, f"o-{which}")
            if found is not None:
                day = now.astimezone(self.services.config.push.zone).date()
                reply = Text(f"answer {uuid.uuid4().hex}")
                deliveries.owe_answer(
                    session, customer_id=found.id, answers_id=None, reply=reply, day=day, now=now
                )

    def answer(self, name: str) -> Outcome:
        now = self.services.now()
        match name:
            case "lost":
                return Unsure("no answer")
            case "lost but arrived":
                return ARRIVED
            case "later":
                return Later(now + timedelta(minutes=1), "busy")
            case "never":
                return Never("no")
            case "halt":
                return Halt("halted")
        return Sent()

    def deliver(self) -> None:
        self.alive(self.deliver_all)
        with self.database.transaction() as session:
            session.execute(delete(metadata.tables["channel_halts"]))

    def deliver_all(self) -> None:
        for batch in hand_out(self.services):
            deliver_batch(self.services, batch.ids)

    def alive(self, work: Callable[[], object]) -> None:
        try:
            work()
        except Crash:
            return

    def by_hand(self, ids: list[int], until: str) -> None:
        token, real = uuid.uuid4().hex, self.clock.real()
        if until == "handed":
            return
        with self.database.transaction() as session:
            moment = moments.claiming(session, self.services.now(), self.services.config)
            won, _ = claims.claim_pushes(session, ids, moment, token=token, real=real)
            won += claims.claim_answers(session, ids, moment, token=token, real=real)[0]
            mine = deliveries.claimed(session, won)
            many = [one.id for one in mine if one.channel == mass.name]
            group = mass_sends.gather(
                session, many, target="openids", token=token, day=moment.today, now=moment.now
            ) if many else None  # fmt: skip
        if until != "claimed":
            self.let_leave(
                [one for one in mine if one.channel != mass.name], group, token, sends=until == "sent"
            )

    def let_leave(self, singles: list[Claimed], group: MassSend | None, token: str, *, sends: bool) -> None:
        with self.database.transaction() as session:
            moment = moments.claiming(session, self.services.now(), self.services.config)
            left = claims.mark_left(
                session, [one.id for one in singles], token, moment, real=self.clock.real()
            )
            leaving = self.leaves(session, group, moment) if group else None
        if sends:
            for one in singles:
                if one.id in left:
                    (words,) = reply_window.words_for(one)
                    self.wechat.send(one.profile.openid, words, self.services.now())
            if leaving is not None:
                mass.send(self.wechat, leaving, self.services.now())

    def leaves(self, session: Session, group: MassSend, moment: Moment) -> MassSend | None:
        ids = list(group.deliveries)
        left = claims.mark_left(session, ids, group.token, moment, real=self.clock.real())
        release(session, [id_ for id_ in ids if id_ not in left], moment, "", token=group.token)
        return mass_sends.enough(session, mass_sends.gathered(session, group.id, group.token), moment)

    def change(self, openid: str, values: dict[str, Any]) -> None:
        with self.database.transaction() as session:
            session.execute(update(customer_rows).where(customer_rows.c.openid == openid).values(values))

    def unsay(self, session: Session, wechat_id: str) -> None:
        """WeChat reports that nothing was sent after all: then nobody had it."""
        rows = session.execute(
            select(customer_rows.c.openid, delivery_rows.c.content_id)
            .join(delivery_rows, delivery_rows.c.customer_id == customer_rows.c.id)
            .where(delivery_rows.c.wechat_id == wechat_id)
        ).all()
        for openid, _ in rows:
            key = self.wechat.key_of(wechat_id)
            for said in [
                said for said in self.wechat.sent if said.openid == openid and said.client_msg_id == key
            ]:
                self.wechat.sent.remove(said)
                self.received[openid, said.text] -= 1
                self.rhythms[openid] = [one for one in self.rhythms[openid] if one[0] != said.at]


ARRIVED = Unsure("no answer, but it arrived")


def empty(session: Session) -> None:
    for table in reversed(metadata.sorted_tables):
        session.execute(delete(table))


@contextmanager
def machine_on(database: Database) -> Iterator[type[Rhythm]]:
    class On(Rhythm):
        pass

    On.database = database
    yield On


def run(database: Database, examples: int, steps: int) -> None:
    with machine_on(database) as machine:
        run_state_machine_as_test(
            machine,
            settings=settings(
                max_examples=examples,
                stateful_step_count=steps,
                deadline=None,
                phases=(Phase.explicit, Phase.reuse, Phase.generate),  # shrinking takes minutes
                suppress_health_check=list(HealthCheck),
                print_blob=True,
            ),
        )


def test_no_promise_is_broken_on_sqlite(sqlite: Database) -> None:
    run(sqlite, examples=8, steps=8)


def test_no_promise_is_broken_on_postgresql(postgresql: Database) -> None:
    run(postgresql, examples=3, steps=6)
