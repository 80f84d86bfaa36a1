"""WeChat's rates, shared by all processes, on the embedded store and on Redis."""

import threading
from collections.abc import Mapping
from datetime import datetime, timedelta

import pytest
import redis

from bot.store.database import Database
from bot.store.keys import Keys, RedisKeys, ShelteredKeys, SqlKeys
from bot.wechat.limits import LIMITS
from scheduler.rates import give_back, take
from tests.conftest import NOON

SECOND = timedelta(seconds=1)
FEW: Mapping[str, int] = {**LIMITS, "custom_per_second": 10, "custom_per_day": 25, "mass_calls_per_minute": 2}


@pytest.fixture(params=["embedded", "redis"])
def keys(request: pytest.FixtureRequest, sqlite: Database) -> Keys:
    if request.param == "embedded":
        return SqlKeys(sqlite, lambda: NOON)
    url = request.getfixturevalue("redis_url")
    redis.Redis.from_url(url).flushdb()
    return RedisKeys(url)


def calls(
    keys: Keys, wanted: int, at: datetime, limits: Mapping[str, int] = FEW, endpoint: str = "custom"
) -> int:
    return take(keys, limits, endpoint, wanted, now=at, real=at).calls


def test_a_second_grants_what_is_left_of_it(keys: Keys) -> None:
    assert [calls(keys, 6, NOON), calls(keys, 6, NOON), calls(keys, 6, NOON)] == [6, 4, 0]
    assert calls(keys, 6, NOON + SECOND) == 6


def test_a_day_is_shanghais_and_holds_beside_the_second(keys: Keys) -> None:
    granted = [calls(keys, 10, NOON + SECOND * number) for number in range(4)]
    assert granted == [10, 10, 5, 0]
    over = take(keys, FEW, "custom", 3, now=NOON + 9 * SECOND, real=NOON + 9 * SECOND)
    assert (over.calls, over.limit) == (0, "custom_per_day")
    assert over.again_at == datetime(2026, 11, 24, 16, 1, tzinfo=NOON.tzinfo)
    assert calls(keys, 3, datetime(2026, 11, 24, 16, 2, tzinfo=NOON.tzinfo)) == 3


def test_what_the_day_refuses_is_not_taken_from_the_second(keys: Keys) -> None:
    tight = {**FEW, "custom_per_day": 3}
    assert [calls(keys, 8, NOON, tight), calls(keys, 8, NOON, FEW)] == [3, 7]


def test_mass_sends_wait_for_the_next_minute(keys: Keys) -> None:
    assert [calls(keys, 1, NOON + SECOND * number, endpoint="mass") for number in range(3)] == [1, 1, 0]
    refused = take(keys, FEW, "mass", 1, now=NOON + 20 * SECOND, real=NOON + 20 * SECOND)
    assert refused.again_at == NOON + 60 * SECOND
    assert calls(keys, 1, NOON + 60 * SECOND, endpoint="mass") == 1


def test_calls_that_were_not_made_are_given_back(keys: Keys) -> None:
    assert calls(keys, 10, NOON) == 10
    give_back(keys, FEW, "custom", 4, now=NOON, real=NOON)
    assert calls(keys, 10, NOON) == 4
    assert [calls(keys, 10, NOON + SECOND * number) for number in (1, 2)] == [10, 5], "to the day, too"


def test_seconds_pass_in_real_time_and_days_in_the_products(keys: Keys) -> None:
    """The sandbox's clock stands still, or is moved."""
    real = NOON + timedelta(hours=5, milliseconds=250)
    asked = [take(keys, FEW, "custom", 10, now=NOON, real=real + SECOND * number) for number in (0, 0, 1, 2)]
    assert [(one.calls, one.limit) for one in asked] == [
        (10, ""), (0, "custom_per_second"), (10, ""), (5, "custom_per_day")
    ]  # fmt: skip
    assert asked[1].again_at == NOON + timedelta(milliseconds=750)
    assert take(keys, FEW, "custom", 5, now=NOON + timedelta(days=1), real=real + 2 * SECOND).calls == 5


def test_endpoints_do_not_take_from_each_other(keys: Keys) -> None:
    assert calls(keys, 10, NOON) == 10
    assert calls(keys, 5, NOON, endpoint="notice") == 5


def test_zero_is_no_bound(keys: Keys) -> None:
    assert calls(keys, 5_000, NOON, {**FEW, "custom_per_second": 0, "custom_per_day": 0}) == 5_000


def test_many_who_ask_at_once_get_no_more_than_there_is(keys: Keys) -> None:
    got: list[int] = []
    askers = [threading.Thread(target=lambda: got.append(calls(keys, 3, NOON))) for _ in range(8)]
    for asker in askers:
        asker.start()
    for asker in askers:
        asker.join()
    assert sum(got) <= 10


def test_redis_going_away_goes_on_counting_in_the_twin(sqlite: Database) -> None:
    sheltered = ShelteredKeys(RedisKeys("redis://127.0.0.1:1/0"), SqlKeys(sqlite, lambda: NOON))
    assert [calls(sheltered, 6, NOON), calls(sheltered, 6, NOON)] == [6, 4]
