"""Customer-service messages, while the window is open that the customer's own contact opened. One at a time."""

from collections.abc import Mapping
from datetime import datetime

from bot.rules.contents.rendering import Unsendable, replies_of
from bot.values.channels import REPLY_WINDOW
from bot.values.content import Need
from bot.values.outcome import Outcome
from bot.values.push import Claimed
from bot.values.reply import Image, Reply, from_json
from bot.wechat.client import WeChatApi

name = REPLY_WINDOW


def words_for(delivery: Claimed) -> tuple[Reply, ...]:
    """What this customer is told, message by message; none when nothing can be made of it. Raises `Unsendable`."""
    if delivery.payload is not None:
        return (_held(from_json(dict(delivery.payload)), delivery.held),)
    if delivery.content is None:
        return ()
    return replies_of(delivery.content, delivery.profile, delivery.held, delivery.further)


def needs_of(delivery: Claimed) -> tuple[Need, ...]:
    """Files of ours that an owed answer names; those of contents are another's to ask for."""
    reply = from_json(dict(delivery.payload)) if delivery.payload is not None else None
    return (Need(reply.file, "image"),) if isinstance(reply, Image) and reply.file else ()


def _held(reply: Reply, held: Mapping[Need, str]) -> Reply:
    if not isinstance(reply, Image) or not reply.file:
        return reply
    try:
        return Image(held[Need(reply.file, "image")])
    except KeyError:
        raise Unsendable("not_held") from None


def send(wechat: WeChatApi, delivery: Claimed, words: Reply, now: datetime) -> Outcome:
    """One message. A lost answer is `Unsure`: this call has no idempotency key."""
    return wechat.send(delivery.profile.openid, words, now)
