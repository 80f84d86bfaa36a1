"""Options out of a file, and which words choose."""

from decimal import Decimal
from typing import Any

import pytest

from bot.rules.talk.offers import Wish, letter_of, options, wish_of

VOUCHER = {"kind": "voucher", "name": "满 200 减 20", "value": 20, "least": 200}
GIFT = {"kind": "gift", "name": "小罐", "stock": 3}


def test_options_get_letters_in_their_order() -> None:
    found = options([VOUCHER, GIFT])
    assert [(one.id, one.kind, one.value, one.stock) for one in found] == [
        ("A", "voucher", Decimal("20.00"), None),
        ("B", "gift", Decimal("0.00"), 3),
    ]


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"kind": "car"}, "option B: kind"),
        ({"name": " "}, "option B: name"),
        ({"stock": 0}, "option B: stock"),
        ({"stock": True}, "option B: stock"),
        ({"valid_days": 0}, "option B: valid_days"),
        ({"price": 3}, "option B: price: unknown key"),
        ({"kind": "cash"}, "option B: value"),
        ({"kind": "voucher", "value": 20, "least": 10}, "option B: least"),
        ({"value": "9.999"}, "option B: value"),
        ({"value": "free"}, "option B: value"),
    ],
)
def test_a_bad_option_is_named(changed: dict[str, Any], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        options([VOUCHER, GIFT | changed])


@pytest.mark.parametrize("value", [[], [VOUCHER], [VOUCHER] * 10, "A", [1, 2]])
def test_there_is_something_to_choose(value: Any) -> None:
    with pytest.raises(ValueError, match="nothing to choose"):
        options(value)


@pytest.mark.parametrize(
    ("text", "wish"),
    [
        ("有什么优惠", Wish()),
        ("优惠", Wish()),
        ("双十二有什么活动吗", Wish()),
        ("领礼品", Wish()),
        ("选B", Wish("B")),
        ("我要 a", Wish("A")),
        ("Ｃ", Wish("C")),
        ("要第二个", Wish("二")),
        ("2", Wish("2")),
    ],
)
def test_a_wish_is_heard(text: str, wish: Wish) -> None:
    assert wish_of(text) == wish


@pytest.mark.parametrize("text", ["优惠券怎么用", "要买两个壶", "B站", "", "我要退货", "活动什么时候结束"])
def test_other_words_are_none(text: str) -> None:
    assert wish_of(text) is None


def test_letters_numbers_and_characters_are_the_same() -> None:
    assert [letter_of(what) for what in ("B", "2", "二")] == ["B", "B", "B"]
