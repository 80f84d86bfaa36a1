"""The calendar as it is shown: each day with what it is, its festivals and the windows of each purpose. Pure."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, timedelta

from bot.config import Push
from bot.rules.calendar import festivals, lunar
from bot.rules.calendar.workdays import WorkingCalendar
from bot.rules.pushes.windows import PURPOSES, windows_of
from bot.values.calendar import CalendarShown, DayShown, FestivalShown
from bot.values.festival import Festival

WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
UNKNOWN = (
    "{year}: its holidays are not known yet, so every day goes by its weekday; enter them with `weilan calendar override`, "
    "and close the year with `weilan calendar year {year} known`"
)


def shown(
    first: date,
    last: date,
    push: Push,
    calendar: WorkingCalendar,
    notes: Mapping[date, str],
    known: Iterable[Festival],
) -> CalendarShown:
    """Both days included. `notes` are of the days that were overridden."""
    found = _festivals(known, first, last)
    days = [first + timedelta(days=ahead) for ahead in range((last - first).days + 1)]
    years = sorted({day.year for day in days})
    return CalendarShown(
        days=tuple(_day(day, push, calendar, notes, found.get(day, ())) for day in days),
        unknown_years=tuple(year for year in years if not calendar.knows(year)),
        entered_years=tuple(year for year in years if year in calendar.years),
    )


def told(calendar: CalendarShown) -> Iterator[str]:
    """A line a day, and one for each year that is not known."""
    for day in calendar.days:
        mark = "" if day.known else " ?"
        kind = f"{'work' if day.works else 'off'}{mark}"
        windows = "  ".join(f"{purpose} {_spans(spans)}" for purpose, spans in day.windows.items())
        names = ", ".join(
            f"{one.name} ({one.id})" + (f" day {one.day}" if one.day > 1 else "") for one in day.festivals
        )
        entered = f" [entered{': ' + day.note if day.note else ''}]" if day.overridden else ""
        line = f"{day.day} {WEEKDAYS[day.day.weekday()]}  {kind:<6}  {windows}  {day.lunar}{entered}"
        yield f"{line}  {names}".rstrip()
    for year in calendar.unknown_years:
        yield UNKNOWN.format(year=year)


def _festivals(known: Iterable[Festival], first: date, last: date) -> dict[date, tuple[FestivalShown, ...]]:
    found: dict[date, list[FestivalShown]] = {}
    touching = (one for festival in known for one in festivals.touching(festival, first, last))
    for one in sorted(touching, key=lambda one: (one.day, one.festival.id)):
        for number in range(one.festival.lasts):
            shown_as = FestivalShown(one.festival.id, one.festival.name, one.festival.english, number + 1)
            found.setdefault(one.day + timedelta(days=number), []).append(shown_as)
    return {day: tuple(some) for day, some in found.items()}


def _day(
    day: date,
    push: Push,
    calendar: WorkingCalendar,
    notes: Mapping[date, str],
    found: tuple[FestivalShown, ...],
) -> DayShown:
    kind = calendar.kind(day)
    return DayShown(
        day=day,
        works=kind.works,
        known=kind.known,
        overridden=day in calendar.overrides,
        note=notes.get(day, ""),
        lunar=str(lunar.of(day)[1]) if day.year in lunar.YEARS else "",
        windows={
            purpose: tuple(
                (w.opens.time(), w.closes.time()) for w in windows_of(purpose, day, push, calendar)
            )
            for purpose in PURPOSES
        },
        festivals=found,
    )


def _spans(spans: tuple[tuple[object, object], ...]) -> str:
    return ",".join(f"{opens:%H:%M}–{closes:%H:%M}" for opens, closes in spans) or "none"
