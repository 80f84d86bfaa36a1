"""What the calendar says of a day, as it is shown."""

from dataclasses import dataclass, field
from datetime import date, time


@dataclass(frozen=True, slots=True)
class FestivalShown:
    id: str
    name: str
    english: str
    day: int = 1  # the how-manieth of its days


@dataclass(frozen=True, slots=True, kw_only=True)
class DayShown:
    """`known` false: the year's holidays are not published yet, the day goes by its weekday."""

    day: date
    works: bool
    known: bool
    overridden: bool
    note: str
    lunar: str
    windows: dict[str, tuple[tuple[time, time], ...]] = field(default_factory=dict)  # by purpose
    festivals: tuple[FestivalShown, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarShown:
    days: tuple[DayShown, ...]
    unknown_years: tuple[int, ...]
    entered_years: tuple[int, ...]  # by the operator, as a whole
