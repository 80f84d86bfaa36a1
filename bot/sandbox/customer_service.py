"""custom/send and custom/typing: messages within the reply windows."""

from datetime import timedelta
from typing import Any

from bot.sandbox import contents
from bot.sandbox.errors import Refused
from bot.sandbox.windows import take_one
from bot.sandbox.world import World

TYPING_AFTER = timedelta(seconds=30)
TYPING_LASTS = timedelta(seconds=15)


def send(world: World, body: dict[str, Any]) -> dict[str, Any]:
    follower = world.follower(body.get("touser"))
    if follower.is_blocked:
        raise Refused(43019)
    kind, text, details = contents.customer_service(world, body)
    take_one(follower, world.now())
    follower.typing_until = None
    world.show(follower.openid, "account", "customer_service", kind, text, **details)
    return {}


def typing(world: World, body: dict[str, Any]) -> dict[str, Any]:
    follower = world.follower(body.get("touser"))
    now = world.now()
    if body.get("command") not in {"Typing", "CancelTyping"}:
        raise Refused(45072)
    if body["command"] == "CancelTyping":
        follower.typing_until = None
        return {}
    if follower.spoke_at is None or not timedelta() <= now - follower.spoke_at < TYPING_AFTER:
        raise Refused(45080)
    if follower.typing_until and now < follower.typing_until:
        raise Refused(45081)
    follower.typing_until = now + TYPING_LASTS
    return {}
