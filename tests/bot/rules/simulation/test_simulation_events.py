"""What happens on a day of a simulation, and when."""

from datetime import date, datetime, timedelta

import pytest

from bot.config import Push
from bot.rules.pushes.windows import PURPOSES, windows_of
from bot.rules.simulation.simulation_events import of_day, tick

PUSH = Push()
AHEAD = timedelta(hours=2)
TUESDAY, SUNDAY = date(2026, 11, 24), date(2026, 11, 29)


def planned(day: date) -> list[str]:
    """A star at those whose verdicts no later pass of the day tells again."""
    windows = {purpose: list(windows_of(purpose, day, PUSH)) for purpose in PURPOSES}
    events = of_day(day, windows, AHEAD, (9.5, 21.5), PUSH)
    assert events == sorted(events, key=lambda event: event.at)
    plans = [event for event in events if event.what == "plan"]
    return [f"{event.at.astimezone(PUSH.zone):%H:%M}{'*' * event.counts}" for event in plans]


def test_each_window_of_a_working_day_is_planned_when_it_comes_into_sight() -> None:
    assert planned(TUESDAY) == ["07:00", "09:00", "14:30", "17:30*"]


def test_on_a_free_day_the_long_windows_are_looked_at_again() -> None:
    assert planned(SUNDAY) == ["08:00", "08:30*", "14:00", "18:00*"]


def test_the_day_ends_with_its_last_minute_and_has_its_rounds() -> None:
    events = of_day(TUESDAY, {}, AHEAD, (9.5, 21.5), PUSH)
    said = [(event.what, f"{event.at:%H:%M}", event.number) for event in events]
    assert said == [
        ("nightly", "04:10", 0),
        ("contacts", "09:30", 0),
        ("contacts", "21:30", 1),
        ("midnight", "23:59", 0),
    ]


def at(clock: str) -> datetime:
    return datetime.fromisoformat(f"2026-11-24T{clock}:00+00:00")


@pytest.mark.parametrize(
    ("due", "closes", "after", "expected"),
    [
        pytest.param("10:02", "12:00", "09:00", "10:15", id="to the next quarter of an hour"),
        pytest.param("10:15", "12:00", "09:00", "10:15", id="a quarter is a quarter"),
        pytest.param("11:55", "12:00", "09:00", "11:59", id="never when the window is closed"),
        pytest.param("10:02", "12:00", "10:20", "10:21", id="never twice at one instant"),
    ],
)
def test_what_is_due_leaves(due: str, closes: str, after: str, expected: str) -> None:
    assert tick(at(due), at(closes), at(after)) == at(expected)
