"""Everything the sandbox remembers, as plain data: one value to keep, to load and to look at."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, ClassVar, Literal

from pydantic import ConfigDict

Side = Literal["customer", "account", "system"]
Way = Literal[
    "said",
    "event",
    "passive",
    "customer_service",
    "mass",
    "preview",
    "template",
    "notice",
    "system",
    "problem",
]


@dataclass(slots=True)
class Window:
    left: int
    until: datetime


@dataclass(slots=True, kw_only=True)
class Follower:
    """One WeChat user as this account knows them. `following` is false before the first and after the last follow."""

    openid: str
    name: str
    followed_at: datetime | None = None
    source: str = "ADD_SCENE_SEARCH"
    following: bool = True
    remark: str = ""
    tag_ids: list[int] = field(default_factory=list)
    is_blocked: bool = False
    refuses_mass: bool = False
    refuses_templates: bool = False  # switched the account's messages off in WeChat
    scene: str = ""
    windows: dict[str, Window] = field(default_factory=dict)
    mass_received: dict[str, int] = field(default_factory=dict)  # month in Shanghai -> number
    spoke_at: datetime | None = None
    typing_until: datetime | None = None
    active_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line of a chat as the customer sees it; `n` grows over all chats."""

    n: int
    at: datetime
    side: Side
    way: Way
    kind: str
    text: str = ""
    details: dict[str, Any] = field(default_factory=dict)


@dataclass(slots=True, kw_only=True)
class Token:
    is_stable: bool
    expires_at: datetime


@dataclass(slots=True, kw_only=True)
class Code:
    """Of a web authorization."""

    openid: str
    expires_at: datetime
    is_used: bool = False


@dataclass(slots=True, kw_only=True)
class Tag:
    id: int
    name: str


@dataclass(slots=True, kw_only=True)
class Media:
    __pydantic_config__: ClassVar = ConfigDict(
        ser_json_bytes="base64", val_json_bytes="base64"
    )  # in the snapshot

    id: str
    kind: str
    content: bytes
    content_type: str
    uploaded_at: datetime
    is_permanent: bool = False


@dataclass(slots=True, kw_only=True)
class PublishedArticle:
    article_id: str
    articles: list[dict[str, Any]]


@dataclass(slots=True, kw_only=True)
class MassJob:
    """`openids` is None for a send to a tag or to all: who that is, is decided when it runs.

    `shown`, `text` and `details` are the line it writes into the chats; a job that ran forgets its openids.
    """

    msg_id: int
    msg_data_id: int | None
    client_msg_id: str
    submitted_at: datetime
    kind: str
    shown: str
    text: str
    details: dict[str, Any]
    draft_id: str
    openids: list[str] | None
    tag_id: int | None
    status: str = "SENDING"
    total: int = 0
    filtered: int = 0
    sent: int = 0
    errors: int = 0


@dataclass(slots=True, kw_only=True)
class ClientMessage:
    first_at: datetime
    last_at: datetime
    msg_id: int


@dataclass(slots=True, kw_only=True)
class Scene:
    ticket: str
    scene: str
    is_permanent: bool
    expires_at: datetime | None


@dataclass(slots=True, kw_only=True)
class Errand:
    """What the sandbox still has to do by itself: push a callback, or run a mass send and report it."""

    id: int
    openid: str = ""
    fields: dict[str, Any] = field(default_factory=dict)
    mass_id: int | None = None
    event: str = ""


@dataclass(slots=True, kw_only=True)
class State:
    last_number: int = 0
    followers: dict[str, Follower] = field(default_factory=dict)
    chats: dict[str, list[Line]] = field(default_factory=dict)
    tokens: dict[str, Token] = field(default_factory=dict)
    codes: dict[str, Code] = field(default_factory=dict)
    forced_at: datetime | None = None
    used: dict[str, dict[str, int]] = field(
        default_factory=dict
    )  # day or month in Shanghai -> what -> number
    tags: dict[int, Tag] = field(default_factory=dict)
    media: dict[str, Media] = field(default_factory=dict)
    drafts: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    published: dict[str, PublishedArticle] = field(default_factory=dict)  # by publish_id
    menu: dict[str, Any] | None = None
    scenes: dict[str, Scene] = field(default_factory=dict)  # by ticket
    mass: dict[int, MassJob] = field(default_factory=dict)
    client_messages: dict[str, ClientMessage] = field(default_factory=dict)
    mass_speed: int = 0
    template_messages: dict[str, tuple[datetime, int]] = field(default_factory=dict)
    consents: dict[str, dict[str, int]] = field(default_factory=dict)  # openid -> template -> left
    errands: list[Errand] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
