"""One contract for everything that keeps keys: SQLite, PostgreSQL, Redis."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest
from redis import Redis
from sqlalchemy import select

from bot.clock import FixedClock
from bot.store.database import Database
from bot.store.keys import AWAY, Keys, KeysAreDown, RedisKeys, ShelteredKeys, SqlKeys
from bot.store.tables import volatile
from tests.conftest import NOON
from tests.support import servers

MINUTE = timedelta(minutes=1)
Later = Callable[[timedelta], None]


@pytest.fixture(params=["sqlite", "postgresql", "redis"])
def kept(request: pytest.FixtureRequest) -> Iterator[tuple[Keys, Later]]:
    """The keys, and what lets time pass for them."""
    if request.param == "redis":
        url: str = request.getfixturevalue("redis_url")
        server = Redis.from_url(url)
        server.flushdb()
        redis_keys = RedisKeys(url)

        def bring_every_end_nearer(span: timedelta) -> None:
            for key in server.scan_iter():
                server.pexpire(key, server.pttl(key) - int(span.total_seconds() * 1000))

        yield redis_keys, bring_every_end_nearer
        redis_keys.close()
        server.close()
    else:
        clock = FixedClock(NOON)
        yield (
            SqlKeys(request.getfixturevalue(request.param), clock.real),
            lambda span: clock.forward(seconds=span.total_seconds()),
        )


@pytest.fixture
def keys(kept: tuple[Keys, Later]) -> Keys:
    return kept[0]


@pytest.fixture
def later(kept: tuple[Keys, Later]) -> Later:
    return kept[1]


def test_what_is_set_is_got_until_its_span_is_over(keys: Keys, later: Later) -> None:
    assert keys.get("token") is None
    keys.set("token", "一", lasts=MINUTE)
    assert keys.get("token") == "一"
    later(MINUTE - timedelta(seconds=1))
    assert keys.get("token") == "一"
    later(timedelta(seconds=2))
    assert keys.get("token") is None


def test_setting_again_gives_the_new_value_and_a_new_span(keys: Keys, later: Later) -> None:
    keys.set("token", "1", lasts=MINUTE)
    later(timedelta(seconds=50))
    keys.set("token", "2", lasts=MINUTE)
    later(timedelta(seconds=50))
    assert keys.get("token") == "2"


def test_only_what_is_not_there_is_added(keys: Keys, later: Later) -> None:
    assert keys.add("lock", "me", lasts=MINUTE)
    assert not keys.add("lock", "you", lasts=MINUTE)
    assert keys.get("lock") == "me"
    later(MINUTE)
    assert keys.get("lock") is None
    assert keys.add("lock", "you", lasts=MINUTE)
    assert keys.get("lock") == "you"


def test_what_is_deleted_can_be_added(keys: Keys) -> None:
    keys.set("lock", "me", lasts=MINUTE)
    keys.delete("lock")
    keys.delete("lock")
    assert keys.add("lock", "you", lasts=MINUTE)


def test_nobody_lets_go_of_anothers_lock(keys: Keys) -> None:
    for name in ("lock", "another"):
        keys.add(name, "me", lasts=MINUTE)
    keys.delete("lock", holding="you")
    assert keys.get("lock") == "me"
    keys.delete("lock", holding="me")
    assert (keys.get("lock"), keys.get("another")) == (None, "me")


def test_the_span_of_a_count_starts_with_the_first(keys: Keys, later: Later) -> None:
    assert keys.count("calls", lasts=MINUTE) == 1
    later(timedelta(seconds=40))
    assert keys.count("calls", by=5, lasts=MINUTE) == 6
    later(timedelta(seconds=30))
    assert keys.get("calls") is None
    assert keys.count("calls", by=2, lasts=MINUTE) == 2
    later(timedelta(seconds=50))
    assert keys.count("calls", lasts=MINUTE) == 3, "and with the next first anew"


def test_keys_are_told_apart(keys: Keys) -> None:
    keys.set("a", "1", lasts=MINUTE)
    keys.set("a:b", "2", lasts=MINUTE)
    assert (keys.get("a"), keys.get("a:b"), keys.get("A")) == ("1", "2", None)


def test_of_fifty_at_once_exactly_one_adds(keys: Keys) -> None:
    with ThreadPoolExecutor(50) as threads:
        added = list(threads.map(lambda number: keys.add("lock", str(number), lasts=MINUTE), range(50)))
    assert added.count(True) == 1
    assert keys.get("lock") == str(added.index(True))


def test_of_fifty_at_once_exactly_one_takes_over_what_is_over(keys: Keys, later: Later) -> None:
    keys.set("lock", "gone", lasts=MINUTE)
    later(MINUTE + timedelta(seconds=1))
    with ThreadPoolExecutor(50) as threads:
        added = list(threads.map(lambda number: keys.add("lock", str(number), lasts=MINUTE), range(50)))
    assert added.count(True) == 1


def test_counts_of_fifty_at_once_add_up(keys: Keys) -> None:
    with ThreadPoolExecutor(50) as threads:
        numbers = list(threads.map(lambda _: keys.count("calls", lasts=MINUTE), range(200)))
    assert sorted(numbers) == list(range(1, 201))


def test_they_say_that_they_are_up(keys: Keys) -> None:
    assert keys.is_up()


@pytest.mark.parametrize(
    "comes",
    [
        pytest.param(lambda keys: keys.set("new", "1", lasts=MINUTE), id="set"),
        pytest.param(lambda keys: keys.add("new", "1", lasts=MINUTE), id="added"),
        pytest.param(lambda keys: keys.count("new", lasts=MINUTE), id="counted"),
    ],
)
def test_what_is_over_leaves_the_table_with_the_next_that_comes(
    sqlite: Database, comes: Callable[[Keys], object]
) -> None:
    clock = FixedClock(NOON)
    keys = SqlKeys(sqlite, clock.real)
    keys.set("old", "1", lasts=MINUTE)
    clock.forward(minutes=11)
    comes(keys)
    with sqlite.reading() as session:
        assert session.execute(select(volatile.c.key)).scalars().all() == ["new"]


def test_a_twin_without_its_table_is_not_up(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path}/empty.db", synchronous="normal")
    assert not SqlKeys(database, FixedClock(NOON).real).is_up()
    database.close()


def test_a_redis_that_is_down_is_named() -> None:
    keys = RedisKeys(f"redis://127.0.0.1:{servers.free_port()}/0")
    assert not keys.is_up()
    with pytest.raises(KeysAreDown):
        keys.get("token")


def test_the_twin_answers_while_redis_is_away(sqlite: Database) -> None:
    port = servers.free_port()
    elapsed = [0.0]
    redis_keys = RedisKeys(f"redis://127.0.0.1:{port}/0")
    keys = ShelteredKeys(redis_keys, SqlKeys(sqlite, FixedClock(NOON).real), monotonic=lambda: elapsed[0])

    with servers.redis_server(port):
        keys.set("token", "redis's", lasts=MINUTE)
        assert keys.is_up()
    assert keys.get("token") is None
    keys.set("token", "the twin's", lasts=MINUTE)
    assert keys.get("token") == "the twin's"
    assert keys.add("lock", "me", lasts=MINUTE)
    assert not keys.add("lock", "you", lasts=MINUTE)
    assert keys.count("calls", lasts=MINUTE) == 1
    assert not keys.is_up()

    with servers.redis_server(port):
        assert keys.get("token") == "the twin's"
        elapsed[0] += AWAY
        assert keys.get("token") is None
        assert keys.count("calls", lasts=MINUTE) == 1
    keys.close()
