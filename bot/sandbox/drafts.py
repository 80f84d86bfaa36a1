"""The draft box: articles that a mass send may carry."""

import secrets
from typing import Any

from bot.sandbox.errors import Refused
from bot.sandbox.world import World

TITLE_LETTERS, DIGEST_LETTERS, CONTENT_LETTERS = 32, 120, 20_000
MOST_AT_ONCE = 20


def add(world: World, body: dict[str, Any]) -> dict[str, Any]:
    articles = body.get("articles")
    if (
        not isinstance(articles, list)
        or not articles
        or not all(isinstance(article, dict) for article in articles)
    ):
        raise Refused(44003, "empty news data")
    for article in articles:
        _check(world, article)
    media_id = secrets.token_urlsafe(48)
    world.state.drafts[media_id] = articles
    world.has_changed()
    return {"media_id": media_id}


def shown(world: World, body: dict[str, Any]) -> dict[str, Any]:
    return {"news_item": _draft(world, body)}


def delete(world: World, body: dict[str, Any]) -> dict[str, Any]:
    _draft(world, body)
    del world.state.drafts[str(body["media_id"])]
    world.has_changed()
    return {}


def count(world: World) -> dict[str, Any]:
    return {"total_count": len(world.state.drafts)}


def listed(world: World, body: dict[str, Any]) -> dict[str, Any]:
    offset, number = body.get("offset", 0), body.get("count", MOST_AT_ONCE)
    if not isinstance(offset, int) or not isinstance(number, int) or not 1 <= number <= MOST_AT_ONCE:
        raise Refused(40097)
    items = list(world.state.drafts.items())[offset : offset + number]
    shown = [{"media_id": media_id, "content": {"news_item": articles}} for media_id, articles in items]
    return {"total_count": len(world.state.drafts), "item_count": len(shown), "item": shown}


def _draft(world: World, body: dict[str, Any]) -> list[dict[str, Any]]:
    found = world.state.drafts.get(str(body.get("media_id")))
    if found is None:
        raise Refused(40007)
    return found


def _check(world: World, article: dict[str, Any]) -> None:
    if not 0 < len(str(article.get("title", ""))) <= TITLE_LETTERS:
        raise Refused(45003)
    if len(str(article.get("digest", ""))) > DIGEST_LETTERS:
        raise Refused(45004)
    if not 0 < len(str(article.get("content", ""))) < CONTENT_LETTERS:
        raise Refused(45002)
    cover = world.state.media.get(str(article.get("thumb_media_id", "")))
    if article.get("article_type", "news") == "news" and (cover is None or not cover.is_permanent):
        raise Refused(40007)
