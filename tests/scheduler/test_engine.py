"""Threads or Dramatiq: whatever is lost or comes twice on the way, each delivery is sent once."""

import threading
from collections.abc import Callable
from datetime import timedelta

import pytest
import redis

from bot.clock import FixedClock
from bot.config import ConfigError
from bot.services import Services
from bot.store.database import Database
from scheduler import engine
from scheduler.deliver import hand_out
from scheduler.engine import Threads
from tests.conftest import NOON
from tests.support import pushing
from tests.support.build import Build
from tests.support.fake_wechat import FakeWeChat
from tests.support.waiting import comes_true

OPEN = {"window_until": NOON + timedelta(days=1), "window_left": 5}


def lay_out(database: Database, many: int) -> None:
    with database.transaction() as session:
        build = Build(session)
        build.segment()
        build.content("words", purpose="service")
        build.campaign("first", ["words"])
        for _ in range(many):
            who = build.customer(**OPEN)
            build.delivery(customer_id=who, campaign_id="first", content_id="words", purpose="service")


def all_sent(services: Services, many: int) -> Callable[[], bool]:
    def claim() -> bool:
        with services.database.reading() as session:
            return pushing.states(session) == {"sent": many}

    return claim


@pytest.fixture
def services(database: Database, wechat: FakeWeChat) -> Services:
    return pushing.services_with(database, FixedClock(NOON), wechat)


@pytest.fixture
def over_redis(database: Database, wechat: FakeWeChat, redis_url: str) -> Services:
    redis.Redis.from_url(redis_url).flushdb()
    return pushing.services_with(database, FixedClock(NOON), wechat, redis={"url": redis_url})


def test_threads_deliver_what_is_handed_to_them(services: Services, wechat: FakeWeChat) -> None:
    lay_out(services.database, 150)
    threads = engine.build(services)
    engine.hand_all(services, threads, hand_out(services))
    assert comes_true(all_sent(services, 150))
    threads.stop()
    assert len(wechat.sent) == 150


def test_threads_that_are_busy_give_the_batch_back(services: Services) -> None:
    lay_out(services.database, 3)
    stopped = Threads(services)
    stopped.stop()
    batches = hand_out(services)
    engine.hand_all(services, stopped, batches)
    assert hand_out(services) == batches


def test_stopping_waits_for_what_has_begun(services: Services, wechat: FakeWeChat) -> None:
    lay_out(services.database, 5)
    threads = Threads(services, workers=1)
    (batch,) = hand_out(services)
    assert threads.hand(batch.ids)
    assert comes_true(lambda: wechat.asked > 0)
    threads.stop()
    assert all_sent(services, 5)()


def test_a_batch_that_fails_leaves_the_others_alone(services: Services, wechat: FakeWeChat) -> None:
    lay_out(services.database, 1)
    wechat.answers = [RuntimeError("a mistake of ours")]
    (batch,) = hand_out(services)
    engine.run_batch(services, list(batch.ids))
    with services.database.reading() as session:
        assert pushing.states(session) == {"claimed": 1}  # it may have left: recovery will call it unknown


def test_a_worker_takes_batches_out_of_redis(over_redis: Services, wechat: FakeWeChat) -> None:
    lay_out(over_redis.database, 120)
    stop = threading.Event()
    workers = [threading.Thread(target=engine.work, args=(over_redis, stop)) for _ in range(2)]
    for worker in workers:
        worker.start()
    queue = engine.build(over_redis)
    batches = hand_out(over_redis)
    engine.hand_all(over_redis, queue, batches)
    for batch in batches:
        assert queue.hand(batch.ids)  # each task comes twice
    assert comes_true(all_sent(over_redis, 120))
    stop.set()
    for worker in workers:
        worker.join()
    queue.stop()
    assert len(wechat.sent) == 120


def test_a_task_lost_with_redis_is_handed_out_again(
    over_redis: Services, wechat: FakeWeChat, redis_url: str
) -> None:
    lay_out(over_redis.database, 3)
    queue = engine.build(over_redis)
    (batch,) = hand_out(over_redis)
    assert queue.hand(batch.ids)
    redis.Redis.from_url(redis_url).flushall()
    assert hand_out(over_redis) == []
    assert isinstance(over_redis.clock, FixedClock)
    over_redis.clock.forward(minutes=3)
    assert hand_out(over_redis) == [batch]
    queue.stop()


def test_redis_being_away_gives_the_batch_back(database: Database) -> None:
    away = pushing.services_with(database, FixedClock(NOON), redis={"url": "redis://127.0.0.1:1/0"})
    lay_out(database, 3)
    queue = engine.build(away)
    batches = hand_out(away)
    engine.hand_all(away, queue, batches)
    assert hand_out(away) == batches


def test_a_worker_without_redis_says_what_is_missing(services: Services) -> None:
    with pytest.raises(ConfigError, match=r"redis\.url"):
        engine.work(services, threading.Event())
