"""Reads the passive reply to a push as strictly as the platform: what is wrong with it, or what the customer sees."""

from dataclasses import dataclass, field
from typing import Any

from lxml import etree

from bot.sandbox import callbacks
from bot.sandbox.account import Account

TEXT_BYTES = 2048
MOST_ARTICLES = 8
ONE_ARTICLE_ONLY = frozenset({"text", "image", "voice", "video", "shortvideo", "link", "location"})
NO_REPLY = frozenset({"unsubscribe", "MASSSENDJOBFINISH", "TEMPLATESENDJOBFINISH", "subscribe_msg_popup_event", "subscribe_msg_change_event", "subscribe_msg_sent_event"})  # fmt: skip
MEDIA = {"image": "Image", "voice": "Voice", "video": "Video"}


@dataclass(frozen=True, slots=True)
class Nothing:
    """`success` or an empty body: accepted, nothing is shown."""


@dataclass(frozen=True, slots=True)
class Broken:
    """The customer sees that the account is out of order."""

    why: str


@dataclass(frozen=True, slots=True)
class Shown:
    """`remarks` are slips the platform swallows without a word to anybody."""

    kind: str
    text: str
    details: dict[str, Any] = field(default_factory=dict)
    remarks: tuple[str, ...] = ()


def read(account: Account, pushed: dict[str, Any], body: bytes) -> Nothing | Broken | Shown:  # noqa: PLR0911 (a list of ways to be wrong)
    """`pushed` are the fields of the push that is answered by `body`."""
    if body.strip() in {b"", b"success"}:
        return Nothing()
    if pushed.get("Event") in NO_REPLY:
        return Shown("nothing", "", remarks=(f"{pushed['Event']} 不能回复，回复被忽略",))
    root = _parsed(body)
    if root is None:
        return Broken("回复不是合法的 XML")
    if root.find("Encrypt") is not None:
        try:
            root = _opened(account, root)
        except callbacks.Unreadable as error:
            return Broken(f"加密回复无法解开：{error}")
    elif account.mode == "safe":
        return Broken("安全模式下的回复没有加密")
    if root is None:
        return Broken("解密后的回复不是合法的 XML")
    return _judged(pushed, root)


def _judged(pushed: dict[str, Any], root: Any) -> Broken | Shown:  # noqa: PLR0911 (a table)
    if (_text(root, "ToUserName"), _text(root, "FromUserName")) != (
        pushed["FromUserName"],
        pushed["ToUserName"],
    ):
        return Broken("回复的 ToUserName 与 FromUserName 没有对调")
    if not _text(root, "CreateTime").isdigit():
        return Broken("回复没有 CreateTime")
    kind = _text(root, "MsgType")
    match kind:
        case "text":
            return _text_reply(root)
        case "image" | "voice" | "video":
            media_id = _text(root, f"{MEDIA[kind]}/MediaId")
            details = {
                "media_id": media_id,
                "title": _text(root, "Video/Title"),
                "description": _text(root, "Video/Description"),
            }
            return Shown(kind, "", details) if media_id else Broken(f"{kind} 回复没有 MediaId")
        case "music":
            music = {
                name: _text(root, f"Music/{tag}")
                for name, tag in (("title", "Title"), ("description", "Description"), ("url", "MusicUrl"))
            }
            return (
                Shown(kind, music["title"], music)
                if _text(root, "Music/ThumbMediaId")
                else Broken("music 回复没有 ThumbMediaId")
            )
        case "news":
            return _news(pushed, root)
        case "transfer_customer_service" | "transfer_biz_ai_ivr":
            return Shown(kind, "", {"account": _text(root, "TransInfo/KfAccount")})
        case _:
            return Broken(f"不认识的回复类型：{kind or '（空）'}")


def _text_reply(root: Any) -> Broken | Shown:
    content = root.findtext("Content") or ""
    if not content.strip():
        return Broken("文本回复的内容为空")
    if len(content.encode()) > TEXT_BYTES:
        return Shown("nothing", "", remarks=(f"文本回复超过 {TEXT_BYTES} 字节，微信没有显示",))
    return Shown("text", content)


def _news(pushed: dict[str, Any], root: Any) -> Broken | Shown:
    """More articles than allowed are cut off without an error."""
    articles = [
        {
            name: _text(item, tag)
            for name, tag in (
                ("title", "Title"),
                ("description", "Description"),
                ("pic_url", "PicUrl"),
                ("url", "Url"),
            )
        }
        for item in root.findall("Articles/item")
    ]
    if not articles or _text(root, "ArticleCount") != str(len(articles)):
        return Broken("图文回复的 ArticleCount 与条数不符")
    most = 1 if pushed["MsgType"] in ONE_ARTICLE_ONLY else MOST_ARTICLES
    remarks = (
        (f"图文只能有 {most} 条，多出的 {len(articles) - most} 条没有显示",) if len(articles) > most else ()
    )
    return Shown("news", articles[0]["title"], {"articles": articles[:most]}, remarks)


def _opened(account: Account, root: Any) -> Any:
    encrypted = _text(root, "Encrypt")
    signed = callbacks.signature(account.token, _text(root, "TimeStamp"), _text(root, "Nonce"), encrypted)
    if signed != _text(root, "MsgSignature"):
        raise callbacks.Unreadable("MsgSignature 不对")
    return _parsed(callbacks.decrypt(account, encrypted))


def _parsed(body: bytes) -> Any:
    try:
        root = etree.fromstring(body, etree.XMLParser(resolve_entities=False, no_network=True))
    except etree.XMLSyntaxError:
        return None
    return root if root.tag == "xml" else None


def _text(root: Any, path: str) -> str:
    found = root.findtext(path)
    return found.strip() if found else ""
