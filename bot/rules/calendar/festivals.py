"""On which days festivals fall: solar, lunar, solar terms, the nth weekday of a month, the shop's own days. Pure."""

import calendar
import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any

from bot.rules.calendar import lunar
from bot.values.festival import Festival, FestivalDay

KINDS = ("public", "traditional", "shopping", "social", "own")
WAYS = ("on", "lunar", "term", "weekday", "dates")
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
LONGEST = 60  # days
FARTHEST = 60  # days of shift
MOST_DATES = 100


@lru_cache(1)
def known() -> Mapping[str, Festival]:
    """Those the product knows, by id."""
    raw = tomllib.loads(Path(__file__).with_name("festivals.toml").read_text(encoding="utf-8"))
    found = (
        Festival(
            id=row["id"],
            name=row["name"],
            english=row["english"],
            kind=row["kind"],
            falls=falls(row),
            lasts=row.get("lasts", 1),
        )
        for row in raw["festival"]
    )
    return {one.id: one for one in found}


def together(own: Iterable[Festival]) -> dict[str, Festival]:
    """The product's and the shop's, which go before them; without those that are switched off."""
    found = {**known(), **{one.id: one for one in own}}
    return {name: one for name, one in found.items() if one.enabled}


def falls(row: Mapping[str, Any]) -> dict[str, Any]:
    """The way a definition says when it falls, checked. Raises ValueError with what was expected."""
    ways = [way for way in WAYS if row.get(way) is not None]
    if len(ways) != 1:
        raise ValueError(f"expected one of {', '.join(WAYS)}; found {' and '.join(ways) or 'none'}")
    way = ways[0]
    found: dict[str, Any] = {way: _READ[way](row[way])}
    if shift := row.get("shift") or 0:
        if not isinstance(shift, int) or isinstance(shift, bool) or abs(shift) > FARTHEST:
            raise ValueError(f"shift: expected at most {FARTHEST} days before or after, found {shift!r:.40}")
        found["shift"] = shift
    return found


def between(found: Iterable[Festival], first: date, last: date) -> list[FestivalDay]:
    """Those that begin in these days, both included, by day."""
    days = [
        day
        for festival in found
        for year in range(first.year - 1, last.year + 2)
        for day in of_year(festival, year)
        if first <= day.day <= last
    ]
    return sorted(days, key=lambda one: (one.day, one.festival.id))


def touching(festival: Festival, first: date, last: date) -> list[FestivalDay]:
    """Its occurrences of which at least a day is among these."""
    begun = between([festival], first - timedelta(days=festival.lasts), last)
    return [one for one in begun if one.ends > first]


def of_year(festival: Festival, year: int) -> Iterator[FestivalDay]:
    """Of this year of the calendar it goes by: the lunar year for lunar ones. Nothing where the year is not known."""
    if festival.since is not None and year < festival.since:
        return
    shift = timedelta(days=festival.falls.get("shift", 0))
    for key, day in _days(festival, year):
        yield FestivalDay(day + shift, festival, f"{festival.id}:{key}")


def _days(festival: Festival, year: int) -> Iterator[tuple[str, date]]:
    match dict(festival.falls):
        case {"on": str(on)}:
            yield str(year), _day_of(year, on)
        case {"lunar": str(words)} if year in lunar.YEARS:
            yield str(year), lunar.in_year(year, lunar.read(words))
        case {"term": str(term)} if year in lunar.YEARS:
            yield str(year), lunar.term_day(year, term)
        case {"weekday": {"month": int(month), "nth": int(nth), "day": str(weekday)}}:
            yield str(year), _nth_weekday(year, month, nth, WEEKDAYS.index(weekday))
        case {"dates": list(dates)}:
            for one in dates:
                day = date.fromisoformat(one)
                if day.year == year:
                    yield one, day


def _day_of(year: int, on: str) -> date:
    """29 February is the 28th in other years."""
    month, day = (int(part) for part in on.split("-"))
    return date(year, month, min(day, calendar.monthrange(year, month)[1]))


def _nth_weekday(year: int, month: int, nth: int, weekday: int) -> date:
    first, length = calendar.monthrange(year, month)
    earliest = 1 + (weekday - first) % 7
    days = range(earliest, length + 1, 7)
    return date(year, month, days[nth - 1] if nth > 0 else days[nth])


def _read_on(value: Any) -> str:
    found = re.fullmatch(r"(\d{1,2})-(\d{1,2})", value) if isinstance(value, str) else None
    month, day = (int(found[1]), int(found[2])) if found else (0, 0)
    if not 1 <= month <= 12 or not 1 <= day <= calendar.monthrange(2024, month)[1]:
        raise ValueError(f"on: expected a month and day as 10-01, found {value!r:.40}")
    return f"{month:02}-{day:02}"


def _read_lunar(value: Any) -> str:
    try:
        day = lunar.read(value if isinstance(value, str) else "")
    except lunar.NoSuchDay as error:
        raise ValueError(f"lunar: expected {error}, found {value!r:.40}") from None
    if day.is_leap:
        raise ValueError("lunar: expected no leap month: a festival is kept in the month of its number")
    return f"{day.month:02}-{day.day:02}"


def _read_term(value: Any) -> str:
    if value not in lunar.TERMS:
        raise ValueError(f"term: expected one of {'、'.join(lunar.TERMS)}; found {value!r:.40}")
    return str(value)


def _read_weekday(value: Any) -> dict[str, Any]:
    said = value if isinstance(value, dict) else {}
    month, nth, day = said.get("month"), said.get("nth"), said.get("day")
    if set(said) != {"month", "nth", "day"} or month not in range(1, 13) or nth not in (1, 2, 3, 4, -1):
        raise ValueError(
            f"weekday: expected month 1-12, nth 1-4 or -1 for the last, and day; found {value!r:.60}"
        )
    if day not in WEEKDAYS:
        raise ValueError(f"weekday: day: expected one of {', '.join(WEEKDAYS)}; found {day!r:.40}")
    return {"month": month, "nth": nth, "day": day}


def _read_dates(value: Any) -> list[str]:
    given = value if isinstance(value, list) else []
    days = sorted({str(one) for one in given})
    wrong = next((one for one in days if not _is_day(one)), None)
    if not days or len(days) > MOST_DATES or wrong is not None:
        raise ValueError(
            f"dates: expected 1 to {MOST_DATES} days as 2027-01-01, found {wrong or value!r:.60}"
        )
    return days


def _is_day(words: str) -> bool:
    try:
        return bool(re.fullmatch(r"\d{4}-\d\d-\d\d", words)) and bool(date.fromisoformat(words))
    except ValueError:
        return False


_READ = {
    "on": _read_on,
    "lunar": _read_lunar,
    "term": _read_term,
    "weekday": _read_weekday,
    "dates": _read_dates,
}
