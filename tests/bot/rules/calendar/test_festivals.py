from datetime import date
from typing import Any

import pytest

from bot.rules.calendar import festivals
from bot.values.festival import Festival


def own(**falls: Any) -> Festival:
    lasts = falls.pop("lasts", 1)
    since = falls.pop("since", None)
    return Festival(
        id="own",
        name="店庆",
        english="Ours",
        kind="own",
        falls=festivals.falls(falls),
        lasts=lasts,
        since=since,
    )


def days(festival: Festival, first: int = 2025, last: int = 2030) -> list[str]:
    found = festivals.between([festival], date(first, 1, 1), date(last, 12, 31))
    return [one.day.isoformat() for one in found]


@pytest.mark.parametrize(
    ("name", "expected"),
    [  # Hong Kong Observatory's tables and the State Council's notices; years not out yet by the same tables
        ("spring-festival", "2025-01-29 2026-02-17 2027-02-06 2028-01-26 2029-02-13 2030-02-03"),
        ("spring-festival-eve", "2025-01-28 2026-02-16 2027-02-05 2028-01-25 2029-02-12 2030-02-02"),
        ("lantern", "2025-02-12 2026-03-03 2027-02-20 2028-02-09 2029-02-27 2030-02-17"),
        ("qingming", "2025-04-04 2026-04-05 2027-04-05 2028-04-04 2029-04-04 2030-04-05"),
        ("dragon-boat", "2025-05-31 2026-06-19 2027-06-09 2028-05-28 2029-06-16 2030-06-05"),
        ("qixi", "2025-08-29 2026-08-19 2027-08-08 2028-08-26 2029-08-16 2030-08-05"),
        ("mid-autumn", "2025-10-06 2026-09-25 2027-09-15 2028-10-03 2029-09-22 2030-09-12"),
        ("double-ninth", "2025-10-29 2026-10-18 2027-10-08 2028-10-26 2029-10-16 2030-10-05"),
        ("mothers-day", "2025-05-11 2026-05-10 2027-05-09 2028-05-14 2029-05-13 2030-05-12"),
        ("fathers-day", "2025-06-15 2026-06-21 2027-06-20 2028-06-18 2029-06-17 2030-06-16"),
        ("winter-solstice", "2025-12-21 2026-12-22 2027-12-22 2028-12-21 2029-12-21 2030-12-22"),
        ("1111", "2025-11-11 2026-11-11 2027-11-11 2028-11-11 2029-11-11 2030-11-11"),
    ],
)
def test_festivals_fall_on_the_days_that_are_published(name: str, expected: str) -> None:
    assert days(festivals.known()[name]) == expected.split()


def test_the_product_knows_the_festivals_and_shopping_days_of_the_year() -> None:
    assert {
        "new-year", "spring-festival-eve", "spring-festival", "lantern", "qingming", "labour-day", "dragon-boat", "qixi",
        "mid-autumn", "national-day", "double-ninth", "shuangdan", "valentine", "520", "womens-day", "mothers-day",
        "fathers-day", "618", "1111", "1212", "nianhuo",
    } <= set(festivals.known())  # fmt: skip


@pytest.mark.parametrize(
    ("festival", "expected"),
    [
        pytest.param(own(on="02-29"), ["2027-02-28", "2028-02-29"], id="29 February is the 28th in other years"),
        pytest.param(own(weekday={"month": 11, "nth": 4, "day": "thursday"}, shift=1), ["2027-11-26", "2028-11-24"], id="the day after"),
        pytest.param(own(weekday={"month": 5, "nth": -1, "day": "monday"}), ["2027-05-31", "2028-05-29"], id="the last of a month"),
        pytest.param(own(dates=["2028-03-01", "2027-06-01"]), ["2027-06-01", "2028-03-01"], id="days of its own"),
        pytest.param(own(on="05-05", since=2028), ["2028-05-05"], id="not before its first year"),
        pytest.param(own(on="01-01", shift=-1), ["2027-12-31", "2028-12-31"], id="the eve is of the year it falls in"),
    ],
)  # fmt: skip
def test_a_shops_own_days_fall_as_it_says(festival: Festival, expected: list[str]) -> None:
    assert days(festival, 2027, 2028) == expected


@pytest.mark.parametrize(
    "falls",
    [
        {},
        {"on": "10-01", "lunar": "08-15"},
        {"on": "02-30"},
        {"lunar": "闰6-1"},
        {"lunar": "13-01"},
        {"term": "中秋"},
        {"weekday": {"month": 5, "nth": 5, "day": "sunday"}},
        {"weekday": {"month": 5, "nth": 2, "day": "Sonntag"}},
        {"dates": []},
        {"dates": ["2027-02-29"]},
        {"on": "10-01", "shift": 400},
    ],
)
def test_a_day_that_cannot_be_is_refused(falls: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="expected"):
        festivals.falls(falls)


def test_a_festival_of_several_days_touches_each_of_them() -> None:
    week = own(on="10-01", lasts=7)
    assert [one.key for one in festivals.touching(week, date(2027, 10, 7), date(2027, 10, 9))] == ["own:2027"]
    assert festivals.touching(week, date(2027, 10, 8), date(2027, 10, 9)) == []


def test_the_shops_own_goes_before_the_products_and_may_switch_it_off() -> None:
    mine = Festival(id="1111", name="我们的双 11", english="Ours", kind="own", falls={"on": "11-10"})
    off = Festival(
        id="christmas", name="圣诞节", english="", kind="own", falls={"on": "12-25"}, enabled=False
    )
    found = festivals.together([mine, off])
    assert found["1111"].name == "我们的双 11"
    assert "christmas" not in found
