"""What points to a picture, a voice or a video a customer sent: kept beside the message, for the person who serves. Pure."""

from urllib.parse import urlsplit

from bot.rules.talk.wording import compact
from bot.values.incoming import Image, Incoming, Location, Video, Voice

NOT_SHOWN = "收到不支持的消息类型"  # what WeChat writes instead of a file, a sticker, a forwarded chat
LONGEST_NOTICE = 30  # characters
LONGEST = 500  # of an address or an id: WeChat's are far shorter


def reference_of(incoming: Incoming) -> dict[str, str] | None:
    """Ids and addresses as WeChat gave them, None for a message without any. The picture itself stays at WeChat."""
    match incoming:
        case Image():
            found = {"media_id": incoming.media_id, "url": _address(incoming.pic_url)}
        case Voice():
            found = {"media_id": incoming.media_id, "format": incoming.format}
        case Video():
            found = {"media_id": incoming.media_id, "thumb_media_id": incoming.thumb_media_id}
        case Location():
            found = {"place": f"{incoming.latitude:.6f},{incoming.longitude:.6f}"}
        case _:
            return None
    return {name: text[:LONGEST] for name, text in found.items() if text} or None


def is_not_shown(text: str) -> bool:
    """[收到不支持的消息类型，暂无法显示]: they sent something that WeChat does not pass on."""
    words = compact(text)
    return words.startswith(NOT_SHOWN) and len(words) <= LONGEST_NOTICE


def _address(url: str) -> str:
    """Nothing but what a browser may follow: javascript: and the like are no pictures."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    return url if parts.scheme in {"http", "https"} and parts.netloc and len(url) <= LONGEST else ""
