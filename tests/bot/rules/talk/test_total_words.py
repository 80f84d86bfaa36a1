"""A sum is asked for, of what, and how it is told."""

from decimal import Decimal

import pytest

from bot.rules.talk.slots import slots_in
from bot.rules.talk.total_words import Line, pieces_of, sum_of, told
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


def test_every_line_and_the_sum() -> None:
    lines = [
        Line(name="龙井", price=Decimal("168.50"), count=3, stock=2),
        Line(name="盖碗", price=Decimal(88), count=1, stock=9),
    ]
    said = told(lines)
    assert "龙井：¥168.50 × 3 = ¥505.50，只有 2 件" in said
    assert "盖碗：¥88.00，现在有货" in said
    assert "一共 ¥593.50。" in said
