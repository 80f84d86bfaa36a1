"""Parametric QR codes: temporary ones for thirty days at most, permanent ones by the hundred thousand."""

import secrets
from datetime import timedelta
from typing import Any

from bot.sandbox.errors import Refused
from bot.sandbox.state import Scene
from bot.sandbox.world import World

LONGEST = 2_592_000
SHORTEST = 60
MOST_PERMANENT = 100_000
SCENE_LETTERS = 64
MOST_PERMANENT_NUMBER = 100_000


def create(world: World, body: dict[str, Any]) -> dict[str, Any]:
    action = body.get("action_name")
    info = body.get("action_info")
    scene = info.get("scene") if isinstance(info, dict) else None
    if action not in {"QR_SCENE", "QR_STR_SCENE", "QR_LIMIT_SCENE", "QR_LIMIT_STR_SCENE"} or not isinstance(
        scene, dict
    ):
        raise Refused(40053)
    is_permanent = "LIMIT" in action
    key = (
        _text(scene)
        if "STR" in action
        else _number(scene, MOST_PERMANENT_NUMBER if is_permanent else 2**32 - 1)
    )
    if is_permanent and sum(known.is_permanent for known in world.state.scenes.values()) >= MOST_PERMANENT:
        raise Refused(45029, "qrcode count out of limit")
    ticket = f"gQ{secrets.token_urlsafe(60)}"
    answer: dict[str, Any] = {"ticket": ticket, "url": f"http://weixin.qq.com/q/{secrets.token_urlsafe(12)}"}
    expires_at = None
    if not is_permanent:
        answer["expire_seconds"] = _seconds(body)
        expires_at = world.now() + timedelta(seconds=answer["expire_seconds"])
    world.state.scenes[ticket] = Scene(
        ticket=ticket, scene=key, is_permanent=is_permanent, expires_at=expires_at
    )
    world.has_changed()
    return answer


def _seconds(body: dict[str, Any]) -> int:
    given = body.get("expire_seconds", SHORTEST)
    return min(max(given, SHORTEST), LONGEST) if isinstance(given, int) else SHORTEST


def _text(scene: dict[str, Any]) -> str:
    given = scene.get("scene_str")
    if not isinstance(given, str) or not 1 <= len(given) <= SCENE_LETTERS:
        raise Refused(40053)
    return given


def _number(scene: dict[str, Any], most: int) -> str:
    given = scene.get("scene_id")
    if not isinstance(given, int) or not 1 <= given <= most:
        raise Refused(40053)
    return str(given)
