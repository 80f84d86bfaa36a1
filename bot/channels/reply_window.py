"""Customer-service messages, while the window is open that the customer's own contact opened. One at a time."""

from datetime import datetime

from bot.rules.contents.rendering import replies_of
from bot.values.outcome import Outcome
from bot.values.push import Claimed
from bot.values.reply import Reply, from_json
from bot.wechat.client import WeChatApi

name = "reply_window"


def words_for(delivery: Claimed) -> tuple[Reply, ...]:
    """What this customer is told, message by message; none when nothing can be made of it. Raises `Unsendable`."""
    if delivery.payload is not None:
        return (from_json(dict(delivery.payload)),)
    if delivery.content is None:
        return ()
    return replies_of(delivery.content, delivery.profile, delivery.held, delivery.further)


def send(wechat: WeChatApi, delivery: Claimed, words: Reply, now: datetime) -> Outcome:
    """One message. A lost answer is `Unsure`: this call has no idempotency key."""
    return wechat.send(delivery.profile.openid, words, now)
