"""What WeChat reports of its own accord, as typed values: notices and consents, jobs that finished, the account's verification."""

from dataclasses import dataclass
from datetime import datetime

from bot.values.incoming import Incoming


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeConsent:
    template_id: str
    accepted: bool
    scene: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticePopup(Incoming):
    """subscribe_msg_popup_event: the customer accepted or refused subscription notices."""

    kind = "event:notice_popup"
    can_be_answered = False

    consents: tuple[NoticeConsent, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeChange(Incoming):
    """subscribe_msg_change_event: refused later, on the management page."""

    kind = "event:notice_change"
    can_be_answered = False

    consents: tuple[NoticeConsent, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeResult:
    template_id: str
    msg_id: str  # exceeds 2^53
    error_code: int
    error_status: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeSent(Incoming):
    kind = "event:notice_sent"
    can_be_answered = False

    results: tuple[NoticeResult, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Report(Incoming):
    """What the platform itself reports; its sender is no customer."""

    kind = "event:report"
    can_be_answered = False


@dataclass(frozen=True, slots=True, kw_only=True)
class TemplateFinished(Report):
    kind = "event:template_finished"

    msg_id_of_job: str
    status: str  # "success", "failed:user block" or "failed: system failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class MassFinished(Report):
    kind = "event:mass_finished"

    msg_id_of_job: str
    status: str  # "send success", "send fail" or "err(30003)"
    total: int = 0
    filtered: int = 0
    sent: int = 0
    errors: int = 0
    article_urls: tuple[str, ...] = ()
    reprint: int = 0  # CheckState: 1 no reprint, 2 a reprint that may go out, 3 one that may not


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishFinished(Report):
    kind = "event:publish_finished"

    publish_id: str
    status: int
    article_id: str = ""
    article_urls: tuple[str, ...] = ()
    failed: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Verification(Report):
    """qualification_verify_*, naming_verify_*, annual_renew, verify_expired."""

    kind = "event:verification"

    event: str
    expires_at: datetime | None = None
    failed_at: datetime | None = None
    reason: str = ""

    @property
    def text(self) -> str:
        return self.event
