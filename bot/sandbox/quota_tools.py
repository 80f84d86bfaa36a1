"""openapi/quota/get and the clearing of counters: ten times a month all, fifty times one path."""

from collections.abc import Mapping
from typing import Any

from bot.sandbox import quotas
from bot.sandbox.errors import Refused
from bot.sandbox.world import World

CLEARS_A_MONTH = 10
CLEARS_OF_ONE_A_MONTH = 50
PATHS = {
    "custom_per_day": ("/cgi-bin/message/custom/send",),
    "mass_per_day": ("/cgi-bin/message/mass/send", "/cgi-bin/message/mass/sendall"),
    "template_per_day": ("/cgi-bin/message/template/send",),
    "qrcode_per_day": ("/cgi-bin/qrcode/create",),
    "followers_per_day": ("/cgi-bin/user/get",),
    "details_per_day": ("/cgi-bin/user/info", "/cgi-bin/user/info/batchget"),
    "media_uploads_per_day": ("/cgi-bin/media/upload",),
    "menu_creates_per_day": ("/cgi-bin/menu/create",),
}


def by_path(limits: Mapping[str, int]) -> dict[str, int]:
    """An account's own daily numbers, given by path or by the names of the settings' `wechat.limits`."""
    return {path: most for name, most in limits.items() for path in PATHS.get(name, (name,))}


def get(world: World, body: dict[str, Any], daily: Mapping[str, int]) -> dict[str, Any]:
    path = _known(body, daily)
    most = world.limits.get(path, daily[path])
    used = quotas.used(world.state, quotas.day_of(world.now()), path)
    return {
        "quota": {"daily_limit": most, "used": used, "remain": max(most - used, 0)},
        "rate_limit": {"call_count": 0, "refresh_second": 60},
    }


def clear_all(world: World, body: dict[str, Any]) -> dict[str, Any]:
    if body.get("appid") != world.account.app_id:
        raise Refused(40013)
    _spend(world, "clear_quota", CLEARS_A_MONTH)
    quotas.clear(world.state, world.now(), None)
    return {}


def clear_one(world: World, body: dict[str, Any], daily: Mapping[str, int]) -> dict[str, Any]:
    path = _known(body, daily)
    _spend(world, "openapi/quota/clear", CLEARS_OF_ONE_A_MONTH)
    quotas.clear(world.state, world.now(), path)
    return {}


def _spend(world: World, what: str, most: int) -> None:
    quotas.spend(world.state, quotas.month_of(world.now()), what, most, 48006)


def _known(body: dict[str, Any], daily: Mapping[str, int]) -> str:
    path = body.get("cgi_path")
    if not isinstance(path, str) or path not in daily:
        raise Refused(76021)
    return path
