"""Which words ask for the ledger, the rewards, an exchange or the vouchers; and how the answers read."""

from datetime import date
from decimal import Decimal

import pytest

from bot.rules.talk import membership_words
from bot.rules.talk.membership_words import Asked, asked_of, bar, reward_meant, standing_in_words
from bot.rules.worth import membership
from bot.values.membership import Standing

RULES = membership.load("")


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("积分明细", Asked("entries")),
        ("查一下我的积分记录", Asked("entries")),
        ("积分兑换", Asked("rewards")),
        ("我要换券", Asked("rewards")),
        ("兑换1", Asked("exchange", "1")),
        ("我要兑换第二个", Asked("exchange", "二")),
        ("换第一个", Asked("exchange", "一")),
        ("兑换10元券", Asked("exchange", "10元券")),
        ("換一張25元券", Asked("exchange", "25元券")),
        ("我的优惠券", Asked("vouchers")),
        ("我有哪些券", Asked("vouchers")),
    ],
)
def test_a_question_is_heard(text: str, asked: Asked) -> None:
    assert asked_of(text) == asked


@pytest.mark.parametrize(
    "text",
    [
        "积分怎么攒",
        "我要换货",
        "我要换一个",
        "换1个",
        "帮我换一",
        "换个壶",
        "怎么领优惠券",
        "我的积分",
        "",
        "1",
    ],
)
def test_other_words_are_none(text: str) -> None:
    assert asked_of(text) is None


def test_a_reward_is_meant_by_number_or_name() -> None:
    rewards = list(RULES.rewards.values())
    assert [reward_meant(what, rewards) for what in ("1", "二", "25元券", "9", "茶壶券")] == [
        rewards[0], rewards[1], rewards[1], None, None,
    ]  # fmt: skip


def test_the_way_to_the_next_level_is_told_in_yuan_and_squares() -> None:
    white, celadon, gold = RULES.levels
    standing = Standing(
        level=white, paid=Decimal("640.50"), next=celadon, wanting=Decimal("359.50"), points=320,
        expiring=100, expires_on=date(2026, 12, 31),
    )  # fmt: skip
    text = standing_in_words(standing)
    assert all(
        word in text
        for word in (
            "320 积分",
            "白盏会员",
            "100 分到 2026 年 12 月 31 日",
            "¥359.50",
            "青盏会员",
            "▰▰▰▰▰▰▱▱▱▱ 64%",
        )
    )
    top = standing_in_words(Standing(level=gold, paid=Decimal(9000), next=None, wanting=Decimal(0), points=1))
    assert membership_words.TOP in top


def test_the_bar_is_never_longer_or_shorter_than_ten() -> None:
    assert [bar(percent) for percent in (-5, 0, 9, 10, 100, 250)] == [
        "▱" * 10, "▱" * 10, "▱" * 10, "▰" + "▱" * 9, "▰" * 10, "▰" * 10,
    ]  # fmt: skip
