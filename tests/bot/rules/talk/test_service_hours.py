"""When somebody answers: on working days, free days, and how the customer is told."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from pydantic import ValidationError

from bot.config import Person
from bot.rules.calendar.workdays import PUBLISHED
from bot.rules.talk.service_hours import next_service, when_words

SHANGHAI = ZoneInfo("Asia/Shanghai")
WEEKENDS_TOO = Person(free_day_hours="10:00-18:00")


def at(day: int, hour: int, minute: int = 0) -> datetime:
    """Of November 2026 in the shop; the 24th is a Tuesday."""
    return datetime(2026, 11, day, hour, minute, tzinfo=SHANGHAI).astimezone(UTC)


@pytest.mark.parametrize(
    ("now", "person", "begins", "words"),
    [
        pytest.param(at(24, 12), Person(), at(24, 12), "", id="in the hours it is now"),
        pytest.param(at(24, 7), Person(), at(24, 9), "今天 09:00", id="before them, today"),
        pytest.param(at(24, 21), Person(), at(25, 9), "明天 09:00", id="at closing time it is over"),
        pytest.param(at(27, 22), Person(), at(30, 9), "周一 09:00", id="after Friday comes Monday"),
        pytest.param(
            at(27, 22), WEEKENDS_TOO, at(28, 10), "明天 10:00", id="unless somebody serves at weekends"
        ),
        pytest.param(at(28, 11), WEEKENDS_TOO, at(28, 11), "", id="a Saturday in its hours"),
    ],
)
def test_the_next_service(now: datetime, person: Person, begins: datetime, words: str) -> None:
    found = next_service(now, person, SHANGHAI, PUBLISHED)
    assert found == begins
    if words:
        assert when_words(begins, now, SHANGHAI) == words


def test_a_long_holiday_is_told_by_its_date() -> None:
    eve = datetime(2026, 2, 14, 22, tzinfo=SHANGHAI)
    begins = next_service(eve, Person(), SHANGHAI, PUBLISHED)
    assert begins == datetime(2026, 2, 24, 9, tzinfo=SHANGHAI)
    assert when_words(begins, eve, SHANGHAI) == "2月24日 09:00"


def test_nobody_ever_serves() -> None:
    assert next_service(at(24, 12), Person(hours=""), SHANGHAI, PUBLISHED) is None


@pytest.mark.parametrize(
    "hours", ["9-21", "21:00-09:00", "09:00-09:00", "immer", "09:00-21:00-22:00", "25:00-26:00"]
)
def test_hours_that_are_none_are_refused(hours: str) -> None:
    with pytest.raises(ValidationError):
        Person(hours=hours)
