"""What a content is made of: one message after another, each a part with the fields its kind has."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Option:
    """A line of a menu that the customer can tap."""

    id: str
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One message. Files are named by their hash; `media_id` is the account's own, where no file is given."""

    kind: str
    text: str = ""  # a text; what is said beside a video, a link, a menu
    media_id: str = ""
    file: str = ""
    cover: str = ""  # a picture's hash: of an article, a video, a link, a mini-program card
    title: str = ""
    url: str = ""
    app_id: str = ""
    page: str = ""
    author: str = ""
    digest: str = ""
    body: str = ""  # HTML, or plain paragraphs
    options: tuple[Option, ...] = ()
    tail: str = ""


@dataclass(frozen=True, slots=True)
class Need:
    """What WeChat has to hold before a part can be sent. `key` is a file's hash, or that of an article."""

    key: str
    form: str  # image, voice, video, thumb, inline, draft, article
    must_last: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Approval:
    """Who approved which version. `withdrawn_at`: when the content was changed."""

    version: str
    staff: str
    approved_at: Any
    withdrawn_at: Any = None
