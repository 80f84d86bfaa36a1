"""Adds up what came out of the parts of the customers. Pure."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import fields
from typing import Any

from bot.values.simulation import Blame, CampaignDay, Day, Gap, Played


def together(parts: Sequence[Played]) -> Played:
    """All parts were played over the same days."""
    total = Played()
    for days in zip(*(part.days for part in parts), strict=True):
        total.days.append(_days(days))
    for part in parts:
        for key, each in part.by_campaign.items():
            known = total.by_campaign.setdefault(key, CampaignDay(each.campaign_id, each.day))
            _add(known, each, besides=("campaign_id", "day"))
    total.blames = _blames(each for part in parts for each in part.blames)
    total.gaps = [gap for part in parts for gap in part.gaps]
    total.times = dict(sorted(_counted(part.times for part in parts).items()))
    total.reached = dict(_counted(part.reached for part in parts))
    return total


def by_days(gaps: Iterable[Gap]) -> dict[int, int]:
    """Calendar days → pushes."""
    found: Counter[int] = Counter()
    for gap in gaps:
        found[gap.days] += gap.pushes
    return dict(sorted(found.items()))


def _days(days: tuple[Day, ...]) -> Day:
    total = Day(days[0].day, days[0].works, all(day.calendar_known for day in days))
    for day in days:
        _add(total, day, besides=("day", "works", "calendar_known"))
    return total


def _add(total: Any, each: Any, besides: tuple[str, ...]) -> None:
    for field in fields(each):
        if field.name in besides:
            continue
        known, more = getattr(total, field.name), getattr(each, field.name)
        setattr(total, field.name, dict(_counted((known, more))) if isinstance(more, dict) else known + more)


def _counted(many: Iterable[dict[Any, int]]) -> Counter[Any]:
    total: Counter[Any] = Counter()
    for each in many:
        total.update(each)
    return total


def _blames(blames: Iterable[Blame]) -> list[Blame]:
    total: Counter[tuple[Any, ...]] = Counter()
    for each in blames:
        total[each.campaign_id, each.reason, each.by, each.on] += each.customers
    return [
        Blame(key[0], key[1], key[2], key[3], number)
        for key, number in sorted(total.items(), key=lambda one: (-one[1], one[0]))
    ]
