"""What a message of the API may hold, checked once for customer-service messages, previews and mass sends."""

from typing import Any

from bot.sandbox import media, publishing
from bot.sandbox.errors import Refused
from bot.sandbox.world import World

TEXT_BYTES = 2048
MOST_PICTURES = 9


def customer_service(world: World, body: dict[str, Any]) -> tuple[str, str, dict[str, Any]]:  # noqa: C901, PLR0911 (a table)
    """Kind, text and details as the chat shows them; raises `Refused`."""
    kind = body.get("msgtype")
    given = _object(body, kind)
    match kind:
        case "text":
            return "text", _text(given), {}
        case "image" | "voice":
            return kind, "", {"media_id": media.usable(world, given.get("media_id"), kind).id}
        case "video":
            cover = media.usable(world, given.get("thumb_media_id"), "thumb")
            video = media.usable(world, given.get("media_id"), "video")
            about = {"media_id": video.id, "description": given.get("description", ""), "cover_id": cover.id}
            return "video", str(given.get("title", "")), about
        case "music":
            media.usable(world, given.get("thumb_media_id"), "thumb")
            return (
                "music",
                str(given.get("title", "")),
                {"url": given.get("musicurl", ""), "description": given.get("description", "")},
            )
        case "news":
            return _news(given)
        case "mpnewsarticle":
            articles = publishing.shown(world, str(given.get("article_id", "")))
            return "news", str(articles[0].get("title", "")), {"articles": _cards(articles)}
        case "msgmenu":
            return _options(given)
        case "miniprogrampage":
            cover = media.usable(world, given.get("thumb_media_id"), "image")
            return (
                "miniprogrampage",
                str(given.get("title", "")),
                {"path": given.get("pagepath", ""), "cover_id": cover.id},
            )
        case "link":
            return (
                "link",
                str(given.get("title", "")),
                {"url": given.get("url", ""), "description": given.get("description", "")},
            )
        case "wxcard":
            return "wxcard", str(given.get("card_id", "")), {}
        case _:
            raise Refused(40008)


def mass(world: World, body: dict[str, Any]) -> tuple[str, str, dict[str, Any]]:
    """The same for mass sends, whose bodies differ."""
    kind = body.get("msgtype")
    if kind == "wxcard":
        raise Refused(45113)
    given = _object(body, "images" if kind == "image" and "images" in body else kind)
    match kind:
        case "text":
            return "text", _text(given), {}
        case "image":
            ids = given.get("media_ids", [given.get("media_id")])
            if not isinstance(ids, list) or not 1 <= len(ids) <= MOST_PICTURES:
                raise Refused(40007)
            pictures = [media.usable(world, one, "image").id for one in ids]
            return "image", "", {"media_id": pictures[0]}
        case "voice":
            return "voice", "", {"media_id": media.usable(world, given.get("media_id"), "voice").id}
        case "mpvideo":
            return (
                "video",
                str(given.get("title", "")),
                {"media_id": media.usable(world, given.get("media_id"), "video").id},
            )
        case "mpnews":
            articles = world.state.drafts.get(str(given.get("media_id")))
            if articles is None:
                raise Refused(40007)
            return "news", str(articles[0].get("title", "")), {"articles": _cards(articles)}
        case _:
            raise Refused(40008)


def _cards(articles: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [
        {
            "title": one.get("title", ""),
            "description": one.get("digest", ""),
            "pic_url": "",
            "cover_id": one.get("thumb_media_id", ""),
            "url": "",
        }
        for one in articles
    ]


def _object(body: dict[str, Any], kind: object) -> dict[str, Any]:
    given = body.get(kind) if isinstance(kind, str) else None
    if not isinstance(kind, str):
        raise Refused(40008)
    return given if isinstance(given, dict) else {}


def _text(given: dict[str, Any]) -> str:
    content = given.get("content")
    if not isinstance(content, str) or not content:
        raise Refused(44004)
    if len(content.encode()) > TEXT_BYTES:
        raise Refused(45002)
    return content


def _news(given: dict[str, Any]) -> tuple[str, str, dict[str, Any]]:
    articles = given.get("articles")
    if not isinstance(articles, list) or len(articles) != 1 or not isinstance(articles[0], dict):
        raise Refused(45008)
    article = articles[0]
    if not article.get("title"):
        raise Refused(44004)
    shown = {
        "title": article["title"],
        "description": article.get("description", ""),
        "pic_url": article.get("picurl", ""),
        "url": article.get("url", ""),
    }
    return "news", str(article["title"]), {"articles": [shown]}


def _options(given: dict[str, Any]) -> tuple[str, str, dict[str, Any]]:
    options = given.get("list")
    if (
        not isinstance(options, list)
        or not options
        or not all(isinstance(one, dict) and one.get("content") for one in options)
    ):
        raise Refused(44004)
    shown = [{"id": str(one.get("id", "")), "content": str(one["content"])} for one in options]
    return (
        "msgmenu",
        str(given.get("head_content", "")),
        {"options": shown, "tail": str(given.get("tail_content", ""))},
    )
