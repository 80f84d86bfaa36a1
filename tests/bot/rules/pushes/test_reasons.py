"""Every reason is a sentence, WeChat's own among them."""

import pytest

from bot.rules.pushes.reasons import REASONS, sentence
from bot.rules.pushes.wechat_reasons import ADVICE, SAID
from bot.wechat.errors import RANGES, REACTIONS


@pytest.mark.parametrize(
    ("reason", "zh", "en"),
    [
        ("too_soon", "距上次推送时间太短", "the last push is too recent for this customer's rhythm"),
        ("lost_to:tea", "当天的名额归另一活动：tea", f"{REASONS['lost_to'].en}: tea"),
        (
            "wechat 43004 not_following",
            "客户没有关注公众号（微信 43004）",
            "the customer does not follow the account (WeChat 43004)",
        ),
        (
            "wechat lost http 502",
            "请求发出后没有收到回音（微信 http 502）",
            "the request left and no answer came (WeChat http 502)",
        ),
        ("wechat unreached", "请求没有到达微信（微信）", "the request did not reach WeChat (WeChat)"),
        (
            "wechat 48004 banned: ask WeChat",
            "公众号的这个接口已被封禁（微信 48004）：请先看微信发来的处罚通知，再决定是否恢复发送",
            "the account is banned from calling this (WeChat 48004): ask WeChat",
        ),
        (
            "breaker:wechat -1 busy",
            "微信接口接连出错，自动暂停片刻：微信系统繁忙（微信 -1）",
            f"{REASONS['breaker'].en}: WeChat is busy (WeChat -1)",
        ),
        (
            "publication:audit_refused",
            "微信没有发布这篇文章：平台审核没有通过",
            "WeChat did not publish the article: WeChat's review refused it",
        ),
        ("wechat 77777 unknown_code", "wechat 77777 unknown_code", "wechat 77777 unknown_code"),
    ],
)
def test_a_reason_is_told_as_a_sentence(reason: str, zh: str, en: str) -> None:
    assert sentence(reason) == zh
    assert sentence(reason, "en") == en


def test_each_code_has_one() -> None:
    meanings = [*REACTIONS.values(), *(meaning for _, meaning in RANGES)]
    assert {meaning.name for meaning in meanings} - set(SAID) == set()


def test_advice_is_there_in_chinese_too() -> None:
    meanings = [*REACTIONS.values(), *(meaning for _, meaning in RANGES)]
    assert {meaning.name for meaning in meanings if meaning.advice} - set(ADVICE) == set()
