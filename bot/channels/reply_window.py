"""Customer-service messages, while the window is open that the customer's own contact opened. One at a time."""

from datetime import datetime

from bot.rules.rendering import Unsendable, reply_of
from bot.values.outcome import Never, Outcome
from bot.values.push import Claimed
from bot.values.reply import Reply, from_json
from bot.wechat.client import WeChatApi

name = "reply_window"


def words_for(delivery: Claimed) -> Reply | None:
    """What this customer is told; None when nothing can be made of it."""
    if delivery.payload is not None:
        return from_json(dict(delivery.payload))
    if delivery.content is None:
        return None
    try:
        return reply_of(delivery.content, delivery.profile)
    except Unsendable:
        return None


def send(wechat: WeChatApi, delivery: Claimed, words: Reply | None, now: datetime) -> Outcome:
    """A lost answer is `Unsure`: this call has no idempotency key."""
    if words is None:
        return Never("unsendable")
    return wechat.send(delivery.profile.openid, words, now)
