"""Reads what people write to move the clock: a span such as 2d3h, an instant such as 2026-11-24T12:00."""

import re
from datetime import datetime, time, timedelta, tzinfo

SPAN = re.compile(
    r"(?P<sign>-?)(?:(?P<days>\d{1,4})d)?(?:(?P<hours>\d{1,5})h)?(?:(?P<minutes>\d{1,6})m)?(?:(?P<seconds>\d{1,8})s)?"
)
SLOTS_ON_WORKDAYS = (time(11), time(16, 30), time(19, 30))
SLOTS_AT_WEEKENDS = (time(10, 30), time(19, 30))
STOPS_ON_WORKDAYS = (time(11), time(11, 50), time(16, 30), time(17, 50), time(19, 30), time(21, 20))
STOPS_AT_WEEKENDS = (time(10, 30), time(11, 50), time(19, 30), time(21, 20))


def span(words: str) -> timedelta | None:
    """Days, hours, minutes, seconds, in this order; with - in front, back. None when it is no span."""
    found = SPAN.fullmatch(words.strip().lower())
    if not found or not any(found[unit] for unit in ("days", "hours", "minutes", "seconds")):
        return None
    given = timedelta(**{unit: int(found[unit] or 0) for unit in ("days", "hours", "minutes", "seconds")})
    return -given if found["sign"] else given


def instant(words: str, zone: tzinfo) -> datetime | None:
    """ISO 8601; without an offset of its own it is meant in `zone`. None when it is no instant."""
    try:
        given = datetime.fromisoformat(words.strip())
    except ValueError:
        return None
    return given if given.tzinfo else given.replace(tzinfo=zone)


def next_slot(now: datetime, zone: tzinfo) -> datetime:
    """When pushes are usually due next: for the page's button, without the calendar of holidays."""
    return _next(now, zone, SLOTS_ON_WORKDAYS, SLOTS_AT_WEEKENDS)


def next_stop(now: datetime, zone: tzinfo) -> datetime:
    """Where whoever lets days pass has to stay a moment: pushes go out at the beginning and before the end of a slot."""
    return _next(now, zone, STOPS_ON_WORKDAYS, STOPS_AT_WEEKENDS)


def _next(
    now: datetime, zone: tzinfo, on_workdays: tuple[time, ...], at_weekends: tuple[time, ...]
) -> datetime:
    local = now.astimezone(zone)
    for days in range(3):
        day = local.date() + timedelta(days=days)
        for moment in at_weekends if day.weekday() >= 5 else on_workdays:
            at = datetime.combine(day, moment, zone)
            if at > local:
                return at
    raise AssertionError("every day has a slot")
