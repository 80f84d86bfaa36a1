"""Working days of the Chinese calendar, with statutory holidays and make-up workdays. Pure.

The holidays of a year are published in the autumn before it. For a year the calendar does not know, a day is
what its weekday says, and `DayKind.known` tells that this is only that.
"""

from dataclasses import dataclass
from datetime import date

import chinese_calendar

SATURDAY = 5


@dataclass(frozen=True, slots=True)
class DayKind:
    works: bool
    known: bool  # false: the year's holidays are not known, only the weekday was looked at


def kind_of_day(day: date) -> DayKind:
    try:
        return DayKind(works=chinese_calendar.is_workday(day), known=True)
    except NotImplementedError:
        return DayKind(works=day.weekday() < SATURDAY, known=False)


def is_workday(day: date) -> bool:
    return kind_of_day(day).works
