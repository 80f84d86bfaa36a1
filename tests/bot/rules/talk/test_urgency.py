"""How somebody who waits feels and how soon they need a person, and the reasons that are shown for it."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from bot.rules.talk.urgency import MOST_FOR_WAITING, Plea, is_upset, tells_of_harm, urgency


@pytest.mark.parametrize(
    ("fields", "mood", "need", "reasons"),
    [
        pytest.param({"words": ("转人工",)}, "calm", "normal", (), id="asking is nothing by itself"),
        pytest.param({"words": ("不急，有空回我就好",)}, "calm", "normal", (), id="not in a hurry is not a hurry"),
        pytest.param({"words": ("我没生气，就是问问",)}, "calm", "normal", (), id="not angry is not angry"),
        pytest.param({"complains": True}, "worried", "soon", ("complains",), id="a complaint is soon"),
        pytest.param(
            {"complains": True, "words": ("你们就是骗子！！！",)}, "angry", "now", ("complains", "angry", "shouts"),
            id="a complaint in harsh words is now",
        ),
        pytest.param({"words": ("壶盖掉了把手烫伤了",)}, "worried", "now", ("danger",), id="somebody is hurt"),
        pytest.param({"words": ("等了三天了",)}, "worried", "normal", ("unhappy",), id="unhappy"),
        pytest.param({"words": ("到底还要多久??", "马上处理")}, "worried", "soon", ("unhappy", "pressed", "shouts"), id="pressed"),
        pytest.param({"words": ("壺壞了 氣死我了",)}, "angry", "soon", ("angry", "unhappy"), id="traditional characters"),
        pytest.param({"service_class": "A", "late_orders": Decimal(1200)}, "calm", "soon", ("class", "orders"), id="a dear customer"),
        pytest.param({"service_class": "B"}, "calm", "normal", ("class",), id="a good customer"),
        pytest.param({"asked": 3, "before": 1, "unanswered": 4}, "calm", "normal", ("came_before", "wrote_much", "asked_again"), id="again and again"),
        pytest.param({"words": ("<script>", "]]>{{ 7*7 }}", "\u200b" * 9)}, "calm", "normal", (), id="nonsense"),
    ],
)  # fmt: skip
def test_plain_rules_tell_mood_and_need(
    fields: dict[str, Any], mood: str, need: str, reasons: tuple[str, ...]
) -> None:
    found = urgency(Plea(**fields))
    assert (found.mood, found.need, found.reasons) == (mood, need, reasons)


def test_waiting_counts_up_to_a_limit_and_is_no_reason() -> None:
    assert urgency(Plea(waits=timedelta(minutes=30))).points == 6
    long = urgency(Plea(waits=timedelta(days=3)))
    assert (long.points, long.reasons) == (MOST_FOR_WAITING, ())


def test_ten_thousand_characters_are_read_quickly_enough() -> None:
    assert urgency(Plea(words=("!不" * 5000,) * 12)).reasons in {(), ("shouts",)}


@pytest.mark.parametrize(
    "text", ["水烧开把手烫伤了", "壶炸了", "锅突然炸了", "喝了你们的茶拉肚子", "插头冒烟了！"]
)
def test_harm_that_was_done(text: str) -> None:
    assert tells_of_harm(text)


@pytest.mark.parametrize(
    "text", ["会不会烫伤", "怕烫伤手", "我都气炸了", "用它炸了两次鸡翅", "肠胃过敏能喝吗", "没有受伤"]
)
def test_harm_that_was_not_done(text: str) -> None:
    assert not tells_of_harm(text)


def test_who_is_upset() -> None:
    assert all(map(is_upset, ("都三天了还没到!!!", "急死了", "东西碎了", "太差劲了")))
    assert not any(map(is_upset, ("不着急", "谢谢", "龙井怎么泡")))
