"""Subscription notices: one customer, one template they consented to. WeChat's event says whether it came."""

from datetime import datetime

from bot.rules.contents.notices import filled
from bot.values.channels import NOTICE
from bot.values.outcome import Never, Outcome
from bot.values.push import Claimed
from bot.wechat.client import WeChatApi

name = NOTICE


def send(wechat: WeChatApi, delivery: Claimed, now: datetime) -> Outcome:
    """A lost answer is `Unsure`, until WeChat's event tells."""
    notice = delivery.content.notice if delivery.content else None
    notice = filled(notice, delivery.profile, delivery.further) if notice else None
    if notice is None:
        return Never("unsendable")
    return wechat.send_notice(delivery.profile.openid, notice, f"delivery-{delivery.id}", now)
