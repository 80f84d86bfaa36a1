"""The one passive answer to a push, as XML that no customer's text can break.

Text is capped at 2,000 bytes: WeChat names no limit any more, and about 2,048 were counted. `split` gives the
pieces, so that the caller can send the rest as customer-service messages.
"""

import re
from datetime import datetime

from bot.values.incoming import Incoming
from bot.values.reply import (
    Draft,
    Image,
    Menu,
    MiniProgram,
    Music,
    News,
    Published,
    Reply,
    Silence,
    Text,
    ToPerson,
    Video,
    Voice,
    kind_of,
)
from bot.wechat.limits import PASSIVE_TEXT_BYTES

SUCCESS = b"success"
ARTICLES_AFTER_A_MESSAGE = 1
ARTICLES_AFTER_AN_EVENT = 8

_NOT_IN_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def write(reply: Reply, incoming: Incoming, now: datetime) -> bytes:
    """`reply` to `incoming`, or `success` where there is nothing to say or WeChat would not show it."""
    if not incoming.can_be_answered or not _says_something(reply):
        return SUCCESS
    return (
        f"<xml><ToUserName>{_cdata(incoming.openid)}</ToUserName><FromUserName>{_cdata(incoming.account)}</FromUserName>"
        f"<CreateTime>{int(now.timestamp())}</CreateTime><MsgType>{_cdata(kind_of(reply))}</MsgType>"
        f"{_body(reply, incoming)}</xml>"
    ).encode()


def split(text: str, most: int = PASSIVE_TEXT_BYTES) -> list[str]:
    """Pieces of at most `most` bytes of UTF-8: at the end of a line in their second half, else at a character."""
    if len(text.encode("utf-8", "replace")) <= most:
        return [text] if text else []
    pieces = []
    while text:
        piece = text.encode("utf-8", "replace")[:most].decode("utf-8", "ignore")
        if len(piece) < len(text) and (end := piece.rfind("\n", len(piece) // 2)) > 0:
            piece = piece[: end + 1]
        pieces.append(piece)
        text = text[len(piece) :]
    return pieces


def _says_something(reply: Reply) -> bool:
    match reply:
        case Silence():
            return False
        case Text(text):
            return bool(_clean(text).strip())
        case News(articles):
            return bool(articles)
        case MiniProgram() | Menu() | Published() | Draft():
            return False  # only as messages of their own
        case _:
            return True


def _body(reply: Reply, incoming: Incoming) -> str:
    match reply:
        case Text(text):
            body = _tag("Content", split(_clean(text))[0])
        case Image(media_id):
            body = f"<Image>{_tag('MediaId', media_id)}</Image>"
        case Voice(media_id):
            body = f"<Voice>{_tag('MediaId', media_id)}</Voice>"
        case Video(media_id, title, description):
            body = f"<Video>{_tag('MediaId', media_id)}{_some(Title=title, Description=description)}</Video>"
        case Music(thumb, title, description, url, hq_url):
            said = _some(Title=title, Description=description, MusicUrl=url, HQMusicUrl=hq_url)
            body = f"<Music>{said}{_tag('ThumbMediaId', thumb)}</Music>"
        case News(articles):
            most = ARTICLES_AFTER_AN_EVENT if incoming.is_event else ARTICLES_AFTER_A_MESSAGE
            items = [
                f"<item>{_tag('Title', article.title)}{_tag('Description', article.description)}"
                f"{_tag('PicUrl', article.pic_url)}{_tag('Url', article.url)}</item>"
                for article in articles[:most]
            ]
            body = f"<ArticleCount>{len(items)}</ArticleCount><Articles>{''.join(items)}</Articles>"
        case ToPerson(account):
            body = f"<TransInfo>{_tag('KfAccount', account)}</TransInfo>" if account else ""
        case Silence() | MiniProgram() | Menu() | Published() | Draft():
            body = ""
    return body


def _some(**fields: str) -> str:
    return "".join(_tag(name, value) for name, value in fields.items() if value)


def _tag(name: str, value: str) -> str:
    return f"<{name}>{_cdata(_clean(value))}</{name}>"


def _clean(value: str) -> str:
    """Without what no XML may hold: control characters, lone surrogates."""
    return _NOT_IN_XML.sub("", value)


def _cdata(value: str) -> str:
    """A CDATA section ends at the first `]]>`, so a text that holds one becomes two sections."""
    return f"<![CDATA[{value.replace(']]>', ']]]]><![CDATA[>')}]]>"
