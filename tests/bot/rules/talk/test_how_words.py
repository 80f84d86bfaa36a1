"""Who asks how a thing is done asks for no order of theirs."""

import pytest

from bot.rules.talk.how_words import asks_how


@pytest.mark.parametrize(
    "text", ["怎么晒单", "评价在哪里", "如何下载说明书？", "请问怎么注册呢", "點樣評價呀"]
)
def test_how_a_thing_is_done(text: str) -> None:
    assert asks_how(text)


@pytest.mark.parametrize(
    "text",
    [
        "怎么还没发货",
        "我的订单在哪里",
        "怎么不发",
        "快递在哪",
        "怎么查物流",
        "晒单",
        "怎么办",
        "我怎么付款了没订单",
    ],
)
def test_what_is_theirs_or_no_question(text: str) -> None:
    assert not asks_how(text)
