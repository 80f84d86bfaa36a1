"""Other programs are told: signed, again when they fail, each apart from the others, never less than once."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Row, select, update

from bot.clock import FixedClock
from bot.outgoing import sealing
from bot.rules.webhooks.webhook_retries import LONGEST_REST, TRIES, WAITS
from bot.rules.webhooks.webhook_signing import signature
from bot.services import Services
from bot.store.database import Database
from bot.store.programs import outbox as events
from bot.store.programs import webhook_calls as calls_
from bot.store.programs import webhooks as endpoints
from bot.store.tables import outbox, webhook_calls, webhook_endpoints
from bot.values.webhooks import Answer, Told
from scheduler import webhooks
from scheduler.beside import Beside
from tests.conftest import NOON
from tests.support import pushing
from tests.support.build import Build
from tests.support.receiver import Receiver, receiving
from tests.support.waiting import comes_true

KIND = "customer.changed"
KEY = "a key for tests"

Receivers = Callable[[], Receiver]


@pytest.fixture
def receivers() -> Iterator[Receivers]:
    with ExitStack() as stack:
        yield lambda: stack.enter_context(receiving())


@pytest.fixture
def receiver(receivers: Receivers) -> Receiver:
    return receivers()


@pytest.fixture
def services(database: Database, clock: FixedClock) -> Services:
    return services_of(database, clock)


def services_of(database: Database, clock: FixedClock, timeout: int = 30) -> Services:
    return pushing.services_with(
        database,
        clock,
        server={"secret_key": KEY},
        webhooks={"allow_private": True, "timeout_seconds": timeout},
    )


def listens(services: Services, url: str, secret: str = "", *kinds: str) -> int:
    sealed = sealing.sealed(secret or sealing.new_secret(), KEY)
    with services.database.transaction() as session:
        added = endpoints.add(session, url, kinds or (KIND,), sealed, services.clock.real())
    assert added is not None
    return added


def happens(services: Services, many: int = 1, kind: str = KIND) -> list[str]:
    """Gives the events' ids."""
    with services.database.transaction() as session:
        customer = Build(session).customer(openid=f"o-{time.monotonic_ns()}")
        for number in range(many):
            events.record(session, kind, customer, {"number": number}, services.now())
        newest = select(outbox.c.event_id).order_by(outbox.c.id.desc()).limit(many)
        return list(reversed(session.execute(newest).scalars().all()))


def forward(services: Services, **span: float) -> None:
    assert isinstance(services.clock, FixedClock)
    services.clock.forward(**span)


def calls(services: Services) -> list[Row[Any]]:
    with services.database.reading() as session:
        return list(session.execute(select(webhook_calls).order_by(webhook_calls.c.id)))


def endpoint(services: Services, endpoint_id: int) -> Row[Any]:
    with services.database.reading() as session:
        asked = select(webhook_endpoints).where(webhook_endpoints.c.id == endpoint_id)
        return session.execute(asked).one()


def test_what_happened_is_told_once_and_signed(services: Services, receiver: Receiver) -> None:
    secret = sealing.new_secret()
    listens(services, receiver.url, secret)
    [event_id] = happens(services)
    assert webhooks.tell_due(services) == 1
    assert webhooks.tell_due(services) == 0
    [heard] = receiver.heard
    timestamp = heard.headers["webhook-timestamp"]
    assert timestamp == str(int(NOON.timestamp()))
    assert heard.headers["webhook-signature"] == signature(heard.id, timestamp, heard.body, secret)
    told = heard.told
    assert (told["id"], told["type"], told["timestamp"]) == (event_id, KIND, "2026-11-24T04:00:00.000Z")
    assert set(told["data"]["customer"]) == {"id", "openid", "external_id"}
    assert told["data"]["number"] == 0
    [call] = calls(services)
    assert (call.state, call.tries, call.status, call.ended_at) == ("taken", 1, 204, NOON)


def test_only_what_an_endpoint_wants_is_told_to_it(services: Services, receivers: Receivers) -> None:
    one, other = receivers(), receivers()
    listens(services, one.url, "", KIND, "segment.entered")
    listens(services, other.url, "", "segment.entered")
    happens(services)
    happens(services, kind="segment.entered")
    webhooks.tell_due(services)
    assert [heard.told["type"] for heard in one.heard] == [KIND, "segment.entered"]
    assert [heard.told["type"] for heard in other.heard] == ["segment.entered"]


def test_a_failure_is_tried_again_with_the_same_id_and_body(services: Services, receiver: Receiver) -> None:
    endpoint_id = listens(services, receiver.url)
    happens(services)
    receiver.answers = [500, 302]
    webhooks.tell_due(services)
    assert [(call.state, call.tries, call.status, call.reason) for call in calls(services)] == [
        ("waiting", 1, 500, "HTTP 500")
    ]
    assert endpoint(services, endpoint_id).failing_since == NOON
    forward(services, seconds=8)
    assert webhooks.tell_due(services) == 0
    forward(services, seconds=4)
    assert webhooks.tell_due(services) == 1
    forward(services, seconds=40)
    assert webhooks.tell_due(services) == 1
    assert len(set(receiver.ids)) == 1
    assert len({heard.body for heard in receiver.heard}) == 1
    assert len({heard.headers["webhook-signature"] for heard in receiver.heard}) == 3
    assert [(call.state, call.tries) for call in calls(services)] == [("taken", 3)]
    assert endpoint(services, endpoint_id).failing_since is None


def test_what_is_never_taken_is_a_dead_letter_and_can_be_sent_again(
    services: Services, receiver: Receiver
) -> None:
    endpoint_id = listens(services, receiver.url)
    [event_id] = happens(services)
    receiver.answers = [500] * TRIES
    for wait in (*WAITS, WAITS[-1]):
        assert webhooks.tell_due(services) == 1
        forward(services, seconds=1.2 * wait.total_seconds())
    assert webhooks.tell_due(services) == 0
    with services.database.transaction() as session:
        [dead] = endpoints.dead_letters(session, endpoint_id)
        assert (dead.event_id, dead.tries, dead.status, dead.reason) == (event_id, TRIES, 500, "HTTP 500")
        assert endpoints.dead_letters(session, endpoint_id + 1) == []
        assert endpoints.redeliver_dead(session, endpoint_id, services.clock.real()) == 1
    assert webhooks.tell_due(services) == 1
    assert receiver.ids == [event_id] * (TRIES + 1)
    assert calls(services)[0].state == "taken"


def test_what_was_taken_can_be_sent_again_by_its_id(services: Services, receiver: Receiver) -> None:
    endpoint_id = listens(services, receiver.url)
    first, _second = happens(services, 2)
    webhooks.tell_due(services)
    with services.database.transaction() as session:
        assert endpoints.redeliver(session, endpoint_id, [first, "unknown"], services.clock.real()) == 1
    webhooks.tell_due(services)
    assert receiver.ids.count(first) == 2
    assert len(receiver.ids) == 3


def test_gone_pauses_the_endpoint_and_keeps_what_it_was_not_told(
    services: Services, receiver: Receiver
) -> None:
    endpoint_id = listens(services, receiver.url)
    ids = happens(services, 3)
    receiver.answers = [204, 410]
    webhooks.tell_due(services)
    paused = endpoint(services, endpoint_id)
    assert (paused.state, paused.reason) == ("paused", "it answered 410 Gone")
    ids += happens(services)
    forward(services, days=1)
    assert webhooks.tell_due(services) == 0
    with services.database.transaction() as session:
        assert endpoints.resume(session, endpoint_id, services.clock.real())
    webhooks.tell_due(services)
    assert sorted(set(receiver.ids)) == sorted(ids)
    assert {call.state for call in calls(services)} == {"taken"}


def test_who_resumes_an_endpoint_that_rests_need_not_wait(services: Services, receiver: Receiver) -> None:
    endpoint_id = listens(services, receiver.url)
    happens(services, 20)
    receiver.answers = [503] * 3
    webhooks.tell_due(services)
    assert webhooks.tell_due(services) == 0  # it rests
    with services.database.transaction() as session:
        assert endpoints.resume(session, endpoint_id, services.clock.real())
        assert not endpoints.resume(session, endpoint_id, services.clock.real())
    webhooks.tell_due(services)
    assert {call.state for call in calls(services)} == {"taken"}


def test_an_endpoint_that_is_down_is_not_hammered(services: Services, receiver: Receiver) -> None:
    endpoint_id = listens(services, receiver.url)
    happens(services, 20)
    receiver.answers = [503] * 1_000
    webhooks.tell_due(services)
    assert len(receiver.heard) == 3
    assert sum(call.tries for call in calls(services)) == 3
    for _ in range(8):
        forward(services, seconds=LONGEST_REST.total_seconds())
        webhooks.tell_due(services)
    assert len(receiver.heard) <= 3 * 9
    receiver.answers = []
    forward(services, days=1)
    webhooks.tell_due(services)
    assert {call.state for call in calls(services)} == {"taken"}
    assert endpoint(services, endpoint_id).failures == 0


def test_one_that_fails_for_days_is_paused(services: Services, receiver: Receiver) -> None:
    endpoint_id = listens(services, receiver.url)
    receiver.answers = [500] * 1_000
    for _ in range(14):
        happens(services)
        webhooks.tell_due(services)
        forward(services, hours=6)
    paused = endpoint(services, endpoint_id)
    assert (paused.state, paused.reason) == ("paused", "failing since 2026-11-24 04:00 UTC")


def test_an_unreadable_secret_pauses_and_loses_nothing(services: Services, receiver: Receiver) -> None:
    with services.database.transaction() as session:
        endpoint_id = endpoints.add(session, receiver.url, [KIND], sealing.sealed("x", "old key"), NOON)
    assert endpoint_id is not None
    happens(services)
    webhooks.tell_due(services)
    assert endpoint(services, endpoint_id).reason == webhooks.UNREADABLE
    assert [(call.state, call.claim_token) for call in calls(services)] == [("waiting", None)]
    assert receiver.heard == []


def test_while_the_secret_is_changed_both_sign_and_later_only_the_new_one(
    services: Services, receiver: Receiver
) -> None:
    old, new = sealing.new_secret(), sealing.new_secret()
    endpoint_id = listens(services, receiver.url, old)
    with services.database.transaction() as session:
        endpoints.rotate(session, endpoint_id, sealing.sealed(new, KEY), timedelta(hours=1), NOON)
    happens(services)
    webhooks.tell_due(services)
    forward(services, hours=1)
    happens(services)
    webhooks.tell_due(services)
    both, one = receiver.heard
    for heard, secrets in ((both, [new, old]), (one, [new])):
        expected = [
            signature(heard.id, heard.headers["webhook-timestamp"], heard.body, secret) for secret in secrets
        ]
        assert heard.headers["webhook-signature"].split(" ") == expected


def test_who_dies_after_sending_sends_again_with_the_same_id(services: Services, receiver: Receiver) -> None:
    """A worker that claimed and told, and never came to write it down."""
    endpoint_id = listens(services, receiver.url)
    happens(services)
    webhooks.spread(services)
    with services.database.transaction() as session:
        assert calls_.claim(session, endpoint_id, "of the dead", NOON, 50) is not None
    assert webhooks.tell_due(services) == 0
    forward(services, seconds=calls_.LEASE.total_seconds())
    assert webhooks.tell_due(services) == 1
    assert calls(services)[0].state == "taken"


def test_what_was_told_late_counts_and_what_failed_late_does_not(services: Services) -> None:
    """A worker wakes after its lease is over, and another has its calls."""
    endpoint_id = listens(services, "http://127.0.0.1:9/")
    happens(services, 2)
    webhooks.spread(services)
    with services.database.transaction() as session:
        claimed = calls_.claim(session, endpoint_id, "slow", NOON, 50)
        assert claimed is not None
        one, two = claimed[1]
        later = NOON + calls_.LEASE
        assert calls_.claim(session, endpoint_id, "other", later, 50) is not None
        told = [
            Told(one, Answer(204)),
            Told(two, Answer(500, "HTTP 500"), later),
        ]
        calls_.close(session, endpoint_id, told, "slow", later)
    first, second = calls(services)
    assert first.state == "taken"
    assert (second.state, second.claim_token, second.tries) == ("waiting", "other", 0)


def test_two_workers_at_once_tell_each_event_once(services: Services, receiver: Receiver) -> None:
    listens(services, receiver.url)
    ids = happens(services, 300)
    webhooks.spread(services)
    workers = [threading.Thread(target=webhooks.tell_due, args=(services,)) for _ in range(3)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert sorted(receiver.ids) == sorted(ids)
    assert {call.state for call in calls(services)} == {"taken"}


def test_a_slow_endpoint_holds_up_no_other(
    database: Database, clock: FixedClock, receivers: Receivers
) -> None:
    services = services_of(database, clock)
    slow, quick = receivers(), receivers()
    slow.may_answer.clear()
    listens(services, slow.url)
    listens(services, quick.url)
    ids = happens(services, 60)
    stop = threading.Event()
    running = threading.Thread(target=webhooks.run, args=(services, stop))
    running.start()
    try:
        assert comes_true(lambda: len(quick.heard) == 60)
        assert sorted(quick.ids) == sorted(ids)
        assert 1 <= len(slow.heard) <= webhooks.LANES
    finally:
        slow.may_answer.set()
        stop.set()
        running.join()


def test_stopped_in_a_batch_the_rest_is_told_by_the_next(services: Services, receiver: Receiver) -> None:
    listens(services, receiver.url)
    ids = happens(services, 30)
    receiver.may_answer.clear()
    stop = threading.Event()
    running = threading.Thread(target=webhooks.run, args=(services, stop))
    running.start()
    assert comes_true(lambda: len(receiver.heard) > 0)
    stop.set()
    receiver.may_answer.set()
    running.join()
    assert len(receiver.heard) < 30
    assert all(call.state == "taken" or call.claim_token is None for call in calls(services))
    webhooks.tell_due(services)
    assert sorted(receiver.ids) == sorted(ids)


def test_what_was_told_is_dropped_after_a_while_and_the_dead_later(
    services: Services, receiver: Receiver
) -> None:
    endpoint_id = listens(services, receiver.url)
    happens(services, 2)
    receiver.answers = [204, 500]
    webhooks.tell_due(services)
    with services.database.transaction() as session:
        waits = update(webhook_calls).where(webhook_calls.c.state == "waiting")
        session.execute(waits.values(state="dead", ended_at=NOON))
    never = threading.Event()
    webhooks.tidy(services, never)
    assert len(calls(services)) == 2
    forward(services, days=4)
    webhooks.tidy(services, never)
    assert [call.state for call in calls(services)] == ["dead"]
    forward(services, days=30)
    webhooks.tidy(services, never)
    assert calls(services) == []
    with services.database.reading() as session:
        assert session.execute(select(outbox)).all() == []
    assert endpoint(services, endpoint_id).state == "active"


def test_what_a_paused_endpoint_was_not_told_for_a_week_is_dead(
    services: Services, receiver: Receiver
) -> None:
    endpoint_id = listens(services, receiver.url)
    happens(services)
    webhooks.spread(services)
    with services.database.transaction() as session:
        endpoints.pause(session, endpoint_id, "by hand", NOON)
    forward(services, days=8)
    webhooks.tidy(services, threading.Event())
    with services.database.reading() as session:
        [dead] = endpoints.dead_letters(session)
    assert dead.reason == calls_.NOT_TAKEN


def test_who_left_is_dropped_as_soon_as_it_is_told(services: Services, receiver: Receiver) -> None:
    listens(services, receiver.url, "", "customer.forgotten", KIND)
    happens(services, kind="customer.forgotten")
    happens(services)
    webhooks.tidy(services, threading.Event())
    webhooks.tell_due(services)
    assert len(receiver.heard) == 2
    webhooks.tidy(services, threading.Event())
    with services.database.reading() as session:
        assert list(session.execute(select(outbox.c.kind)).scalars()) == [KIND]


def test_a_removed_endpoint_is_told_no_more(services: Services, receiver: Receiver) -> None:
    endpoint_id = listens(services, receiver.url)
    happens(services, 2)
    webhooks.spread(services)
    with services.database.transaction() as session:
        assert endpoints.remove(session, endpoint_id)
        assert not endpoints.remove(session, endpoint_id)
    assert webhooks.tell_due(services) == 0
    webhooks.tidy(services, threading.Event())
    assert happens(services) == []
    assert receiver.heard == []


def test_there_is_an_end_to_endpoints(services: Services) -> None:
    for number in range(endpoints.MOST_ENDPOINTS):
        listens(services, f"http://127.0.0.1/{number}")
    with services.database.transaction() as session:
        assert endpoints.add(session, "http://127.0.0.1/more", [KIND], "sealed", NOON) is None


def test_endpoints_are_listed_with_how_they_fare(services: Services, receivers: Receivers) -> None:
    one, other = receivers(), receivers()
    listens(services, one.url, "", KIND, "segment.left")
    listens(services, other.url)
    other.answers = [500] * 10
    happens(services, 2)
    webhooks.tell_due(services)
    with services.database.reading() as session:
        first, second = endpoints.every(session)
    assert (first.kinds, first.taken, first.waiting) == ((KIND, "segment.left"), 2, 0)
    assert (second.taken, second.waiting, second.oldest_waiting, second.failing_since) == (0, 2, NOON, NOON)


def test_it_goes_on_when_the_database_comes_back(
    postgresql: Database, clock: FixedClock, receiver: Receiver
) -> None:
    services = services_of(postgresql, clock)
    listens(services, receiver.url)
    beside = Beside(services, (webhooks.run,), tries_again=0.2)
    try:
        first = happens(services)
        assert comes_true(lambda: receiver.ids == first)
        with postgresql.reading() as session:
            session.exec_driver_sql(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
        second = happens(services)
        assert comes_true(lambda: receiver.ids == first + second)
    finally:
        beside.stop()
