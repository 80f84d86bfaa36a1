"""A mass send that two write down at once on PostgreSQL: they lock its rows in one order, and who collides tries again."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from threading import Event, Thread, current_thread
from typing import Any

from sqlalchemy import event, select
from sqlalchemy.exc import OperationalError

from bot.clock import FixedClock
from bot.services import Services
from bot.store.database import Database, Session
from bot.store.planning import moments
from bot.store.sending import claims, mass_reports, mass_sends
from bot.store.tables import customers
from bot.values.outcome import Accepted
from bot.values.push import MassSend
from bot.values.reports import MassFinished
from scheduler.deliver import attempt_mass
from tests.conftest import NOON
from tests.support import pushing
from tests.support.build import Build

CLOSES = NOON + timedelta(minutes=1)
A_WHILE = 1.0  # seconds; long enough for the other to come as far as it can


def left(services: Services) -> tuple[MassSend, list[int]]:
    """A mass send to two whose request left, as its worker holds it, and its deliveries."""
    with services.database.transaction() as session:
        build = Build(session)
        build.segment()
        build.content("words", purpose="service", approved_by=build.staff(), approved_at=NOON)
        build.campaign("first", ["words"])
        ids = [
            build.delivery(
                customer_id=build.customer(openid=f"o-{number}"), campaign_id="first", content_id="words",
                purpose="service", channel="mass", closes_at=CLOSES,
            )
            for number in range(2)
        ]  # fmt: skip
        moment = moments.claiming(session, NOON, services.config)
        made = mass_sends.begin(session, ids, target="openids", token="t", day=moment.today, now=NOON)
        assert made is not None
        claims.claim_pushes(session, ids, moment, token="t", real=NOON, leaves=True, mass_send_id=made)
        return mass_sends.gathered(session, made, "t"), ids


@contextmanager
def halted_after(database: Database, words: str, who: str, until: Event) -> Iterator[Event]:
    """The thread of this name waits there, a while at most. Gives what tells that it came so far."""
    came = Event()

    def after(_c: Any, _u: Any, statement: str, *_: Any) -> None:
        if current_thread().name == who and statement.startswith(words) and not came.is_set():
            came.set()
            until.wait(A_WHILE)

    event.listen(database.engine, "after_cursor_execute", after)
    yield came
    event.remove(database.engine, "after_cursor_execute", after)


def both(services: Services, one: Callable[[Session], object], other: Callable[[Session], object]) -> None:
    """The first has the mass send and waits while the other comes as far as it can; raises what either raised."""
    errors: list[OperationalError] = []
    database, came = services.database, Event()

    def run(act: Callable[[Session], object]) -> None:
        try:
            with database.transaction() as session:
                act(session)
        except OperationalError as error:
            errors.append(error)

    with (
        halted_after(database, "UPDATE mass_sends", "one", until=came) as begun,
        halted_after(database, "UPDATE deliveries", "other", until=came),
    ):
        threads = [
            Thread(target=run, args=[act], name=name) for act, name in ((one, "one"), (other, "other"))
        ]
        threads[0].start()
        begun.wait(A_WHILE)
        threads[1].start()
        for thread in threads:
            thread.join()
    if errors:
        raise errors[0]


def test_a_slow_worker_and_recovery_do_not_wait_for_each_other(
    postgresql: Database, clock: FixedClock
) -> None:
    """Recovery takes it again when its window is over, at the moment at which its worker is answered."""
    services = pushing.services_with(postgresql, clock)
    group, ids = left(services)
    clock.set(CLOSES + timedelta(minutes=5))

    def worker(session: Session) -> None:
        moment = moments.claiming(session, clock.now(), services.config)
        mass_sends.close(session, group, Accepted("77"), moment, real=clock.real(), repeated=False)

    def recovery(session: Session) -> None:
        moment = moments.claiming(session, clock.now(), services.config)
        mass_sends.take_again(session, group.id, "again", moment, real=clock.real())

    both(services, worker, recovery)
    with postgresql.reading() as session:
        assert {pushing.delivery(session, one).state for one in ids} == {"accepted"}


def test_a_late_report_and_giving_up_on_it_do_not_wait_for_each_other(
    postgresql: Database, clock: FixedClock
) -> None:
    services = pushing.services_with(postgresql, clock)
    group, ids = left(services)
    with postgresql.transaction() as session:
        moment = moments.claiming(session, clock.now(), services.config)
        mass_sends.close(session, group, Accepted("77"), moment, real=clock.real(), repeated=False)
    clock.forward(days=4)
    told = MassFinished(
        account="",
        openid="",
        sent_at=NOON,
        once_key="",
        msg_id_of_job="77",
        status="send success",
        total=2,
        sent=2,
    )
    both(
        services,
        lambda session: mass_reports.finished(session, told, clock.now()),
        lambda session: mass_reports.give_up_unreported(session, clock.now()),
    )
    with postgresql.reading() as session:
        assert {pushing.delivery(session, one).state for one in ids} == {"sent"}


def test_a_worker_whose_word_was_undone_in_favour_of_another_writes_it_again(
    postgresql: Database, clock: FixedClock
) -> None:
    """Another has the customer and wants the delivery; the worker has the delivery and wants the customer."""
    services = pushing.services_with(postgresql, clock)
    group, ids = left(services)
    wants_the_customer = Event()

    def before(_c: Any, _u: Any, statement: str, *_: Any) -> None:
        if current_thread().name == "worker" and statement.startswith("UPDATE customers"):
            wants_the_customer.set()

    event.listen(postgresql.engine, "before_cursor_execute", before)
    worker = Thread(target=attempt_mass, args=[services, group], kwargs={"repeated": False}, name="worker")
    with postgresql.transaction() as session:
        session.exec_driver_sql(
            "SET LOCAL deadlock_timeout = '60s'"
        )  # so that it is the worker who gives way
        session.execute(select(customers.c.id).with_for_update())
        worker.start()
        assert wants_the_customer.wait(5)
        pushing.change_delivery(session, ids[0], useful_until=CLOSES)
    worker.join()
    event.remove(postgresql.engine, "before_cursor_execute", before)
    with postgresql.reading() as session:
        assert {pushing.delivery(session, one).state for one in ids} == {"accepted"}
