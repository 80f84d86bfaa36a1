"""Tags of the account and of its followers, with the platform's limits."""

from typing import Any

from bot.sandbox.errors import Refused
from bot.sandbox.state import Follower, Tag
from bot.sandbox.world import World

MOST_TAGS = 100
MOST_OF_A_FOLLOWER = 20
MOST_OPENIDS = 50
NAME_LETTERS = 30
FIRST_ID = 100  # 0, 1 and 2 are the platform's own
RESERVED = frozenset({0, 1, 2})
TOO_MANY_FANS = 100_000
PAGE = 10_000


def create(world: World, body: dict[str, Any]) -> dict[str, Any]:
    name = _name(world, body)
    if len(world.state.tags) >= MOST_TAGS:
        raise Refused(45056)
    tag = Tag(id=max(world.state.tags, default=FIRST_ID - 1) + 1, name=name)
    world.state.tags[tag.id] = tag
    world.has_changed()
    return {"tag": {"id": tag.id, "name": tag.name}}


def listed(world: World) -> dict[str, Any]:
    return {
        "tags": [
            {"id": tag.id, "name": tag.name, "count": len(_fans(world, tag.id))}
            for tag in world.state.tags.values()
        ]
    }


def rename(world: World, body: dict[str, Any]) -> dict[str, Any]:
    tag = _tag(world, _given(body).get("id"))
    tag.name = _name(world, body, but=tag)
    world.has_changed()
    return {}


def delete(world: World, body: dict[str, Any]) -> dict[str, Any]:
    tag = _tag(world, _given(body).get("id"))
    fans = _fans(world, tag.id)
    if len(fans) > TOO_MANY_FANS:
        raise Refused(45057)
    for fan in fans:
        fan.tag_ids.remove(tag.id)
    del world.state.tags[tag.id]
    world.has_changed()
    return {}


def tag_many(world: World, body: dict[str, Any]) -> dict[str, Any]:
    """All or nobody."""
    tag, followers = _tag(world, body.get("tagid")), _followers(world, body)
    newly = [follower for follower in followers if tag.id not in follower.tag_ids]
    if any(len(follower.tag_ids) >= MOST_OF_A_FOLLOWER for follower in newly):
        raise Refused(45059)
    for follower in newly:
        follower.tag_ids.append(tag.id)
    world.has_changed()
    return {}


def untag_many(world: World, body: dict[str, Any]) -> dict[str, Any]:
    tag = _tag(world, body.get("tagid"))
    for follower in _followers(world, body):
        if tag.id in follower.tag_ids:
            follower.tag_ids.remove(tag.id)
    world.has_changed()
    return {}


def tags_of(world: World, body: dict[str, Any]) -> dict[str, Any]:
    return {"tagid_list": list(world.follower(body.get("openid")).tag_ids)}


def fans_of(world: World, body: dict[str, Any]) -> dict[str, Any]:
    """A page of a tag's openids."""
    openids = [fan.openid for fan in _fans(world, _tag(world, body.get("tagid")).id)]
    after = body.get("next_openid") or ""
    if after and after not in openids:
        raise Refused(40003)
    page = openids[openids.index(after) + 1 if after else 0 :][:PAGE]
    return {"count": len(page)} | ({"data": {"openid": page}, "next_openid": page[-1]} if page else {})


def _fans(world: World, tag_id: int) -> list[Follower]:
    return [
        follower
        for follower in world.state.followers.values()
        if follower.following and tag_id in follower.tag_ids
    ]


def _followers(world: World, body: dict[str, Any]) -> list[Follower]:
    openids = body.get("openid_list")
    if not isinstance(openids, list) or not openids:
        raise Refused(40031)
    if len(openids) > MOST_OPENIDS:
        raise Refused(40032)
    followers = [world.follower(openid) for openid in dict.fromkeys(openids)]
    if not all(follower.following for follower in followers):
        raise Refused(40003)
    return followers


def _tag(world: World, tag_id: object) -> Tag:
    if isinstance(tag_id, int) and tag_id in RESERVED:
        raise Refused(45058)
    tag = world.state.tags.get(tag_id) if isinstance(tag_id, int) else None
    if tag is None:
        raise Refused(45159)
    return tag


def _given(body: dict[str, Any]) -> dict[str, Any]:
    given = body.get("tag")
    return given if isinstance(given, dict) else {}


def _name(world: World, body: dict[str, Any], but: Tag | None = None) -> str:
    name = _given(body).get("name")
    if not isinstance(name, str) or not 0 < len(name) <= NAME_LETTERS:
        raise Refused(45158)
    if any(tag.name == name and tag is not but for tag in world.state.tags.values()):
        raise Refused(45157)
    return name
