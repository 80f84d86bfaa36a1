"""freepublish: a draft becomes an article with a page of its own; nobody is told of it."""

from typing import Any

from bot.sandbox.errors import Refused
from bot.sandbox.state import PublishedArticle
from bot.sandbox.world import World

RUNNING, DONE = 1, 0


def submit(world: World, body: dict[str, Any]) -> dict[str, Any]:
    """The draft leaves the box."""
    media_id = str(body.get("media_id"))
    articles = world.state.drafts.pop(media_id, None)
    if articles is None:
        raise Refused(40007)
    number = world.number()
    publish_id = str(100_000_000 + number)
    world.state.published[publish_id] = PublishedArticle(
        article_id=f"article-{number}-{media_id[:16]}", articles=articles
    )
    world.has_changed()
    return {"errmsg": "ok", "publish_id": publish_id, "msg_data_id": 2_247_000_000 + number}


def state_of(world: World, body: dict[str, Any]) -> dict[str, Any]:
    publish_id = str(body.get("publish_id"))
    found = world.state.published.get(publish_id)
    if found is None:
        raise Refused(40059)
    return {"publish_id": publish_id, "publish_status": DONE, "article_id": found.article_id}


def shown(world: World, article_id: str) -> list[dict[str, Any]]:
    """The articles behind the id; raises 40007 for one that was never published."""
    for found in world.state.published.values():
        if found.article_id == article_id:
            return found.articles
    raise Refused(40007)
