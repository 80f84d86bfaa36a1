"""Which words wish for advice on what to buy."""

import pytest

from bot.rules.talk.recommend_words import Wish, wish_of


@pytest.mark.parametrize(
    ("text", "wish"),
    [
        ("推荐一下", Wish()),
        ("有什么推荐的吗？", Wish()),
        ("你们家有什么好喝的", Wish()),
        ("猜我喜欢", Wish()),
        ("不知道买什么", Wish()),
        ("給我推薦個茶壺", Wish(words="茶壶")),
        ("推荐几款绿茶", Wish(words="绿茶")),
        ("帮我挑个杯子", Wish(words="杯子")),
        ("我想買一把壺", Wish(words="壶")),
        ("想买点茶", Wish(words="茶")),
        ("紫砂壶配什么茶", Wish(beside="紫砂壶")),
        ("龙井搭配什么杯子好", Wish(beside="龙井")),
        ("和青瓷茶壶一起用的有什么", Wish(beside="青瓷茶壶")),
    ],
)
def test_a_wish_is_heard(text: str, wish: Wish) -> None:
    assert wish_of(text) == wish


@pytest.mark.parametrize(
    "text",
    [
        "别再推荐了",
        "推荐人有奖励吗",
        "推荐水温是多少",
        "我的订单到哪了",
        "我想买的壶到哪了",
        "茶叶和茶具一起买打折吗",
        "这个能进洗碗机吗",
        "",
        "😀",
        "推荐" + "啰嗦的故事" * 200,
    ],
)
def test_other_words_are_none(text: str) -> None:
    assert wish_of(text) is None
