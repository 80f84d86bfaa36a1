"""A birthday somebody tells is kept as their own word; other people's days and delivery dates are not theirs."""

from datetime import timedelta

import pytest

from bot.rules.talk import birthday_words as words
from bot.rules.talk.birthday_words import birthday_in
from bot.store.people import facts
from tests.handlers.chat.conftest import Conversation
from tests.support.incoming import said

SOLAR = words.NOTED.format(birthday=words.SOLAR.format(year=1990, month=5, day=3))


@pytest.mark.parametrize(
    "text",
    [
        "我的生日是1990年5月3日",
        "我生日1990-05-03",
        "生日：1990/5/3",
        "我是1990年五月三号出生的",
        "我90年5月3日生的哦",
        "您好，我的出生日期是1990.5.3，谢谢",
    ],
)
def test_a_birthday_is_kept_with_where_it_came_from(talk: Conversation, customer: int, text: str) -> None:
    heard = talk.hear(said(text))
    assert (heard.handler, heard.text) == ("birthdays", SOLAR)
    held = facts.holding(talk.session, customer)
    assert (held["birthday"].value, held["birthday"].source) == ("1990-05-03", "own_word")
    assert held["birthday"].evidence == {"from": "chat"}
    assert held["age_band"].value == "30s"


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("我农历生日是八月十五", "八月十五"),
        ("我的生日是阴历八月十五", "八月十五"),
        ("我过农历腊月三十", "腊月三十"),
        ("我生日是正月初八", "正月初八"),
        ("农历生日8月15日", "八月十五"),
    ],
)
def test_a_lunar_birthday_is_kept_as_people_write_it(
    talk: Conversation, customer: int, text: str, day: str
) -> None:
    assert talk.hear(said(text)).text == words.NOTED.format(birthday=words.LUNAR.format(day=day))
    assert facts.holding(talk.session, customer)["lunar_birthday"].value == day


def test_the_year_is_asked_for_and_may_come_alone(talk: Conversation, customer: int) -> None:
    assert talk.hear(said("我的生日是2月29日")).text == words.WHICH_YEAR.format(month=2, day=29)
    assert talk.hear(said("1995")).text == words.NO_SUCH_DAY  # no such day in that year
    assert talk.hear(said("我生日2月29号")).handler == "birthdays"
    assert talk.hear(said("96年的")).handler == "birthdays"
    assert facts.holding(talk.session, customer)["birthday"].value == "1996-02-29"


def test_a_year_that_nobody_asked_for_is_no_birthday(talk: Conversation, customer: int) -> None:
    assert talk.hear(said("1990")).handler != "birthdays"
    assert "birthday" not in facts.holding(talk.session, customer)


@pytest.mark.parametrize(
    "text", ["我生日是2月30日", "我生日是1990年13月1日", "我的生日是2090年5月3日", "我农历生日是八月三十一"]
)
def test_a_day_that_is_none_is_told_and_not_kept(talk: Conversation, customer: int, text: str) -> None:
    assert talk.hear(said(text)).text == words.NO_SUCH_DAY
    assert not facts.holding(talk.session, customer)


def test_a_day_to_come_is_no_day_of_birth(talk: Conversation, customer: int) -> None:
    tomorrow = talk.clock.now() + timedelta(days=1)
    assert talk.hear(said(f"我是{tomorrow:%Y年%m月%d日}出生的")).text == words.NO_SUCH_DAY


@pytest.mark.parametrize(
    "text",
    ["我妈生日5月3号", "5月3号能到吗", "我5月3号过来拿", "5月3日下的单", "我老公是1990年5月3日生的", "生日有礼物吗", "我生日快到了", "10月3日", "我是5月3号买的"],
)  # fmt: skip
def test_these_are_no_birthdays_of_theirs(text: str) -> None:
    assert birthday_in(text) is None
