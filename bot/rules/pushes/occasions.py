"""What a campaign's occasion is and on which days it is sent for. Pure, told the day."""

from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from bot.rules.calendar import festivals
from bot.values import rule
from bot.values.festival import Festival, FestivalDay
from bot.values.occasion import Occasion, Occurrence

ANNIVERSARIES = ("membership", "first_order")
EVENTS = ("order", "shipment", "delivered", "repair", "return")
WAYS = ("festival", "birthday", "anniversary", "after", "care")
FARTHEST = 60  # days before a day
LATEST = 365  # days after an event
LONGEST = 31  # days it may be sent during
LONGEST_PAUSE = 3650
LASTS_AFTER = 5  # days: over a weekend and a customer's rhythm
LASTS_CARE = 7
PAUSE = 30


class BadOccasion(ValueError):
    """Names the field and what was expected."""


def read(raw: Any) -> Occasion:
    """Raises `BadOccasion`. Whether a festival of that name exists, the store finds out."""
    if not isinstance(raw, dict):
        raise BadOccasion(f'expected a table as {{ festival = "mid-autumn" }}, found {raw!r:.60}')
    ways = [way for way in WAYS if way in raw]
    if len(ways) != 1:
        raise BadOccasion(f"expected one of {', '.join(WAYS)}; found {' and '.join(ways) or 'none'}")
    way = ways[0]
    if strange := next((key for key in raw if key not in {way, *_BESIDE[way]}), None):
        raise BadOccasion(f"{strange}: unknown key beside {way}; expected {', '.join(_BESIDE[way])}")
    return _READ[way](raw)


def written(occasion: Occasion) -> dict[str, Any]:
    """The same in the words of a file, every default spelled out."""
    lasts = {} if occasion.lasts is None else {"lasts": occasion.lasts}
    match occasion.kind:
        case "festival":
            return {"festival": occasion.name, "days_before": -occasion.offset, **lasts}
        case "birthday":
            return {"birthday": True, "days_before": -occasion.offset, **lasts}
        case "anniversary":
            return {"anniversary": occasion.name, "days_before": -occasion.offset, **lasts}
        case "after":
            return {"after": occasion.name, "days": occasion.offset, **lasts}
        case "care":
            return {
                "care": dict(occasion.rule),
                **lasts,
                "pause_days": occasion.pause,
                "existing": occasion.existing,
            }


def near(occasion: Occasion, day: date, zone: ZoneInfo, known: Mapping[str, Festival]) -> list[Occurrence]:
    """Those that are sent for on the day, the one that closes first before the others."""
    if occasion.kind == "festival":
        festival = known.get(occasion.name)
        return [] if festival is None else list(_festival_days(occasion, festival, day, zone))
    lasts = occasion.lasts or 1
    last = day - timedelta(days=occasion.offset)
    days = (last - timedelta(days=back) for back in reversed(range(lasts)))
    return [
        Occurrence(
            day=one,
            key="",
            eve=_midnight(one, zone),
            passes=_midnight(one + timedelta(days=1), zone),
            closes=_midnight(one + timedelta(days=occasion.offset + lasts), zone),
        )
        for one in days
    ]


def days_sent(
    occasion: Occasion, first: date, last: date, zone: ZoneInfo, known: Mapping[str, Festival]
) -> Iterator[date]:
    """The days of a period on which something may be sent for it."""
    for ahead in range((last - first).days + 1):
        day = first + timedelta(days=ahead)
        if occasion.kind != "festival" or near(occasion, day, zone, known):
            yield day


def _festival_days(occasion: Occasion, festival: Festival, day: date, zone: ZoneInfo) -> Iterator[Occurrence]:
    for one, begins, closes in _spans(occasion, festival, day, day):
        if begins <= day < closes:
            yield Occurrence(
                day=one.day,
                key=one.key,
                eve=_midnight(one.day, zone),
                passes=_midnight(one.ends, zone),
                closes=_midnight(closes, zone),
            )


def is_sent_between(occasion: Occasion, first: date, last: date, known: Mapping[str, Festival]) -> bool:
    """Whether a festival is sent for on one of these days: the same as any of `days_sent`, asked once."""
    festival = known.get(occasion.name)
    if festival is None or first > last:
        return False
    spans = _spans(occasion, festival, first, last)
    return any(begins <= last and first < closes for _, begins, closes in spans)


def _spans(
    occasion: Occasion, festival: Festival, first: date, last: date
) -> Iterator[tuple[FestivalDay, date, date]]:
    """Of the festival's days that may be sent for in a period: when that begins, and the day after its end."""
    far = timedelta(days=FARTHEST + LONGEST + festival.lasts)
    for one in festivals.between([festival], first - far, last + far):
        begins = one.day + timedelta(days=occasion.offset)
        yield one, begins, one.ends if occasion.lasts is None else begins + timedelta(days=occasion.lasts)


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), zone)


def _festival(raw: Mapping[str, Any]) -> Occasion:
    before = _whole(raw, "days_before", 0, 0, FARTHEST)
    lasts = _whole(raw, "lasts", None, 1, LONGEST)
    return Occasion(kind="festival", name=_name(raw, "festival", ()), offset=-(before or 0), lasts=lasts)


def _birthday(raw: Mapping[str, Any]) -> Occasion:
    if raw["birthday"] is not True:
        raise BadOccasion(f"birthday: expected true, found {raw['birthday']!r:.40}")
    before = _whole(raw, "days_before", 0, 0, FARTHEST) or 0
    lasts = _whole(raw, "lasts", before + 1, 1, LONGEST)
    return Occasion(kind="birthday", offset=-before, lasts=lasts)


def _anniversary(raw: Mapping[str, Any]) -> Occasion:
    before = _whole(raw, "days_before", 0, 0, FARTHEST) or 0
    lasts = _whole(raw, "lasts", before + 1, 1, LONGEST)
    name = _name(raw, "anniversary", ANNIVERSARIES)
    return Occasion(kind="anniversary", name=name, offset=-before, lasts=lasts)


def _after(raw: Mapping[str, Any]) -> Occasion:
    days = _whole(raw, "days", None, 0, LATEST)
    if days is None:
        raise BadOccasion("days: missing; expected how many days after it")
    lasts = _whole(raw, "lasts", LASTS_AFTER, 1, LONGEST)
    return Occasion(kind="after", name=_name(raw, "after", EVENTS), offset=days, lasts=lasts)


def _care(raw: Mapping[str, Any]) -> Occasion:
    try:
        rule.parse(raw["care"])
    except rule.BadRule as error:
        raise BadOccasion(f"care: {str(error).removeprefix('rule: ')}") from None
    if raw["care"] == {}:
        raise BadOccasion("care: expected a condition; {} is met by everyone")
    if not isinstance(raw.get("existing", False), bool):
        raise BadOccasion(f"existing: expected true or false, found {raw['existing']!r:.40}")
    return Occasion(
        kind="care",
        rule=dict(raw["care"]),
        lasts=_whole(raw, "lasts", LASTS_CARE, 1, LONGEST),
        pause=_whole(raw, "pause_days", PAUSE, 0, LONGEST_PAUSE) or 0,
        existing=raw.get("existing", False),
    )


def _name(raw: Mapping[str, Any], key: str, choices: tuple[str, ...]) -> str:
    name = raw[key]
    if not isinstance(name, str) or not name or (choices and name not in choices):
        expected = f"one of {', '.join(choices)}" if choices else f"the id of a {key}"
        raise BadOccasion(f"{key}: expected {expected}, found {name!r:.40}")
    return name


def _whole(raw: Mapping[str, Any], key: str, default: int | None, least: int, most: int) -> int | None:
    found = raw.get(key, default)
    if found is None:
        return None
    if not isinstance(found, int) or isinstance(found, bool) or not least <= found <= most:
        raise BadOccasion(f"{key}: expected a whole number from {least} to {most}, found {found!r:.40}")
    return found


_READ: dict[str, Callable[[Mapping[str, Any]], Occasion]] = {
    "festival": _festival,
    "birthday": _birthday,
    "anniversary": _anniversary,
    "after": _after,
    "care": _care,
}
_BESIDE = {
    "festival": ("days_before", "lasts"),
    "birthday": ("days_before", "lasts"),
    "anniversary": ("days_before", "lasts"),
    "after": ("days", "lasts"),
    "care": ("lasts", "pause_days", "existing"),
}
