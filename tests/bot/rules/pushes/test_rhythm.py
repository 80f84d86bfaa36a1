from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.config import Push
from bot.rules.pushes.rhythm import apart, engagement, gap, thresholds

SHANGHAI = ZoneInfo("Asia/Shanghai")
PUSH = Push()


def at(text: str) -> datetime:
    return datetime.fromisoformat(f"2026-11-{text}").replace(tzinfo=SHANGHAI)


@pytest.mark.parametrize(
    ("days", "last", "now", "allowed"),
    [
        pytest.param(1, "23T21:00", "24T16:59", False, id="the next day, but under 20 hours"),
        pytest.param(1, "23T21:00", "24T17:00", True, id="the next day and 20 hours"),
        pytest.param(1, "23T00:10", "23T23:50", False, id="23 hours on one day"),
        pytest.param(1, "23T23:59", "24T00:01", False, id="two minutes over midnight"),
        pytest.param(2, "23T11:00", "25T07:00", True, id="two days, in the morning: 44 hours"),
        pytest.param(2, "23T18:00", "25T11:00", False, id="two days, but 41 hours"),
        pytest.param(2, "23T00:10", "24T23:50", False, id="47 hours, but only one day later"),
        pytest.param(2, "25T11:00", "24T11:00", False, id="a clock set back by a day"),
        pytest.param(1, "23T11:00:01", "23T11:00", False, id="a clock set back by a second"),
    ],
)
def test_a_gap_is_counted_in_days_and_in_hours(days: int, last: str, now: str, allowed: bool) -> None:
    assert apart(days, at(now), PUSH).allows(at(last).date(), at(last)) is allowed


def test_who_never_had_a_push_may_have_one() -> None:
    assert apart(7, at("23T11:00"), PUSH).allows(None, None)


@pytest.mark.parametrize(
    ("who", "unanswered", "days"),
    [
        ("engaged", 0, 2), ("engaged", 2, 2), ("ordinary", 0, 3), ("ordinary", 5, 3),
        ("tired", 0, 5), ("tired", 3, 5), ("tired", 4, 7), ("tired", 5, 7), ("tired", 500, 7),
    ],
)  # fmt: skip
def test_the_gap_follows_the_engagement_and_the_tired_back_off(who: str, unanswered: int, days: int) -> None:
    assert gap(who, unanswered, PUSH) == days


@pytest.mark.parametrize(
    ("most", "days"), [(3, [3, 3, 3]), (4, [4, 4, 4]), (8, [5, 7, 8]), (14, [5, 7, 9]), (90, [5, 7, 9])]
)
def test_a_tired_one_backs_off_no_further_than_the_setting(most: int, days: list[int]) -> None:
    assert [gap("tired", number, Push(tired_gap_days=most)) for number in (3, 4, 5)] == days


@pytest.mark.parametrize("most", [1, 3, 7, 10, 30, 90])
@pytest.mark.parametrize("who", ["engaged", "ordinary", "tired"])
def test_the_rungs_a_statement_compares_with_are_the_gaps(who: str, most: int) -> None:
    push, now = Push(tired_gap_days=most), at("24T12:00")
    for unanswered in range(60):
        fits = next(
            rung
            for rung in thresholds(now, push).aimed
            if rung.engagement == who and unanswered >= rung.unanswered
        )
        assert fits.apart == apart(gap(who, unanswered, push), now, push)


def test_a_tired_customer_never_hears_more_than_an_ordinary_one() -> None:
    assert gap("tired", 9, Push(max_gap_days=10, tired_gap_days=7)) == 10


@pytest.mark.parametrize(
    ("days_silent", "unanswered", "expected"),
    [
        pytest.param(13, 2, "engaged", id="wrote within two weeks"),
        pytest.param(13, 3, "ordinary", id="wrote within two weeks, but three unanswered since"),
        pytest.param(14, 0, "ordinary", id="wrote two weeks ago"),
        pytest.param(40, 2, "ordinary", id="two pushes unanswered"),
        pytest.param(40, 3, "tired", id="three pushes unanswered"),
        pytest.param(None, 3, "tired", id="never wrote, three unanswered"),
        pytest.param(None, 0, "ordinary", id="never wrote"),
    ],
)
def test_engagement_is_read_from_what_they_do(
    days_silent: int | None, unanswered: int, expected: str
) -> None:
    now = at("24T12:00")
    spoke_at = None if days_silent is None else now - timedelta(days=days_silent)
    assert engagement(spoke_at, unanswered, now) == expected
