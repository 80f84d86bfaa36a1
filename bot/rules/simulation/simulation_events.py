"""What happens on a day of a simulation, and when: the moments at which the timetable changes anything. Pure.

Planning runs every minute in production; a pass changes something when a window comes into sight, when it opens, and
in long windows when those who were pushed the evening before become free again.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import chain
from typing import Literal

from bot.config import Push
from bot.rules.pushes.windows import Window

NIGHTLY = time(4, 10)
LAST_MINUTE = time(23, 59)
AGAIN_AFTER = timedelta(hours=4)  # in a window that stays open
WORTHWHILE = timedelta(hours=1)  # less of a window than this is not planned anew
TICK = timedelta(minutes=15)  # what comes due within it leaves together

What = Literal["nightly", "plan", "contacts", "midnight"]


@dataclass(frozen=True, slots=True)
class Event:
    at: datetime
    what: What
    number: int = 0  # of the round of contacts
    counts: bool = True  # of planning: no later pass of the day says anew what was decided


def of_day(
    day: date, windows: Mapping[str, Sequence[Window]], ahead: timedelta, rounds: Sequence[float], push: Push
) -> list[Event]:
    """In order of time. `windows`: of each purpose; `ahead`: how long before it opens a window is planned; `rounds`: hours of the day."""

    def at(clock: time) -> datetime:
        return datetime.combine(day, clock, push.zone)

    events = [Event(at(NIGHTLY), "nightly")]
    events += _planning(windows, ahead)
    for number, hour in enumerate(rounds):
        events.append(Event(at(time(int(hour), int(hour % 1 * 60))), "contacts", number))
    events.append(Event(at(LAST_MINUTE), "midnight"))
    return sorted(events, key=lambda event: event.at)


def _planning(windows: Mapping[str, Sequence[Window]], ahead: timedelta) -> Iterator[Event]:
    """The last first."""
    told: set[str] = set()
    for instant in sorted(_passes(chain(*windows.values()), ahead), reverse=True):
        planned = {
            purpose
            for purpose, its in windows.items()
            if any(each.opens - ahead <= instant < each.closes for each in its)
        }
        yield Event(instant, "plan", counts=not planned <= told)
        told |= planned


def _passes(windows: Iterable[Window], ahead: timedelta) -> set[datetime]:
    found: set[datetime] = set()
    again: set[datetime] = set()
    for window in windows:
        found.add(window.opens - ahead)
        instant = window.opens + AGAIN_AFTER
        while instant <= window.closes - WORTHWHILE:
            again.add(instant)
            instant += AGAIN_AFTER
    # a pass in sight of another window looks at the long ones, too
    return found | {each for each in again if all(abs(each - other) > AGAIN_AFTER / 2 for other in found)}


def tick(due_at: datetime, closes_at: datetime, after: datetime) -> datetime:
    """When what is due leaves: at the next quarter of an hour, within its window, later than the last one."""
    quarter = datetime.min.replace(tzinfo=due_at.tzinfo)
    late = due_at + (quarter - due_at) % TICK
    return max(min(late, closes_at - timedelta(minutes=1)), due_at, after + timedelta(minutes=1))
