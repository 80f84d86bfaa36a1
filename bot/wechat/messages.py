"""An opened body becomes a typed value. Never fails on a type or a field it does not know.

A number that is none reads as 0, a missing text as "". Only what a message cannot be without is insisted on:
who it is from and what type it is; without them it is `Unreadable`.
"""

import hashlib
from collections.abc import Callable
from datetime import UTC, datetime

from bot.values.incoming import (
    Image,
    Incoming,
    Link,
    Location,
    MiniProgramPage,
    ShortVideo,
    Text,
    Unknown,
    Video,
    Voice,
)
from bot.wechat import events
from bot.wechat.bodies import Common, Fields, Unreadable, fields_of

LONGEST_NAME = 64  # of an openid or an account; 28 and 15 in practice
LONGEST_MSG_ID = 20  # digits of a 64-bit number
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def read(xml: bytes) -> Incoming:
    """The message or event in `xml`, UTF-8; raises `Unreadable`."""
    fields = fields_of(xml)
    msg_type = fields.text("MsgType").lower()
    if not msg_type:
        raise Unreadable("no_msg_type")
    event = fields.text("Event") if msg_type == "event" else ""
    known = events.EVENTS.get(event.lower()) if event else MESSAGES.get(msg_type)
    openid = _openid(fields, event.lower())
    common: Common = {
        "account": fields.text("ToUserName")[:LONGEST_NAME],
        "openid": openid,
        "sent_at": fields.instant("CreateTime") or EPOCH,
        "once_key": "",
        "msg_id": None,
    }
    if event and common["sent_at"] != EPOCH:
        common["once_key"] = _key_of_event(fields, common, event.lower())
    elif not event and (msg_id := _msg_id(fields)):
        common["msg_id"] = msg_id
        common["once_key"] = f"m:{msg_id}"
    else:
        common["once_key"] = f"b:{_hash(xml)}"  # nothing names it, but a repeat has the same body
    if known is None:
        return Unknown(**common, name=(event or msg_type)[:LONGEST_NAME])
    return known(fields, common)


def _openid(fields: Fields, event: str) -> str:
    """The customer. When an authorization changes the platform is the sender, and the customer a field."""
    openid = fields.text("OpenID") if event in events.ABOUT_SOMEBODY else ""
    openid = openid or fields.text("FromUserName")
    if not openid:
        raise Unreadable("no_sender")
    if len(openid) > LONGEST_NAME:
        raise Unreadable("sender_too_long")
    return openid


def _msg_id(fields: Fields) -> str | None:
    """A number other than 0, or nothing: what every message carries is no key."""
    given = fields.first("MsgId", "MsgID")
    is_one = len(given) <= LONGEST_MSG_ID and given.isascii() and given.isdigit() and int(given) > 0
    return given if is_one else None


def _key_of_event(fields: Fields, common: Common, event: str) -> str:
    """The platform says sender and second; two different events may share both, so what it is about joins them.

    Hashed, because the key of an unfollow has to outlive everything else that names the customer. The second
    stands in front, so that keys grow as the numbers of messages do: each lands beside the last one in the index.
    """
    second = int(common["sent_at"].timestamp())
    key = f"{common['openid']}:{second}:{event}:{events.about(fields)}"
    return f"e:{second:010}:{_hash(key.encode())[:32]}"


def _hash(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _text(fields: Fields, common: Common) -> Incoming:
    return Text(**common, content=fields.text("Content"), menu_id=fields.text("bizmsgmenuid"))


def _image(fields: Fields, common: Common) -> Incoming:
    return Image(**common, pic_url=fields.text("PicUrl"), media_id=fields.text("MediaId"))


def _voice(fields: Fields, common: Common) -> Incoming:
    return Voice(
        **common,
        media_id=fields.text("MediaId"),
        format=fields.text("Format"),
        media_id_16k=fields.text("MediaId16K"),
        recognition=fields.text("Recognition"),
    )


def _video(fields: Fields, common: Common) -> Incoming:
    return Video(**common, media_id=fields.text("MediaId"), thumb_media_id=fields.text("ThumbMediaId"))


def _short_video(fields: Fields, common: Common) -> Incoming:
    return ShortVideo(**common, media_id=fields.text("MediaId"), thumb_media_id=fields.text("ThumbMediaId"))


def _location(fields: Fields, common: Common) -> Incoming:
    return Location(
        **common,
        latitude=fields.decimal("Location_X"),
        longitude=fields.decimal("Location_Y"),
        scale=fields.number("Scale"),
        label=fields.text("Label"),
    )


def _link(fields: Fields, common: Common) -> Incoming:
    return Link(
        **common, title=fields.text("Title"), description=fields.text("Description"), url=fields.text("Url")
    )


def _mini_program_page(fields: Fields, common: Common) -> Incoming:
    return MiniProgramPage(
        **common,
        app_id=fields.text("AppId"),
        title=fields.text("Title"),
        page_path=fields.text("PagePath"),
        thumb_url=fields.text("ThumbUrl"),
        thumb_media_id=fields.text("ThumbMediaId"),
    )


MESSAGES: dict[str, Callable[[Fields, Common], Incoming]] = {
    "text": _text,
    "image": _image,
    "voice": _voice,
    "video": _video,
    "shortvideo": _short_video,
    "location": _location,
    "link": _link,
    "miniprogrampage": _mini_program_page,
}
