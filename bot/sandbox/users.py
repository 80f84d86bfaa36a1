"""Followers as the API shows them: pages of openids, details, remarks, the black list.

Names and pictures are not among the details: the platform stopped giving them in 2021.
"""

from typing import Any

from bot.sandbox.errors import Refused
from bot.sandbox.state import Follower
from bot.sandbox.world import World

PAGE = 10_000
MOST_DETAILS = 100
MOST_BLOCKED_AT_ONCE = 20
REMARK_BYTES = 30


def page(world: World, after: str) -> dict[str, Any]:
    """The last page has a cursor, too; asking on from there gives a count of 0 and no data."""
    openids = [follower.openid for follower in world.state.followers.values() if follower.following]
    return {"total": len(openids), **_page(openids, after)}


def details(world: World, openid: str) -> dict[str, Any]:
    return _details(world.follower(openid))


def many_details(world: World, body: dict[str, Any]) -> dict[str, Any]:
    asked = body.get("user_list")
    if not isinstance(asked, list) or not asked:
        raise Refused(40031)
    if len(asked) > MOST_DETAILS:
        raise Refused(40032)
    return {
        "user_info_list": [
            _details(world.follower(one.get("openid") if isinstance(one, dict) else None)) for one in asked
        ]
    }


def remark(world: World, body: dict[str, Any]) -> dict[str, Any]:
    follower = world.follower(body.get("openid"))
    words = str(body.get("remark", ""))
    if len(words.encode()) >= REMARK_BYTES:
        raise Refused(40097, "invalid remark size")
    if not follower.following:
        raise Refused(43004)
    follower.remark = words
    world.has_changed()
    return {}


def black_list(world: World, body: dict[str, Any]) -> dict[str, Any]:
    openids = [follower.openid for follower in world.state.followers.values() if follower.is_blocked]
    return {"total": len(openids), **_page(openids, str(body.get("begin_openid") or ""))}


def block(world: World, body: dict[str, Any]) -> dict[str, Any]:
    return _blocked(world, body, is_blocked=True)


def unblock(world: World, body: dict[str, Any]) -> dict[str, Any]:
    return _blocked(world, body, is_blocked=False)


def _blocked(world: World, body: dict[str, Any], *, is_blocked: bool) -> dict[str, Any]:
    openids = body.get("openid_list")
    if not isinstance(openids, list) or not openids:
        raise Refused(40031)
    if len(openids) > MOST_BLOCKED_AT_ONCE:
        raise Refused(40032)
    for follower in [world.follower(openid) for openid in openids]:
        follower.is_blocked = is_blocked
    world.has_changed()
    return {}


def _page(openids: list[str], after: str) -> dict[str, Any]:
    if after and after not in openids:
        raise Refused(40003)
    shown = openids[openids.index(after) + 1 if after else 0 :][:PAGE]
    if not shown:
        return {"count": 0, "next_openid": ""}
    return {"count": len(shown), "data": {"openid": shown}, "next_openid": shown[-1]}


def _details(follower: Follower) -> dict[str, Any]:
    if not follower.following:
        return {"subscribe": 0, "openid": follower.openid, "tagid_list": []}
    return {
        "subscribe": 1, "openid": follower.openid, "nickname": "", "sex": 0, "language": "zh_CN", "city": "", "province": "",
        "country": "", "headimgurl": "", "subscribe_time": int(follower.followed_at.timestamp()) if follower.followed_at else 0,
        "remark": follower.remark, "groupid": follower.tag_ids[0] if follower.tag_ids else 0, "tagid_list": list(follower.tag_ids),
        "subscribe_scene": follower.source, "qr_scene": int(follower.scene) if follower.scene.isdecimal() else 0,
        "qr_scene_str": "" if follower.scene.isdecimal() else follower.scene,
    }  # fmt: skip
