"""What can stand in the one passive reply to a message, and in a customer-service message.

`to_json` and `from_json` keep a reply in the log, so that a repeat of the message gets the same answer.
"""

from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Text:
    text: str


@dataclass(frozen=True, slots=True)
class Image:
    """`file`: the hash of one of our own, which WeChat is given when it is sent."""

    media_id: str = ""
    file: str = ""


@dataclass(frozen=True, slots=True)
class Voice:
    media_id: str


@dataclass(frozen=True, slots=True)
class Video:
    media_id: str
    title: str = ""
    description: str = ""
    thumb_media_id: str = ""  # of customer-service messages; a passive reply has none


@dataclass(frozen=True, slots=True)
class Music:
    thumb_media_id: str
    title: str = ""
    description: str = ""
    music_url: str = ""
    hq_music_url: str = ""


@dataclass(frozen=True, slots=True)
class Article:
    title: str
    description: str = ""
    pic_url: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True)
class News:
    """Up to 8 articles for menu and scan events, one for anything else."""

    articles: tuple[Article, ...]


@dataclass(frozen=True, slots=True)
class MiniProgram:
    """A card. As the ones below it is no passive reply."""

    title: str
    app_id: str
    page: str
    thumb_media_id: str


@dataclass(frozen=True, slots=True)
class Menu:
    """Options to tap on, each an id and words."""

    head: str
    options: tuple[tuple[str, str], ...]
    tail: str = ""


@dataclass(frozen=True, slots=True)
class Published:
    """An article that was published, for one customer."""

    article_id: str
    title: str = ""


@dataclass(frozen=True, slots=True)
class Draft:
    """An article of the draft box, for a mass send."""

    media_id: str
    title: str = ""


@dataclass(frozen=True, slots=True)
class ToPerson:
    """transfer_customer_service: WeChat's own customer service takes over."""

    account: str = ""


@dataclass(frozen=True, slots=True)
class Silence:
    """Acknowledged, nothing said: `success`."""


Reply = (
    Text | Image | Voice | Video | Music | News | MiniProgram | Menu | Published | Draft | ToPerson | Silence
)

_KINDS: dict[str, type[Reply]] = {
    "text": Text,
    "image": Image,
    "voice": Voice,
    "video": Video,
    "music": Music,
    "news": News,
    "miniprogrampage": MiniProgram,
    "msgmenu": Menu,
    "mpnewsarticle": Published,
    "mpnews": Draft,
    "transfer_customer_service": ToPerson,
    "silence": Silence,
}
_NAMES = {kind: name for name, kind in _KINDS.items()}


def kind_of(reply: Reply) -> str:
    """WeChat's own name of the reply's type."""
    return _NAMES[type(reply)]


def text_of(reply: Reply) -> str:
    """What stands in the conversation log."""
    match reply:
        case Text(text):
            return text
        case News(articles):
            return "\n".join(article.title for article in articles)
        case Menu(head, options, tail):
            return "\n".join(filter(None, (head, *(words for _, words in options), tail)))
        case (
            Video(title=title)
            | Music(title=title)
            | MiniProgram(title=title)
            | Published(title=title)
            | Draft(title=title)
        ):
            return title
        case _:
            return ""


def to_json(reply: Reply) -> dict[str, Any]:
    if isinstance(reply, News):
        return {"kind": "news", **asdict(reply)}
    return {"kind": kind_of(reply), **{name: getattr(reply, name) for name in reply.__slots__}}


def from_json(stored: dict[str, Any]) -> Reply:
    fields = {name: value for name, value in stored.items() if name != "kind"}
    if stored["kind"] == "news":
        return News(tuple(Article(**article) for article in fields["articles"]))
    if stored["kind"] == "msgmenu":
        options = tuple((option[0], option[1]) for option in fields["options"])
        return Menu(fields["head"], options, fields["tail"])
    return _KINDS[stored["kind"]](**fields)
