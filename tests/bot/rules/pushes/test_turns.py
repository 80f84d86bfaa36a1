"""Equally important campaigns take turns by the day."""

from collections import Counter
from datetime import date, timedelta

from bot.rules.pushes.turns import turn_of

CAMPAIGNS = ("brewing-lessons", "evening-tea", "new-arrivals", "kitchen-care")


def test_each_is_first_about_as_often_and_never_waits_for_weeks() -> None:
    days = [date(2026, 1, 1) + timedelta(days=number) for number in range(400)]
    firsts = [min(CAMPAIGNS, key=lambda one: turn_of(one, day)) for day in days]
    assert all(70 <= count <= 130 for count in Counter(firsts).values())
    assert all(set(firsts[start : start + 35]) == set(CAMPAIGNS) for start in range(365))


def test_a_day_has_one_order() -> None:
    today = date(2026, 11, 22)
    assert turn_of("evening-tea", today) == turn_of("evening-tea", date(2026, 11, 22))
    assert turn_of("evening-tea", today) != turn_of("evening-tea", date(2026, 11, 23))
