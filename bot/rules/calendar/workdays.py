"""Working days of the Chinese calendar, with statutory holidays and make-up workdays. Pure.

The holidays of a year are published in the autumn before it. For a year the calendar does not know, a day is
what its weekday says, and `DayKind.known` tells that this is only that. What the operator entered goes before it all.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

import chinese_calendar

SATURDAY = 5


@dataclass(frozen=True, slots=True)
class DayKind:
    works: bool
    known: bool  # false: the year's holidays are not known, only the weekday was looked at


@dataclass(frozen=True, slots=True)
class WorkingCalendar:
    """The published calendar with what the operator entered over it."""

    overrides: Mapping[date, bool] = field(default_factory=dict)  # whether the day is worked on
    years: frozenset[int] = frozenset()  # entered as a whole: the other days are what their weekday says

    def kind(self, day: date) -> DayKind:
        if day in self.overrides:
            return DayKind(works=self.overrides[day], known=True)
        if (published := _published(day)) is not None:
            return DayKind(works=published, known=True)
        return DayKind(works=day.weekday() < SATURDAY, known=day.year in self.years)

    def knows(self, year: int) -> bool:
        """Whether the year's whole schedule is there."""
        return year in self.years or _published(date(year, 1, 1)) is not None


PUBLISHED = WorkingCalendar()


def _published(day: date) -> bool | None:
    try:
        works: bool = chinese_calendar.is_workday(day)
    except NotImplementedError:
        return None
    return works
