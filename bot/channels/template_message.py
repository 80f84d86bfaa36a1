"""Template messages: service notices of a verified service account to who follows it. WeChat's event says whether it came."""

from datetime import datetime

from bot.rules.contents.notices import filled
from bot.values.channels import TEMPLATE
from bot.values.outcome import Never, Outcome
from bot.values.push import Claimed
from bot.wechat.client import WeChatApi

name = TEMPLATE


def send(wechat: WeChatApi, delivery: Claimed, now: datetime) -> Outcome:
    """A lost answer is `Unsure`, and may be repeated within ten minutes: the key is the delivery's."""
    message = delivery.content.template if delivery.content else None
    message = filled(message, delivery.profile, delivery.further) if message else None
    if message is None:
        return Never("unsendable")
    return wechat.send_template(delivery.profile.openid, message, f"delivery-{delivery.id}", now)
