from datetime import UTC, date, datetime, time, timedelta
from itertools import product
from zoneinfo import ZoneInfo

import pytest

from bot.config import Push
from bot.rules.calendar.workdays import PUBLISHED, WorkingCalendar
from bot.rules.pushes.windows import (
    PURPOSES,
    WORKING_DAY,
    NoWindow,
    is_quiet,
    next_window,
    window_at,
    windows_of,
)

SHANGHAI = ZoneInfo("Asia/Shanghai")
PUSH = Push()


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


@pytest.mark.parametrize(
    ("day", "works"),
    [
        pytest.param(date(2026, 9, 30), True, id="the Wednesday before the National Day holiday"),
        pytest.param(date(2026, 10, 1), False, id="National Day, a Thursday"),
        pytest.param(date(2026, 10, 7), False, id="the last day of the holiday, a Wednesday"),
        pytest.param(date(2026, 10, 8), True, id="the Thursday after it"),
        pytest.param(date(2026, 10, 10), True, id="a Saturday that makes up for it"),
        pytest.param(date(2026, 9, 20), True, id="a Sunday that makes up for it"),
        pytest.param(date(2026, 2, 14), True, id="the make-up Saturday before the Spring Festival"),
        pytest.param(date(2026, 2, 28), True, id="the make-up Saturday after it"),
        pytest.param(date(2026, 11, 22), False, id="a plain Sunday"),
        pytest.param(date(2026, 11, 23), True, id="a plain Monday"),
    ],
)
def test_working_days_follow_the_published_calendar(day: date, works: bool) -> None:
    assert PUBLISHED.kind(day).works is works
    assert PUBLISHED.kind(day).known


@pytest.mark.parametrize(
    ("day", "works"), [(date(2099, 1, 1), True), (date(2099, 1, 3), False)], ids=["a Thursday", "a Saturday"]
)
def test_a_year_nobody_has_published_goes_by_weekdays_and_says_so(day: date, works: bool) -> None:
    assert PUBLISHED.kind(day).works is works
    assert not PUBLISHED.kind(day).known
    assert not next_window("care", datetime.combine(day, time(0), SHANGHAI), PUSH).kind.known


@pytest.mark.parametrize(
    ("purpose", "instant", "closes"),
    [
        pytest.param("marketing", "2026-11-23T11:00", "12:00", id="marketing opens at eleven sharp"),
        pytest.param("marketing", "2026-11-23T10:59:59", None, id="and not a second before"),
        pytest.param("marketing", "2026-11-23T11:59:59.999999", "12:00", id="marketing until noon"),
        pytest.param("marketing", "2026-11-23T12:00", None, id="noon itself is outside"),
        pytest.param("marketing", "2026-11-23T16:30", "18:00", id="marketing before the day ends"),
        pytest.param("marketing", "2026-11-22T10:30", "12:00", id="marketing on Sunday"),
        pytest.param("marketing", "2026-11-22T17:00", None, id="no marketing on Sunday afternoon"),
        pytest.param("marketing", "2026-10-01T11:30", "12:00", id="a holiday on Thursday is like a weekend"),
        pytest.param("marketing", "2026-10-01T16:45", None, id="no afternoon marketing on a holiday"),
        pytest.param("marketing", "2026-10-10T16:45", "18:00", id="a make-up Saturday is a working day"),
        pytest.param("marketing", "2026-10-10T10:45", None, id="with the hours of a working day"),
        pytest.param("care", "2026-11-23T19:30", "21:30", id="care in the evening"),
        pytest.param("care", "2026-11-23T15:00", None, id="no care at work"),
        pytest.param("care", "2026-11-22T15:00", "21:30", id="care on Sunday afternoon"),
        pytest.param("service", "2026-11-23T09:00", "20:30", id="service from nine"),
        pytest.param("service", "2026-11-22T09:30", None, id="service on Sunday from ten"),
        pytest.param("service", "2026-11-22T20:29", "20:30", id="service until half past eight"),
    ],
)
def test_each_purpose_has_its_hours(purpose: str, instant: str, closes: str | None) -> None:
    window = window_at(purpose, at(instant), PUSH)
    assert (window.closes.strftime("%H:%M") if window else None) == closes


@pytest.mark.parametrize(
    ("purpose", "instant", "opens"),
    [
        pytest.param("marketing", "2026-11-23T11:00", "2026-11-23T16:30", id="the open one is not the next"),
        pytest.param(
            "marketing", "2026-11-27T18:00", "2026-11-28T10:30", id="Friday evening waits for Saturday"
        ),
        pytest.param("marketing", "2026-09-30T18:00", "2026-10-01T10:30", id="into the holiday"),
        pytest.param("marketing", "2026-10-09T18:00", "2026-10-10T11:00", id="into a make-up Saturday"),
        pytest.param("care", "2026-12-31T23:59:59", "2027-01-01T19:30", id="over midnight and New Year"),
    ],
)
def test_the_next_window_is_the_first_to_open_after(purpose: str, instant: str, opens: str) -> None:
    assert next_window(purpose, at(instant), PUSH).opens == at(opens)


def test_the_day_is_the_shops_and_not_that_of_utc() -> None:
    sunday_in_shanghai = datetime(2026, 11, 21, 17, tzinfo=UTC)  # Saturday in UTC
    assert next_window("marketing", sunday_in_shanghai, PUSH).day == date(2026, 11, 22)


@pytest.mark.parametrize("purpose", PURPOSES)
@pytest.mark.parametrize("day", [date(2026, 11, 23), date(2026, 10, 1), date(2099, 1, 1)])
def test_no_window_reaches_into_the_quiet_hours(purpose: str, day: date) -> None:
    early = Push(quiet_from=time(20), quiet_until=time(11, 30))
    for window in windows_of(purpose, day, early):
        assert window.opens.time() >= time(11, 30)
        assert window.closes.time() <= time(20)


@pytest.mark.parametrize(
    ("clock", "quiet"),
    [("21:59", False), ("22:00", True), ("00:00", True), ("07:59", True), ("08:00", False)],
)
def test_nights_are_quiet(clock: str, quiet: bool) -> None:
    assert is_quiet(at(f"2026-11-23T{clock}"), PUSH) is quiet


def test_quiet_hours_within_a_day_cut_a_window_in_two() -> None:
    siesta = Push(quiet_from=time(13), quiet_until=time(15))
    spans = [
        (f"{w.opens:%H:%M}", f"{w.closes:%H:%M}") for w in windows_of("service", date(2026, 11, 23), siesta)
    ]
    assert spans == [("09:00", "13:00"), ("15:00", "20:30")]


EDGES = [time(hour, minute) for hour, minute in ((0, 0), (8, 0), (9, 0), (11, 0), (12, 0), (17, 0), (18, 0), (20, 30), (22, 0))]  # fmt: skip


@pytest.mark.parametrize("quiet_from", EDGES)
def test_whatever_the_quiet_hours_a_window_is_open_in_its_hours_and_awake(quiet_from: time) -> None:
    """They may lie over midnight or within the day, meet a window's edge, or be none at all."""
    monday = date(2026, 11, 23)
    around = [datetime.combine(monday, edge, SHANGHAI) + timedelta(minutes=n) for edge in EDGES for n in (-1, 0, 1)]  # fmt: skip
    for quiet_until, purpose in product(EDGES, PURPOSES):
        push = Push(quiet_from=quiet_from, quiet_until=quiet_until)
        assert all(window.opens < window.closes for window in windows_of(purpose, monday, push))
        for instant in around:
            is_in_hours = any(begins <= instant.time() < ends for begins, ends in WORKING_DAY[purpose])
            is_open = instant.date() == monday and is_in_hours and not is_quiet(instant, push)
            assert (window_at(purpose, instant, push) is not None) is is_open


@pytest.mark.parametrize(
    ("clock", "quiet"), [("12:59", False), ("13:00", True), ("14:59", True), ("15:00", False)]
)
def test_quiet_hours_within_a_day_are_quiet_from_the_first_to_before_the_last(
    clock: str, quiet: bool
) -> None:
    assert is_quiet(at(f"2026-11-23T{clock}"), Push(quiet_from=time(13), quiet_until=time(15))) is quiet


def test_quiet_hours_that_leave_no_window_are_said_to_be_wrong() -> None:
    with pytest.raises(NoWindow):
        next_window("care", at("2026-11-23T12:00"), Push(quiet_from=time(9), quiet_until=time(8, 59)))


MONDAY, SATURDAY = date(2026, 11, 23), date(2026, 11, 28)


def test_what_the_operator_entered_goes_before_the_published_calendar() -> None:
    entered = WorkingCalendar({MONDAY: False, SATURDAY: True})
    assert window_at("marketing", at("2026-11-23T10:45"), PUSH, entered) is not None, "a free Monday"
    assert window_at("marketing", at("2026-11-28T16:45"), PUSH, entered) is not None, "a worked Saturday"
    assert window_at("marketing", at("2026-11-28T16:45"), PUSH) is None
    assert next_window("care", at("2026-11-22T22:00"), PUSH, entered).opens == at("2026-11-23T10:00")


def test_a_year_that_was_entered_as_a_whole_is_known() -> None:
    entered = WorkingCalendar({date(2099, 1, 1): False}, frozenset({2099}))
    assert (entered.kind(date(2099, 1, 1)).works, entered.kind(date(2099, 1, 2)).works) == (False, True)
    assert entered.kind(date(2099, 1, 2)).known
    assert entered.knows(2099)
    assert not WorkingCalendar({date(2099, 1, 1): False}).knows(2099), "one day is not a year"
    assert not entered.kind(date(2098, 1, 2)).known
