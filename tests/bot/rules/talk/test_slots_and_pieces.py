"""What a text names, and how it is cut into what may be different wishes."""

import pytest

from bot.rules.talk.pieces import pieces
from bot.rules.talk.slots import slots_in


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("三十个杯子", [("quantity", "30")]),
        ("十二盒", [("quantity", "12")]),
        ("第三个", []),
        ("明天下午3点", [("time", "明天"), ("time", "下午3点")]),
        ("11月20号下的单", [("time", "11月20号")]),
        ("电话 +86 138-1234-5678", [("phone", "13812345678")]),
        ("20261122", []),
        ("wl-20261122001", [("order", "WL-20261122001")]),
        ("发到新疆吗", [("place", "新疆")]),
        ("", []),
    ],
)
def test_slots(text: str, expected: list[tuple[str, str]]) -> None:
    assert [(slot.kind, slot.value) for slot in slots_in(text)] == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("多少钱", ["多少钱"]),
        ("多少钱？能开票吗", ["多少钱？能开票吗"]),  # three characters are no wish by themselves
        ("这个多少钱？能开票吗", ["这个多少钱？", "能开票吗"]),
        ("我的快递呢还有积分怎么用", ["我的快递呢", "还有积分怎么用"]),
        ("。。。", []),
    ],
)
def test_pieces(text: str, expected: list[str]) -> None:
    assert [text[start:end] for start, end in pieces(text)] == expected


def test_a_long_message_has_few_pieces_and_loses_nothing() -> None:
    text = "这是一句话。" * 100
    cut = pieces(text)
    assert len(cut) == 6
    assert cut[0][0] == 0
    assert cut[-1][1] == len(text)
