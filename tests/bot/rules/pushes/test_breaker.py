"""The breaker's arithmetic."""

from datetime import timedelta

import pytest

from bot.rules.pushes.breaker import Count, after, is_tripped, pause
from tests.conftest import NOON

SECOND = timedelta(seconds=1)


@pytest.mark.parametrize(
    ("asked", "troubled", "channel", "expected"),
    [
        pytest.param(10, 10, "reply_window", True, id="ten in vain"),
        pytest.param(9, 9, "reply_window", False, id="nine may be chance"),
        pytest.param(20, 10, "reply_window", True, id="half of them"),
        pytest.param(21, 10, "reply_window", False, id="most were answered"),
        pytest.param(3, 3, "mass", True, id="three mass sends"),
        pytest.param(2, 2, "mass", False, id="two mass sends"),
    ],
)
def test_what_is_a_cluster(asked: int, troubled: int, channel: str, expected: bool) -> None:
    assert is_tripped(Count(NOON, asked, troubled), channel) is expected


@pytest.mark.parametrize(
    ("since", "expected"),
    [
        pytest.param(NOON - 59 * SECOND, Count(NOON - 59 * SECOND, 9, 5, 2), id="within a minute it adds up"),
        pytest.param(NOON, Count(NOON, 9, 5, 2), id="in the very same instant, too"),
        pytest.param(NOON - 60 * SECOND, Count(NOON, 5, 3, 2), id="after a minute it begins anew"),
        pytest.param(NOON + SECOND, Count(NOON, 5, 3, 2), id="a count of a later time begins anew"),
        pytest.param(None, Count(NOON, 5, 3, 2), id="the first trouble"),
    ],
)
def test_what_is_counted_together(since: object, expected: Count) -> None:
    known = Count(since, 4, 2, 2) if since else Count(trips=2)  # type: ignore[arg-type]
    assert after(known, 5, 3, NOON) == expected


def test_pauses_grow_to_half_an_hour() -> None:
    assert [pause(trips).total_seconds() for trips in range(8)] == [30, 60, 120, 240, 480, 960, 1800, 1800]
    assert pause(10_000) == timedelta(minutes=30)
