from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.clock import MovableClock
from bot.sandbox import moments
from bot.sandbox.offset import KEY, Offset, TooFar
from bot.store.failures import Unavailable
from tests.support.webhook import MemoryKeys

SHANGHAI = ZoneInfo("Asia/Shanghai")
SOON = timedelta(seconds=5)


class Stopwatch:
    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


class Gone(MemoryKeys):
    def get(self, key: str) -> str | None:
        raise Unavailable(key)


@pytest.mark.parametrize(
    ("words", "span"),
    [
        ("2d3h", timedelta(days=2, hours=3)),
        ("1h", timedelta(hours=1)),
        ("90m", timedelta(minutes=90)),
        (" 1D ", timedelta(days=1)),
        ("1d2h3m4s", timedelta(days=1, hours=2, minutes=3, seconds=4)),
        ("-1d", timedelta(days=-1)),
        ("", None),
        ("-", None),
        ("3h2d", None),
        ("2 days", None),
        ("1.5h", None),
        ("99999d", None),
    ],
)
def test_span(words: str, span: timedelta | None) -> None:
    assert moments.span(words) == span


@pytest.mark.parametrize(
    ("words", "at"),
    [
        ("2026-11-24T12:00:00+08:00", datetime(2026, 11, 24, 4, tzinfo=UTC)),
        ("2026-11-24T04:00:00Z", datetime(2026, 11, 24, 4, tzinfo=UTC)),
        ("2026-11-24T12:00", datetime(2026, 11, 24, 4, tzinfo=UTC)),
        ("2026-11-24", datetime(2026, 11, 23, 16, tzinfo=UTC)),
        ("noon", None),
        ("2026-13-01", None),
    ],
)
def test_instant(words: str, at: datetime | None) -> None:
    assert moments.instant(words, SHANGHAI) == at


@pytest.mark.parametrize(
    ("now", "slot"),
    [
        pytest.param("2026-11-24T09:00", "2026-11-24T11:00", id="a working morning"),
        pytest.param("2026-11-24T11:00", "2026-11-24T16:30", id="in a slot the next one"),
        pytest.param("2026-11-24T21:00", "2026-11-25T11:00", id="at night tomorrow"),
        pytest.param("2026-11-27T20:00", "2026-11-28T10:30", id="on Friday night the weekend"),
        pytest.param("2026-11-29T20:00", "2026-11-30T11:00", id="on Sunday night Monday"),
    ],
)
def test_next_slot(now: str, slot: str) -> None:
    at = datetime.fromisoformat(now).replace(tzinfo=SHANGHAI)

    assert moments.next_slot(at, SHANGHAI) == datetime.fromisoformat(slot).replace(tzinfo=SHANGHAI)


def test_the_clock_goes_on_from_where_it_was_set() -> None:
    offset = Offset(MemoryKeys())
    clock = MovableClock(offset)
    there = datetime(2027, 1, 1, tzinfo=UTC)
    offset.set(there)
    assert timedelta() <= clock.now() - there < SOON

    offset.forward(timedelta(days=2))
    offset.forward(timedelta(hours=-1))
    assert timedelta() <= clock.now() - there - timedelta(days=1, hours=23) < SOON
    assert abs(clock.real() - datetime.now(UTC)) < SOON


def test_another_process_sees_it_within_a_fifth_of_a_second() -> None:
    keys, stopwatch = MemoryKeys(), Stopwatch()
    ours, theirs = Offset(keys, stopwatch), Offset(keys, stopwatch)
    assert theirs() == timedelta()
    ours.forward(timedelta(days=1))

    assert ours() == timedelta(days=1)
    assert theirs() == timedelta()
    stopwatch.seconds = 0.2
    assert theirs() == timedelta(days=1)


def test_while_the_store_is_gone_it_is_as_late_as_was_last_known() -> None:
    keys, stopwatch = MemoryKeys(), Stopwatch()
    offset = Offset(keys, stopwatch)
    offset.forward(timedelta(days=3))
    gone = Offset(Gone(), stopwatch)
    with pytest.raises(Unavailable):
        gone()
    offset._keys = Gone()
    stopwatch.seconds += 1
    assert offset() == timedelta(days=3)
    offset._keys = keys
    keys.set(KEY, "60", lasts=SOON)
    stopwatch.seconds += 1
    assert offset() == timedelta(days=3), "asked again only after a while"
    stopwatch.seconds += 2
    assert offset() == timedelta(minutes=1)


def test_the_offset_survives_a_restart() -> None:
    keys = MemoryKeys()
    Offset(keys).forward(timedelta(days=3))

    assert Offset(keys)() == timedelta(days=3)


def test_what_was_recorded_years_ago_can_be_replayed_at_its_own_time() -> None:
    assert Offset(MemoryKeys()).forward(timedelta(days=-4500)) == timedelta(days=-4500)


@pytest.mark.parametrize("span", [timedelta(days=8000), timedelta(days=-8000)])
def test_nobody_goes_further_than_twenty_years(span: timedelta) -> None:
    offset = Offset(MemoryKeys())

    with pytest.raises(TooFar):
        offset.forward(span)
    assert offset() == timedelta()
