"""While pushes go out, everything around them breaks: nobody is reached twice, nothing is lost, every unknown is known."""

import random
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
import redis
from sqlalchemy import ColumnElement, func, select
from sqlalchemy.exc import DBAPIError

from bot.clock import FixedClock
from bot.services import Services
from bot.store import schema
from bot.store.database import Database
from bot.store.keys import SqlKeys
from bot.store.sending.signing import LEASE
from bot.store.tables import deliveries
from bot.values.outcome import Outcome
from bot.wechat import transport
from bot.wechat.client import WeChatClient
from scheduler import engine
from scheduler.deliver import hand_out
from scheduler.engine import Engine, Threads
from scheduler.recover import recover
from tests.conftest import NOON
from tests.support import pushing, servers
from tests.support.build import Build
from tests.support.cuttable import cuttable
from tests.support.fake_wechat import FakeWeChat
from tests.support.moody_wechat import moody_wechat
from tests.support.waiting import comes_true

OPEN = {"window_until": NOON + timedelta(days=1), "window_left": 5, "spoke_at": NOON - timedelta(hours=1)}
UNBOUND = {"limits": {"custom_per_second": 0, "custom_per_day": 0}}
AT_ONCE = 8


@dataclass(slots=True)
class Slow(FakeWeChat):
    """Each request takes a moment, so that there is a middle to break things in."""

    takes: float = 0.01
    each: threading.Event = field(default_factory=threading.Event)

    def send(self, openid: str, reply: Any, now: datetime) -> Outcome:
        time.sleep(self.takes)
        self.each.set()
        return FakeWeChat.send(self, openid, reply, now)


def lay_out(database: Database, many: int) -> None:
    with database.transaction() as session:
        build = Build(session)
        build.segment()
        build.content("words", purpose="service", text="您好")
        build.campaign("first", ["words"])
        for number in range(many):
            who = build.customer(openid=f"o-{number}", **OPEN)
            build.delivery(customer_id=who, campaign_id="first", content_id="words", purpose="service")


def states(database: Database) -> Counter[str]:
    with database.reading() as session:
        return pushing.states(session)


def tick(services: Services, through: Engine) -> None:
    """What the timetable does each second; it goes on after an error."""
    with suppress(DBAPIError):
        engine.hand_all(services, through, hand_out(services))


def until_ended(services: Services, through: Engine, many: int) -> None:
    """Ticks, and lets time pass, until everything has its end; never so far that who is at work loses a claim."""
    assert isinstance(services.clock, FixedClock)
    for _ in range(400):
        tick(services, through)
        comes_true(lambda: not claimed_before(services))
        if has_ended(services, many):
            return
        services.clock.forward(seconds=LEASE.total_seconds() / 4)
        with suppress(DBAPIError):
            recover(services)
    raise AssertionError(states(services.database))


def has_ended(services: Services, many: int) -> bool:
    found = states(services.database)
    return sum(found[state] for state in ("sent", "unknown", "failed", "skipped")) == many


def claimed_before(services: Services) -> int:
    """How many were claimed before the clock last moved and are under way still."""
    earlier = deliveries.c.lease_until < services.clock.real() + LEASE
    return _count(services, deliveries.c.state == "claimed", earlier)


def at_work(services: Services) -> int:
    """How many somebody was handed and has not brought to an end."""
    open_ones = deliveries.c.state.in_(("planned", "claimed"))
    return _count(services, open_ones, deliveries.c.handed_until > services.clock.real())


def _count(services: Services, *which: ColumnElement[bool]) -> int:
    with services.database.reading() as session:
        return session.execute(select(func.count()).select_from(deliveries).where(*which)).scalar_one()


def assert_nobody_twice(wechat: FakeWeChat, database: Database, many: int) -> None:
    reached = Counter(said.openid for said in wechat.sent)
    found = states(database)
    assert max(reached.values()) == 1
    assert sum(found.values()) == many
    assert found["sent"] <= len(reached) <= found["sent"] + found["unknown"]


@pytest.fixture
def services(database: Database) -> Services:
    return pushing.services_with(
        database, FixedClock(NOON), Slow(), wechat=UNBOUND, push={"at_once": AT_ONCE}
    )


def test_two_schedulers_at_once_send_each_once(services: Services) -> None:
    many = 150
    lay_out(services.database, many)
    both = [Threads(services, workers=2), Threads(services, workers=2)]

    def schedule(through: Engine) -> None:
        def ended() -> bool:
            tick(services, through)
            return has_ended(services, many)

        assert comes_true(ended)

    schedulers = [threading.Thread(target=schedule, args=(one,)) for one in both]
    for one in schedulers:
        one.start()
    for one in schedulers:
        one.join()
    for through in both:
        through.stop()
    assert states(services.database) == {"sent": many}
    assert isinstance(services.wechat, Slow)
    assert_nobody_twice(services.wechat, services.database, many)


@pytest.mark.parametrize("hours", [-20, 3], ids=["set back", "set forward"])
def test_a_clock_that_jumps_in_the_middle_sends_nothing_twice(services: Services, hours: int) -> None:
    many = 80
    lay_out(services.database, many)
    through = Threads(services, workers=2)
    assert isinstance(services.wechat, Slow)
    assert isinstance(services.clock, FixedClock)
    tick(services, through)
    services.wechat.each.wait(60)
    services.clock.forward(hours=hours)
    recover(services)
    tick(services, through)
    time.sleep(0.3)
    services.clock.set(NOON + timedelta(hours=4))
    until_ended(services, through, many)
    through.stop()
    assert_nobody_twice(services.wechat, services.database, many)


@pytest.fixture
def behind_a_door(postgresql_server: str) -> Iterator[tuple[Any, Database, Database]]:
    """The door, a database behind it, and the same without the door, to look."""
    address = servers.create_database(postgresql_server, f"faults_{time.time_ns()}")
    parts = urlsplit(address.replace("+psycopg", ""))
    direct = Database(address)
    schema.upgrade(direct)
    with cuttable(parts.hostname or "", parts.port or 0) as door:
        database = Database(address.replace(f":{parts.port}/", f":{door.port}/"))
        yield door, database, direct
        database.close()
    direct.close()


def test_a_database_that_goes_away_in_the_middle_costs_only_time(
    behind_a_door: tuple[Any, Database, Database],
) -> None:
    door, database, direct = behind_a_door
    many = 300
    lay_out(direct, many)
    wechat = Slow()
    services = pushing.services_with(
        database, FixedClock(NOON), wechat, wechat=UNBOUND, push={"at_once": AT_ONCE}
    )
    through = Threads(services, workers=2)
    cuts = 3
    for _ in range(cuts):
        wechat.each.clear()
        tick(services, through)
        wechat.each.wait(60)
        door.cut()
        time.sleep(0.7)
        tick(services, through)
        door.mend()
        services.clock.forward(minutes=3)  # type: ignore[attr-defined]
        with suppress(DBAPIError):
            recover(services)
    until_ended(services, through, many)
    through.stop()
    found = states(direct)
    assert found["unknown"] <= cuts * AT_ONCE
    assert found["sent"] + found["unknown"] == many
    assert_nobody_twice(wechat, direct, many)


def test_redis_flushed_and_gone_in_the_middle_costs_only_time(database: Database) -> None:
    many = 240
    lay_out(database, many)
    wechat = Slow()
    port = servers.free_port()
    stop = threading.Event()
    with servers.redis_server(port) as url:
        services = pushing.services_with(
            database, FixedClock(NOON), wechat, redis={"url": url}, wechat=UNBOUND, push={"at_once": AT_ONCE}
        )
        worker = threading.Thread(target=engine.work, args=(services, stop, 2))
        worker.start()
        queue = engine.build(services)
        tick(services, queue)
        wechat.each.wait(60)
        redis.Redis.from_url(url).flushall()
    tick(services, queue)  # gone: the batches go back
    with servers.redis_server(port):
        until_ended(services, queue, many)
        stop.set()
        worker.join()
        queue.stop()
    assert states(database) == {"sent": many}
    assert_nobody_twice(wechat, database, many)


MOODS = (*["well"] * 9, "slow", "busy", "garbage", "silent", "broken", "error", "window")


def test_a_wechat_of_many_moods_reaches_nobody_twice(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Over a real socket, through the real client: busy, a quota for a day, garbage, errors, silence, broken lines."""
    monkeypatch.setattr(transport, "TIMEOUT", (5.0, 1.0))
    many, chance = 120, random.Random(20261122)
    lay_out(database, many)
    moods = iter(["quota"] * AT_ONCE)
    with moody_wechat(lambda: next(moods, "") or chance.choice(MOODS)) as (moody, address):
        clock = FixedClock(NOON)
        services = pushing.services_with(
            database,
            clock,
            wechat={"app_id": "wx1", "app_secret": "s" * 32, "api_base": address, **UNBOUND},
            push={"at_once": AT_ONCE},
        )
        keys = SqlKeys(database, clock.real)
        real = WeChatClient(services.config.wechat, keys, connections=AT_ONCE)
        services = replace(services, wechat=real)
        through = Threads(services, workers=2)
        tick(services, through)
        assert comes_true(lambda: not at_work(services))
        assert moody.asked <= AT_ONCE, "a day's quota that is used up is asked for no more"
        clock.set(NOON + timedelta(hours=22))
        for _ in range(12):
            tick(services, through)
            assert comes_true(lambda: not at_work(services))
            clock.forward(minutes=25)
            recover(services)
        through.stop()
    found = states(database)
    assert max(moody.reached.values()) == 1
    assert sum(found.values()) == many
    assert found["sent"] <= len(moody.reached) <= found["sent"] + found["unknown"]
    assert found["sent"] > many / 10
    assert found["unknown"] > 0
