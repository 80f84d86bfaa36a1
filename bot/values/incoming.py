"""What WeChat tells us: messages, and events of customers, as typed values; what it reports itself is in `reports.py`.

Field names follow the platform's, in our spelling. `kind` is what the conversation log keeps and never changes:
a message has the platform's MsgType (`text`, `shortvideo`), an event `event:` and our name of it (`event:follow`,
`event:menu_click`), and what we do not know is `unknown`.
Source of the fields: the platform's documentation of ordinary messages and event pushes (2025–2026).
"""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar


@dataclass(frozen=True, slots=True, kw_only=True)
class Incoming:
    """The envelope every message and event has. `once_key` is equal for WeChat's repeats of one push.

    `sent_at` is 1970 where the platform's CreateTime is no time.
    """

    kind: ClassVar[str] = "unknown"
    can_be_answered: ClassVar[bool] = True  # WeChat ignores a reply to the rest: `success`

    account: str
    openid: str
    sent_at: datetime
    once_key: str
    msg_id: str | None = None

    @property
    def is_event(self) -> bool:
        return self.kind.startswith("event:")

    @property
    def text(self) -> str:
        """What stands in the conversation log; empty where the customer said nothing in words."""
        return ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Text(Incoming):
    kind = "text"

    content: str
    menu_id: str = ""  # bizmsgmenuid: the customer tapped an option of a msgmenu

    @property
    def text(self) -> str:
        return self.content


@dataclass(frozen=True, slots=True, kw_only=True)
class Image(Incoming):
    kind = "image"

    pic_url: str
    media_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Voice(Incoming):
    kind = "voice"

    media_id: str
    format: str = ""
    media_id_16k: str = ""
    recognition: str = ""

    @property
    def text(self) -> str:
        return self.recognition


@dataclass(frozen=True, slots=True, kw_only=True)
class Video(Incoming):
    kind = "video"

    media_id: str
    thumb_media_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ShortVideo(Video):
    kind = "shortvideo"


@dataclass(frozen=True, slots=True, kw_only=True)
class Location(Incoming):
    kind = "location"

    latitude: float
    longitude: float
    scale: int = 0
    label: str = ""

    @property
    def text(self) -> str:
        return self.label


@dataclass(frozen=True, slots=True, kw_only=True)
class Link(Incoming):
    kind = "link"

    title: str
    description: str = ""
    url: str = ""

    @property
    def text(self) -> str:
        return f"{self.title} {self.url}".strip()


@dataclass(frozen=True, slots=True, kw_only=True)
class MiniProgramPage(Incoming):
    kind = "miniprogrampage"

    app_id: str
    title: str = ""
    page_path: str = ""
    thumb_url: str = ""
    thumb_media_id: str = ""

    @property
    def text(self) -> str:
        return self.title


@dataclass(frozen=True, slots=True, kw_only=True)
class Follow(Incoming):
    kind = "event:follow"

    scene: str = ""  # without the platform's prefix qrscene_
    ticket: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Unfollow(Incoming):
    kind = "event:unfollow"
    can_be_answered = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Scan(Incoming):
    kind = "event:scan"

    scene: str
    ticket: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class LocationReport(Incoming):
    kind = "event:location_report"

    latitude: float
    longitude: float
    precision: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class MenuClick(Incoming):
    kind = "event:menu_click"

    key: str

    @property
    def text(self) -> str:
        return self.key


@dataclass(frozen=True, slots=True, kw_only=True)
class MenuView(Incoming):
    kind = "event:menu_view"
    can_be_answered = False

    url: str
    menu_id: str = ""

    @property
    def text(self) -> str:
        return self.url


@dataclass(frozen=True, slots=True, kw_only=True)
class MenuMiniProgram(Incoming):
    kind = "event:menu_mini_program"
    can_be_answered = False

    page_path: str
    menu_id: str = ""

    @property
    def text(self) -> str:
        return self.page_path


@dataclass(frozen=True, slots=True, kw_only=True)
class MenuScan(Incoming):
    """scancode_push and scancode_waitmsg; `waits` is true for the second, which expects an answer."""

    kind = "event:menu_scan"

    key: str
    scan_type: str
    result: str
    waits: bool

    @property
    def text(self) -> str:
        return self.result


@dataclass(frozen=True, slots=True, kw_only=True)
class MenuPictures(Incoming):
    """pic_sysphoto, pic_photo_or_album, pic_weixin; the pictures follow as messages of their own."""

    kind = "event:menu_pictures"

    key: str
    taken_by: str
    md5s: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class MenuLocation(Incoming):
    kind = "event:menu_location"

    key: str
    latitude: float
    longitude: float
    scale: int = 0
    label: str = ""
    poi_name: str = ""

    @property
    def text(self) -> str:
        return self.label


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonSession(Incoming):
    """kf_create_session, kf_close_session, kf_switch_session of WeChat's own customer service."""

    kind = "event:person_session"
    can_be_answered = False

    change: str  # "create", "close" or "switch"
    account_of_person: str = ""
    from_account: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class UserInfoModified(Incoming):
    kind = "event:user_info_modified"
    can_be_answered = False

    union_id: str = ""
    revoked: str = ""  # RevokeInfo, of user_authorization_revoke


@dataclass(frozen=True, slots=True, kw_only=True)
class AuthorizationRevoked(UserInfoModified):
    kind = "event:authorization_revoked"


@dataclass(frozen=True, slots=True, kw_only=True)
class AuthorizationCancelled(UserInfoModified):
    """The person closed their WeChat account: their data goes."""

    kind = "event:authorization_cancelled"


@dataclass(frozen=True, slots=True, kw_only=True)
class Unknown(Incoming):
    """Kept and acknowledged; `name` is the platform's MsgType or Event."""

    can_be_answered = False

    name: str

    @property
    def text(self) -> str:
        return self.name
