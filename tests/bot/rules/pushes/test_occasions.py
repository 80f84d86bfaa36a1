from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from bot.rules.calendar import festivals
from bot.rules.pushes import occasions
from bot.rules.pushes.occasions import BadOccasion

SHANGHAI = ZoneInfo("Asia/Shanghai")
KNOWN = festivals.known()


def sent_on(raw: dict[str, Any], first: str, last: str) -> list[str]:
    occasion = occasions.read(raw)
    found = occasions.days_sent(
        occasion, date.fromisoformat(first), date.fromisoformat(last), SHANGHAI, KNOWN
    )
    return [day.isoformat() for day in found]


@pytest.mark.parametrize(
    ("raw", "days"),
    [
        pytest.param({"festival": "mid-autumn"}, ["2027-09-15"], id="on the day of the festival"),
        pytest.param({"festival": "mid-autumn", "days_before": 2}, ["2027-09-13", "2027-09-14", "2027-09-15"], id="from before until it is over"),
        pytest.param({"festival": "mid-autumn", "days_before": 3, "lasts": 2}, ["2027-09-12", "2027-09-13"], id="on two days before"),
        pytest.param({"festival": "mid-autumn", "lasts": 2}, ["2027-09-15", "2027-09-16"], id="and the day after"),
        pytest.param({"festival": "easter"}, [], id="one that nobody knows"),
    ],
)  # fmt: skip
def test_a_festival_is_sent_for_on_its_days(raw: dict[str, Any], days: list[str]) -> None:
    assert sent_on(raw, "2027-09-01", "2027-09-30") == days


@pytest.mark.parametrize("days_before", [0, 2, 20])
@pytest.mark.parametrize("lasts", [None, 1, 5])
@pytest.mark.parametrize("name", ["mid-autumn", "new-year", "easter"])
@pytest.mark.parametrize("span", [-1, 0, 3, 25])
def test_whether_a_period_has_a_day_to_send_is_known_without_its_days(
    name: str, days_before: int, lasts: int | None, span: int
) -> None:
    occasion = occasions.read(
        {"festival": name, "days_before": days_before} | ({"lasts": lasts} if lasts else {})
    )
    for ahead in range(0, 150, 3):
        first = date(2027, 8, 20) + timedelta(days=ahead)
        last = first + timedelta(days=span)
        any_day = any(occasions.days_sent(occasion, first, last, SHANGHAI, KNOWN))
        assert occasions.is_sent_between(occasion, first, last, KNOWN) == any_day


def test_a_festival_of_the_new_year_is_sent_for_in_the_old_one() -> None:
    assert sent_on({"festival": "new-year", "days_before": 2, "lasts": 1}, "2026-12-01", "2027-01-31") == [
        "2026-12-30"
    ]


@pytest.mark.parametrize(
    ("raw", "days"),
    [
        pytest.param({"birthday": True}, ["2027-05-10"], id="the birthday itself"),
        pytest.param({"birthday": True, "days_before": 2}, ["2027-05-10", "2027-05-11", "2027-05-12"], id="the nearest closes first"),
        pytest.param({"birthday": True, "days_before": 2, "lasts": 1}, ["2027-05-12"], id="two days before and no later"),
        pytest.param({"after": "order", "days": 7, "lasts": 2}, ["2027-05-02", "2027-05-03"], id="a week after, or a day later"),
    ],
)  # fmt: skip
def test_whose_day_it_is_that_is_sent_for_today(raw: dict[str, Any], days: list[str]) -> None:
    found = occasions.near(occasions.read(raw), date(2027, 5, 10), SHANGHAI, KNOWN)
    assert [one.day.isoformat() for one in found] == days
    assert [one.closes for one in found] == sorted(one.closes for one in found)
    assert all(one.closes.astimezone(SHANGHAI).date() > date(2027, 5, 10) for one in found)


@pytest.mark.parametrize(
    "raw",
    [
        {"festival": "mid-autumn", "days_before": 3, "lasts": 2},
        {"festival": "mid-autumn", "days_before": 0},
        {"birthday": True, "days_before": 1, "lasts": 2},
        {"anniversary": "first_order", "days_before": 0, "lasts": 1},
        {"after": "repair", "days": 3, "lasts": 5},
        {
            "care": {"field": "points", "op": ">=", "value": 5},
            "lasts": 7,
            "pause_days": 30,
            "existing": False,
        },
    ],
)
def test_what_is_written_reads_the_same(raw: dict[str, Any]) -> None:
    assert occasions.written(occasions.read(raw)) == raw


@pytest.mark.parametrize(
    ("raw", "fault"),
    [
        pytest.param("mid-autumn", "expected a table", id="no table"),
        pytest.param({}, "expected one of", id="nothing"),
        pytest.param({"festival": "qixi", "birthday": True}, "festival and birthday", id="two at once"),
        pytest.param({"birthday": 1}, "expected true", id="a birthday that is no yes"),
        pytest.param(
            {"festival": "qixi", "days_before": -1}, "days_before", id="before in the wrong direction"
        ),
        pytest.param({"festival": "qixi", "lasts": 0}, "lasts", id="no day at all"),
        pytest.param({"festival": "qixi", "days": 3}, "unknown key", id="a key of another occasion"),
        pytest.param({"after": "order"}, "days: missing", id="how long after is not said"),
        pytest.param({"after": "wedding", "days": 3}, "one of order", id="an event nobody reports"),
        pytest.param(
            {"care": {"field": "shoe_size", "op": "=", "value": 1}}, "care", id="a condition of nothing"
        ),
        pytest.param({"care": {}}, "met by everyone", id="a condition that is none"),
    ],
)
def test_an_occasion_that_cannot_be_is_refused(raw: Any, fault: str) -> None:
    with pytest.raises(BadOccasion, match=fault):
        occasions.read(raw)
