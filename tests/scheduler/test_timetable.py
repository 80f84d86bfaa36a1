"""One active scheduler, whoever else is started; and what a jump of the product's clock brings."""

import threading
import time
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select

from bot.clock import Clock, FixedClock
from bot.store.database import Database
from bot.store.leases import LASTS, AdvisoryLease, lease
from bot.store.tables import customer_statistics, deliveries
from scheduler import refresh, timetable
from scheduler.timetable import TIMETABLE
from tests.conftest import NOON
from tests.support import pushing
from tests.support.build import Build
from tests.support.fake_wechat import FakeWeChat
from tests.support.moved_clock import move
from tests.support.waiting import comes_true

OPEN = {"window_until": NOON + timedelta(days=30), "window_left": 5}


class Sandbox:
    """The product's time stands still until it is moved; the real one goes on."""

    def __init__(self, at: datetime) -> None:
        self.at = at

    def now(self) -> datetime:
        return self.at

    def real(self) -> datetime:
        return datetime.now(UTC)


def lay_out(database: Database, many: int) -> None:
    with database.transaction() as session:
        build = Build(session)
        build.segment()
        for name in ("one", "two"):
            build.content(name, purpose="service")
        build.campaign("first", ["one", "two"])
        for _ in range(many):
            build.customer(**OPEN)


def started(database: Database, clock: Clock, wechat: FakeWeChat, stop: threading.Event) -> threading.Thread:
    services = pushing.services_with(database, clock, wechat)
    thread = threading.Thread(target=timetable.run, args=(services, stop))
    thread.start()
    return thread


def test_two_schedulers_send_nothing_twice_and_the_clock_brings_the_next(database: Database) -> None:
    lay_out(database, 20)
    clock, wechat, stop = Sandbox(NOON), FakeWeChat(), threading.Event()
    both = [started(database, clock, wechat, stop) for _ in range(2)]
    first_came = comes_true(lambda: have_come(database, clock, wechat, 20))
    clock.at = NOON + timedelta(days=4)
    next_came = comes_true(lambda: have_come(database, clock, wechat, 40))
    stop.set()
    for one in both:
        one.join()
    assert first_came
    assert next_came
    texts = sorted((said.openid, said.at) for said in wechat.sent)
    assert len({(openid, at.date()) for openid, at in texts}) == len(texts) == 40


def have_come(database: Database, clock: Sandbox, wechat: FakeWeChat, many: int) -> bool:
    """Lets the next slot come by as soon as nothing is due."""
    with database.reading() as session:
        waiting = select(func.min(deliveries.c.due_at)).where(deliveries.c.state == "planned")
        clock.at = max(clock.at, session.execute(waiting).scalar() or clock.at)
    return len(wechat.sent) == many


def test_one_holds_the_lease_and_another_takes_over_when_it_lets_go(database: Database) -> None:
    clock = FixedClock(NOON)
    first, second = (lease(database, "scheduler", clock.real) for _ in range(2))
    assert [first.hold(), second.hold(), first.hold(), second.hold()] == [True, False, True, False]
    second.release()  # which it does not hold
    assert not second.hold()
    first.release()
    assert second.hold()
    assert not first.hold()
    second.release()


def test_leases_of_other_names_do_not_meet(database: Database) -> None:
    clock = FixedClock(NOON)
    first, second, heir = (lease(database, name, clock.real) for name in ("one", "two", "two"))
    assert first.hold()
    assert second.hold()
    first.release()
    assert not heir.hold()
    second.release()


def test_a_dead_holder_of_a_row_loses_it_when_its_time_is_over(sqlite: Database) -> None:
    clock = FixedClock(NOON)
    dead, alive = lease(sqlite, "scheduler", clock.real), lease(sqlite, "scheduler", clock.real)
    assert dead.hold()
    clock.forward(seconds=LASTS.total_seconds())
    assert not alive.hold()
    clock.forward(seconds=1)
    assert alive.hold()
    assert not dead.hold()


def test_a_dead_holder_of_a_row_loses_it_though_the_clock_was_set_back_by_an_hour(sqlite: Database) -> None:
    at = [NOON]
    dead, heir = (lease(sqlite, "scheduler", lambda: at[0]) for _ in range(2))
    assert dead.hold()
    at[0] = NOON - timedelta(hours=1)
    assert heir.hold()
    assert not dead.hold()


def test_a_holder_whose_connection_is_gone_loses_the_lease(postgresql: Database) -> None:
    clock = FixedClock(NOON)
    first, second = lease(postgresql, "scheduler", clock.real), lease(postgresql, "scheduler", clock.real)
    assert first.hold()
    with postgresql.transaction() as session:
        session.exec_driver_sql(
            "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND pid <> pg_backend_pid()"
        )
    assert comes_true(second.hold)  # a backend takes a moment to end
    assert not first.hold()
    second.release()


def test_a_holder_that_stands_still_loses_the_lease(postgresql: Database) -> None:
    lasts = 1.0
    frozen, other = (AdvisoryLease(postgresql, "scheduler", timedelta(seconds=lasts)) for _ in range(2))
    began = time.monotonic()
    assert frozen.hold()
    assert comes_true(other.hold)
    assert time.monotonic() - began >= lasts
    assert not frozen.hold()
    other.release()


def test_a_holder_that_keeps_asking_keeps_the_lease(postgresql: Database) -> None:
    lasts = 1.0
    holder, other = (AdvisoryLease(postgresql, "scheduler", timedelta(seconds=lasts)) for _ in range(2))

    def is_kept() -> bool:
        """Tried anew where the machine itself stood still for that long."""
        holder.release()
        other.release()
        until = time.monotonic() + 2 * lasts
        while holder.hold() and not other.hold():
            if time.monotonic() > until:
                return True
            time.sleep(0.05)
        return False

    assert comes_true(is_kept)
    holder.release()


def test_a_scheduler_that_wakes_up_does_nothing_before_it_has_asked_for_the_lease(sqlite: Database) -> None:
    clock, wechat = FixedClock(NOON), FakeWeChat()
    services = pushing.services_with(sqlite, clock, wechat)
    ran: list[datetime] = []
    chore = timetable.Chore("seen", lambda services: ran.append(services.now()), timedelta(seconds=0.05))
    active = timetable.Active(services, [chore])
    assert comes_true(lambda: bool(ran))
    clock.forward(seconds=LASTS.total_seconds() + 1)  # it stood still
    before = len(ran)
    time.sleep(0.5)
    assert len(ran) <= before + 1  # one may have been at it
    before = len(ran)
    active.holds()
    assert comes_true(lambda: len(ran) > before)
    active.stop()


def test_every_job_has_a_name_of_its_own() -> None:
    assert len({job.id for job in TIMETABLE}) == len(TIMETABLE)


@pytest.mark.parametrize(
    ("moved", "lifecycle"),
    [
        pytest.param(timedelta(days=100), "dormant", id="the nights between place everybody"),
        pytest.param(timedelta(hours=2), "existing", id="no night lies between"),
    ],
)
def test_moving_the_clock_over_a_night_places_customers(
    database: Database, wechat: FakeWeChat, moved: timedelta, lifecycle: str
) -> None:
    with database.transaction() as session:
        build = Build(session)
        build.order(build.customer(), ordered_at=NOON - timedelta(days=100))
    services = pushing.services_with(database, FixedClock(NOON), wechat)
    refresh.refresh(services)
    move(services, moved)
    with database.reading() as session:
        assert session.scalars(select(customer_statistics.c.lifecycle)).all() == [lifecycle]
