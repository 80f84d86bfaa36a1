"""Subscription notices: one customer, one template they consented to. WeChat's event says whether it came."""

from datetime import datetime

from bot.rules.notices import filled, told
from bot.values.outcome import Never, Outcome
from bot.values.push import Claimed
from bot.values.reply import Text
from bot.wechat.client import WeChatApi

name = "subscription_notice"


def send(wechat: WeChatApi, delivery: Claimed, now: datetime) -> tuple[Outcome, Text | None]:
    """How it ended, and what the customer reads; None when the words do not fit the template's fields."""
    notice = delivery.content.notice if delivery.content else None
    notice = filled(notice, delivery.profile) if notice else None
    if notice is None:
        return Never("unsendable"), None
    outcome = wechat.send_notice(delivery.profile.openid, notice, f"delivery-{delivery.id}", now)
    return outcome, Text(told(notice))
