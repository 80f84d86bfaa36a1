"""Which words point at something shown before."""

import pytest

from bot.rules.talk.mention_words import LAST, Pointed, pointed


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("第二个", Pointed(1)),
        ("第2款多少钱", Pointed(1)),
        ("那第三样有货吗？", Pointed(2)),
        ("最后一个怎么样", Pointed(LAST)),
        ("第一笔到哪了", Pointed(0, of_orders=True)),
        ("最后一单呢", Pointed(LAST, of_orders=True)),
        ("第二个到了吗", Pointed(1)),
        ("那就第二个吧", Pointed(1)),
        ("第一个和第二个有啥区别", Pointed(0, beside=1)),
        ("这个多少钱", Pointed(0, is_this=True)),
        ("它怎么样", Pointed(0, is_this=True)),
    ],
)
def test_what_points(text: str, found: Pointed) -> None:
    assert pointed(text) == found


@pytest.mark.parametrize(
    "text", ["这个能进洗碗机吗", "第二个订单能退吗", "那个茶壶到哪了", "那个到哪了", "2", "第二天能到吗", ""]
)
def test_what_does_not(text: str) -> None:
    assert pointed(text) is None
