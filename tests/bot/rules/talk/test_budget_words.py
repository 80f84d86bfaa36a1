"""How much they want to spend, and on what; what is no money for a thing is left to others."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.rules.talk.budget_words import budget_of, called
from bot.rules.talk.numerals import number_of
from bot.values.recommending import Spend


def _spend(least: str | None = None, most: str | None = None) -> Spend:
    return Spend(Decimal(least) if least else None, Decimal(most) if most else None)


@pytest.mark.parametrize(
    ("text", "spend", "words"),
    [
        ("200块以内的茶壶", _spend(most="200"), "茶壶"),
        ("兩百元以下嘅壺", _spend(most="200"), "嘅壶"),
        ("预算三百，送人", _spend(most="300"), "送人"),
        ("不超过一百五的盖碗", _spend(most="150"), "盖碗"),
        ("100-200的茶有哪些", _spend("100", "200"), "茶"),
        ("一百到两百的杯子", _spend("100", "200"), "杯子"),
        ("一千以上的紫砂壶", _spend(least="1000"), "紫砂壶"),
        ("三百左右的茶具", _spend("210", "345"), "茶具"),
        ("百元左右的小礼物", _spend("70", "115"), "小礼物"),
        ("我有50块能买什么", _spend(most="50"), ""),
        ("２００以内有什么", _spend(most="200"), ""),
        ("人均100", _spend("70", "115"), ""),
        ("每人200左右送同事", _spend("140", "230"), "送同事"),
        ("每个人预算一百以内的小礼物", _spend(most="100"), "小礼物"),
        ("最便宜的盖碗", Spend(first="cheapest"), "盖碗"),
        ("最便宜的是啥", Spend(first="cheapest"), ""),
        ("最贵的茶是哪个", Spend(first="dearest"), "茶"),
    ],
)
def test_a_budget(text: str, spend: Spend, words: str) -> None:
    found = budget_of(text)
    assert found is not None
    assert (found.spend, found.words) == (spend, words)


@pytest.mark.parametrize(
    "text",
    [
        "3天以内能到吗",
        "200毫升以内的壶",
        "200以内包邮吗",
        "满200减20",
        "100块以内的券能用吗",
        "龙井多少钱",
        "最便宜多少",
        "最便宜的",
        "1到2个人用的",
        "100度以上的水",
        "18岁以上能喝吗",
        "一百块卖不卖",
        "预算不多",
        "一个人一天喝10克",
        "每人限购2个吗",
        "一个人20包够吗",
        "年会抽奖三十份，每份两百以内",
        "",
        "我上次在你们这里花了三百块以内的钱买了一个壶后来它坏了你们也没有给我一个说法",
    ],
)
def test_no_budget(text: str) -> None:
    assert budget_of(text) is None


@pytest.mark.parametrize(
    ("words", "number"),
    [("十", "10"), ("二十五", "25"), ("一百五", "150"), ("一百零五", "105"), ("两千三", "2300"), ("三百六十五", "365"), ("一万二", "12000"), ("9.9", "9.9")],
)  # fmt: skip
def test_numbers_as_people_say_them(words: str, number: str) -> None:
    assert number_of(words) == Decimal(number)


@given(st.text(alphabet="零一二两三九十百千万0123456789.块元到以内左右预算的壶最便宜", max_size=30))
def test_no_order_of_signs_is_too_odd(text: str) -> None:
    found = budget_of(text)
    assert found is None or found.spend != Spend()


def test_a_kind_goes_by_shorter_names_too() -> None:
    assert called("茶杯") == ("茶杯", "杯")
    assert called("茶") == ("茶叶", "茶")
    assert called("杯子") == ("杯子", "杯")
    assert called("") == ()
