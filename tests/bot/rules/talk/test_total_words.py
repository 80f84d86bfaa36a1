"""A sum is asked for, of what, and how it is told."""

from decimal import Decimal

import pytest

from bot.rules.talk.slots import slots_in
from bot.rules.talk.total_words import Line, counted_in, pieces_of, sum_of, told
from bot.values.understood import Slot


@pytest.mark.parametrize(
    ("text", "count", "are_first"),
    [
        ("两个一起多少钱", 2, False),
        ("前三样一共多少钱", 3, True),
        ("雨前龙井和西施壶一共多少钱", 0, False),
        ("三罐雨前龙井多少钱", 3, False),
        ("都要的话多少钱", 0, False),
        ("加起来几多錢", 0, False),
        ("50份一共多少钱", 0, False),
        ("20个总价", 0, False),
    ],
)
def test_a_sum(text: str, count: int, are_first: bool) -> None:
    found = sum_of(text)
    assert found is not None
    assert (found.count, found.are_first) == (count, are_first)


@pytest.mark.parametrize(
    "text", ["龙井多少钱", "多少钱一个", "第二个多少钱", "我那单一共多少钱", "一共花了多少钱", "两个一起买能便宜多少钱", "运费一共多少钱", "一共几个"]
)  # fmt: skip
def test_no_sum(text: str) -> None:
    assert sum_of(text) is None


@pytest.mark.parametrize(
    ("text", "pieces"),
    [("三罐龙井多少钱", 3), ("龙井三罐多少钱", 3), ("龙井一共多少钱", 1), ("龙井和盖碗各两个多少钱", 2)],
)
def test_how_many_of_it(text: str, pieces: int) -> None:
    start = text.index("龙井")
    named = Slot(kind="product", text="龙井", start=start, end=start + 2, value="P1")
    quantities = [slot for slot in slots_in(text) if slot.kind == "quantity"]
    assert pieces_of(named, quantities, text) == pieces


@pytest.mark.parametrize(
    ("text", "change"),
    [
        ("三饼呢", "counts"),
        ("那要5个的话呢", "counts"),
        ("再加一个茶巾", "adds"),
        ("再来两罐龙井多少钱", "adds"),
        ("不要公道杯了", "drops"),
        ("算了不要公道杯了一共多少钱", "drops"),
    ],
)
def test_a_change_of_the_sum(text: str, change: str) -> None:
    found = sum_of(text)
    assert found is not None
    assert found.change == change


@pytest.mark.parametrize("text", ["不要了", "再加点钱行吗", "不要紫砂的吗", "三个月呢", "再来几个吗"])
def test_no_change_of_a_sum(text: str) -> None:
    found = sum_of(text)
    assert found is None or not found.change


def test_a_sum_is_read_from_what_was_told() -> None:
    lines = [
        Line(name="龙井", price=Decimal(168), count=3, stock=9),
        Line(name="盖碗", price=Decimal(88), count=1, stock=9),
    ]
    assert counted_in(told(lines)) == {"龙井": 3, "盖碗": 1}


def test_every_line_and_the_sum() -> None:
    lines = [
        Line(name="龙井", price=Decimal("168.50"), count=3, stock=2),
        Line(name="盖碗", price=Decimal(88), count=1, stock=9),
    ]
    said = told(lines)
    assert "龙井：¥168.50 × 3 = ¥505.50，只有 2 件" in said
    assert "盖碗：¥88.00，现在有货" in said
    assert "一共 ¥593.50。" in said
