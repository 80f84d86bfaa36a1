"""What is an answer to the one question, what is none, and who wants no questions."""

from datetime import date

import pytest

from bot.rules.people.facts import load
from bot.rules.talk.facts_words import (
    answer_to,
    corrects_a_fact,
    may_answer,
    meant_by_any,
    question,
    refuses,
    refuses_all,
    takes_back,
)
from bot.values.facts import Attribute

TODAY = date(2026, 11, 24)
KNOWN = load("").attributes
ANY = meant_by_any(KNOWN.values())


@pytest.mark.parametrize(
    ("attribute", "text", "value"),
    [
        ("occupation", "我是上班的", "white_collar"),
        ("occupation", "上班族", "white_collar"),
        ("occupation", "还在上学", "student"),
        ("occupation", "在一家工厂上班", "blue_collar"),
        ("occupation", "自己开店的", "self_employed"),
        ("occupation", "我退休在家了", "at_home"),
        ("occupation", "2", "white_collar"),
        ("occupation", "第二个吧", "white_collar"),
        ("occupation", "选５", "at_home"),
        ("decision_driver", "当然是质量啦", "function"),
        ("decision_driver", "性价比吧", "price"),
        ("decision_driver", "喜歡好看的", "trend"),
        ("age_band", "35", "30s"),
        ("age_band", "我今年４０岁了", "40s"),
        ("age_band", "三十多", "30s"),
        ("age_band", "88年的", "30s"),
        ("age_band", "2005年", "20s"),
        ("age_band", "90后", "30s"),
        ("age_band", "零零后", "20s"),
        ("age_band", "2", "20s"),
        ("gender", "女", "female"),
        ("gender", "叫我先生", "male"),
    ],
)
def test_an_answer_is_understood(attribute: str, text: str, value: str) -> None:
    assert answer_to(KNOWN[attribute], text, TODAY) == value
    assert may_answer(text, ANY)


@pytest.mark.parametrize(
    "text", ["你们几点上班", "便宜的茶壶有吗", "新款什么时候上", "绿茶的水温多少合适", "😀"]
)
def test_what_answers_no_question_is_known_without_asking_which(text: str) -> None:
    assert not may_answer(text, ANY)


@pytest.mark.parametrize("attribute", KNOWN.values(), ids=lambda attribute: attribute.name)
def test_whatever_a_choice_is_called_may_be_an_answer(attribute: Attribute) -> None:
    for choice in attribute.choices:
        for words in (choice.label, *choice.words):
            assert may_answer(f"我是{words}吧", ANY) or answer_to(attribute, f"我是{words}吧", TODAY) is None


@pytest.mark.parametrize(
    ("attribute", "text"),
    [
        ("occupation", "你们几点上班"),
        ("occupation", "不是学生"),
        ("occupation", "学生有优惠吗"),
        ("decision_driver", "便宜的茶壶有吗"),
        ("decision_driver", "7"),
        ("decision_driver", "新款什么时候上"),
        ("gender", "女士拖鞋"),
        ("age_band", "35 天能到吗"),
        ("age_band", "茶壶"),
        ("occupation", "😀"),
        ("occupation", "学生" * 20),
    ],
)
def test_what_is_no_answer_is_left_to_others(attribute: str, text: str) -> None:
    assert answer_to(KNOWN[attribute], text, TODAY) is None


@pytest.mark.parametrize("text", ["跳过", "不想说", "不方便", "保密吧", "skip"])
def test_one_question_is_refused(text: str) -> None:
    assert (refuses(text), refuses_all(text)) == (True, False)


@pytest.mark.parametrize("text", ["别问了", "不要再问我了", "别再问了好吗", "以后别问我问题了", "不用问我"])
def test_all_questions_are_refused(text: str) -> None:
    assert (refuses(text), refuses_all(text)) == (False, True)


@pytest.mark.parametrize("text", ["别问价格", "不想要了", "跳过这一步怎么操作", "我想问问", "不要了"])
def test_what_refuses_nothing(text: str) -> None:
    assert (refuses(text), refuses_all(text)) == (False, False)


def test_what_was_told_is_taken_back() -> None:
    assert takes_back("撤回")
    assert takes_back("我刚才说错了")
    assert not takes_back("撤回退货申请")


def test_a_question_names_its_choices_and_the_way_out() -> None:
    words = question(KNOWN["decision_driver"])
    assert "1 价格实惠\n2 好用耐用\n3 新款好看" in words
    assert "跳过" in words
    assert "别问了" in words


def test_what_is_known_wrongly_is_corrected_on_their_page() -> None:
    assert all(map(corrects_a_fact, ("把我的城市改成上海", "我生日记错了", "修改一下我的资料", "改我的生日")))
    assert not any(
        map(corrects_a_fact, ("地址写错了", "改一下地址", "我要改订单", "生日有什么福利", "换个城市的店"))
    )
