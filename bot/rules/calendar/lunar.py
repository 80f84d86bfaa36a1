"""The lunar calendar: what a day is called in it, and on which day of a year a lunar date falls. Pure.

Known from 1901 to 2099. The months of 2089 and 2097 begin within minutes of midnight, and tables of other makers
put one of them a day later.
"""

import re
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from borax.calendars.lunardate import InvalidLunarDateError, LCalendars, LunarDate, TermUtils

YEARS = range(1901, 2100)
LONG_MONTH = 30

TERMS = (
    "小寒",
    "大寒",
    "立春",
    "雨水",
    "惊蛰",
    "春分",
    "清明",
    "谷雨",
    "立夏",
    "小满",
    "芒种",
    "夏至",
    "小暑",
    "大暑",
    "立秋",
    "处暑",
    "白露",
    "秋分",
    "寒露",
    "霜降",
    "立冬",
    "小雪",
    "大雪",
    "冬至",
)

_MONTHS = "正二三四五六七八九十冬腊"
_DAYS = [
    f"{tens}{ones}"
    for tens, row in (("初", "一二三四五六七八九十"), ("十", "一二三四五六七八九"))
    for ones in row
]
_DAYS += ["二十", *(f"廿{ones}" for ones in "一二三四五六七八九"), "三十"]
_OTHER_MONTHS = {"一": "正", "十一": "冬", "十二": "腊"}
_DIGITS = re.compile(r"(闰)?(\d{1,2})(?:-|月|/|\.)(\d{1,2})日?")
_WORDS = re.compile(r"(闰)?(正|十一|十二|[一二三四五六七八九十冬腊])月(.+?)日?")


class NoSuchDay(ValueError):
    """Says what was expected."""


@dataclass(frozen=True, slots=True)
class LunarDay:
    """A day of the lunar year, without the year."""

    month: int
    day: int
    is_leap: bool = False  # of the month that is put in behind the one of the same number

    def __str__(self) -> str:
        """As people write it, and as it is kept: 八月十五, 闰六月初一."""
        return f"{'闰' if self.is_leap else ''}{_MONTHS[self.month - 1]}月{_DAYS[self.day - 1]}"


@lru_cache(100)
def read(words: str) -> LunarDay:
    """农历八月十五, 8-15, 闰6月1日, 腊月三十. Raises `NoSuchDay`."""
    said = re.sub(r"\s", "", words).removeprefix("农历").removeprefix("阴历")
    if found := _DIGITS.fullmatch(said):
        month, day = int(found[2]), int(found[3])
    elif found := _WORDS.fullmatch(said):
        month = _MONTHS.index(_OTHER_MONTHS.get(found[2], found[2])) + 1
        day = _day_in(found[3])
    else:
        month = day = 0
    if not (1 <= month <= 12 and 1 <= day <= LONG_MONTH) or found is None:
        raise NoSuchDay("a day of the lunar calendar as 八月十五 or 8-15")
    return LunarDay(month, day, is_leap=bool(found[1]))


def of(day: date) -> tuple[int, LunarDay]:
    """The lunar year and the day in it. Raises `NoSuchDay` outside of the years known."""
    if day.year not in YEARS:
        raise NoSuchDay(f"a day from {YEARS[0]} to {YEARS[-1]}")
    found = LunarDate.from_solar(day)
    return found.year, LunarDay(found.month, found.day, bool(found.leap))


@lru_cache(1_000)  # each claim asks which festivals are near
def in_year(year: int, wanted: LunarDay) -> date:
    """The day on which it falls in this lunar year; the thirtieth of a short month is its twenty-ninth.

    A day of a leap month falls in the month of its number, in years with that leap month too: once a year.
    Raises `NoSuchDay` outside of the years known.
    """
    if year not in YEARS:
        raise NoSuchDay(f"a year from {YEARS[0]} to {YEARS[-1]}")
    day = min(wanted.day, LCalendars.ndays(year, wanted.month))
    try:
        found: date = LunarDate(year, wanted.month, day).to_solar_date()
    except InvalidLunarDateError:
        raise NoSuchDay(f"a day of the lunar year {year}") from None
    return found


def kept_on(day: date) -> tuple[int, tuple[LunarDay, ...]]:
    """Whose yearly lunar day this is: the lunar year, and the days of birth that are kept on it.

    Nobody's in a leap month; on the last day of a short month also the thirtieth's.
    """
    year, today = of(day)
    if today.is_leap:
        return year, ()
    days = [today.day]
    if today.day == LONG_MONTH - 1 and LCalendars.ndays(year, today.month) < LONG_MONTH:
        days.append(LONG_MONTH)
    return year, tuple(LunarDay(today.month, one, leap) for one in days for leap in (False, True))


@lru_cache(1_000)
def term_day(year: int, term: str) -> date:
    """The day of one of the twenty-four solar terms, as 清明. Raises `NoSuchDay`."""
    if term not in TERMS or year not in YEARS:
        raise NoSuchDay(f"one of {'、'.join(TERMS)}, from {YEARS[0]} to {YEARS[-1]}")
    found: date = TermUtils.nth_term_day(year, term_name=term)
    return found


def _day_in(words: str) -> int:
    """初八, 十五, 二十一 or 廿一; 0 when it is none."""
    said = re.sub(r"^二十(?=.)", "廿", words)
    return _DAYS.index(said) + 1 if said in _DAYS else 0
