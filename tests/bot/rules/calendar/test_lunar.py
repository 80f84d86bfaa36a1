from collections import Counter
from datetime import date, timedelta

import pytest

from bot.rules.calendar import lunar
from bot.rules.calendar.lunar import LunarDay, NoSuchDay


@pytest.mark.parametrize(
    ("words", "kept"),
    [
        pytest.param("农历八月十五", "八月十五", id="as people say it"),
        pytest.param("8-15", "八月十五", id="in digits"),
        pytest.param("闰6月1日", "闰六月初一", id="of a leap month"),
        pytest.param(
            "十二月二十九", "腊月廿九", id="the twelfth month and the twenties have names of their own"
        ),
        pytest.param("一月初一", "正月初一", id="so has the first"),
        pytest.param("11-30", "冬月三十", id="the thirtieth"),
    ],
)
def test_a_lunar_day_is_read_as_people_write_it_and_kept_in_one_form(words: str, kept: str) -> None:
    assert str(lunar.read(words)) == kept
    assert lunar.read(kept) == lunar.read(words)


@pytest.mark.parametrize("words", ["", "八月", "八月三十一", "13-1", "0-1", "1990-01-02", "八月十五十六"])
def test_what_is_no_lunar_day_is_refused(words: str) -> None:
    with pytest.raises(NoSuchDay):
        lunar.read(words)


@pytest.mark.parametrize(
    ("day", "year", "name"),
    [  # of the festivals published for these years
        pytest.param(date(2025, 1, 29), 2025, "正月初一", id="Spring Festival 2025"),
        pytest.param(date(2025, 7, 25), 2025, "闰六月初一", id="the leap month of 2025 begins"),
        pytest.param(date(2026, 2, 16), 2025, "腊月廿九", id="New Year's Eve of a short twelfth month"),
        pytest.param(date(2026, 9, 25), 2026, "八月十五", id="Mid-Autumn 2026"),
        pytest.param(
            date(2033, 12, 22), 2033, "闰冬月初一", id="the leap month of 2033, which many get wrong"
        ),
    ],
)
def test_a_day_has_its_lunar_name(day: date, year: int, name: str) -> None:
    found_year, found = lunar.of(day)
    assert (found_year, str(found)) == (year, name)


@pytest.mark.parametrize(
    ("year", "born", "kept"),
    [
        pytest.param(2026, "八月十五", date(2026, 9, 25), id="on the day itself"),
        pytest.param(
            2025,
            "闰六月初一",
            date(2025, 6, 25),
            id="a leap month's day in the month of its number, even now",
        ),
        pytest.param(
            2025, "腊月三十", date(2026, 2, 16), id="the thirtieth of a short month on its twenty-ninth"
        ),
        pytest.param(2026, "腊月三十", date(2027, 2, 5), id="and of a short month again"),
        pytest.param(2027, "腊月三十", date(2028, 1, 25), id="and of one more"),
        pytest.param(2024, "腊月廿九", date(2025, 1, 28), id="the twenty-ninth is itself"),
    ],
)
def test_a_lunar_birthday_is_kept_on_one_day_of_the_year(year: int, born: str, kept: date) -> None:
    assert lunar.in_year(year, lunar.read(born)) == kept
    found_year, found = lunar.kept_on(kept)
    assert found_year == year
    assert lunar.read(born) in found


def test_every_day_of_birth_is_kept_exactly_once_in_every_lunar_year() -> None:
    kept: Counter[tuple[int, LunarDay]] = Counter()
    for ahead in range((date(2040, 3, 1) - date(2020, 1, 1)).days):
        year, days = lunar.kept_on(date(2020, 1, 1) + timedelta(days=ahead))
        kept.update((year, one) for one in days)
    whole = {key: number for key, number in kept.items() if 2020 <= key[0] <= 2039}
    assert len(whole) == 20 * 12 * 30 * 2
    assert set(whole.values()) == {1}


def test_years_beyond_the_tables_are_refused() -> None:
    with pytest.raises(NoSuchDay):
        lunar.of(date(2150, 1, 1))
    with pytest.raises(NoSuchDay):
        lunar.in_year(2150, LunarDay(8, 15))
