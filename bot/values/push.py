"""What the push engine's parts say to each other."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from bot.values.content import Need, Part
from bot.values.days_send import DaysSend
from bot.values.notice import Notice, TemplateMessage
from bot.values.profile import Profile


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    id: str
    purpose: str
    kind: str
    text: str = ""
    media_id: str = ""
    notice: Notice | None = None  # how it fills a template, if it does
    template: TemplateMessage | None = None  # the same of a template message
    parts: tuple[Part, ...] = ()  # empty: only what kind, text and media_id say
    is_approved: bool = False  # what stands here, not an earlier version

    @property
    def messages(self) -> tuple[Part, ...]:
        return self.parts or (Part(kind=self.kind, text=self.text, media_id=self.media_id),)


@dataclass(frozen=True, slots=True, kw_only=True)
class Claimed:
    """A delivery that is one worker's own until its lease ends. One of content and payload says what to send."""

    id: int
    token: str
    channel: str
    profile: Profile
    content: Content | None
    payload: Mapping[str, Any] | None
    attempts: int
    until: datetime | None = None  # in real time; None: no end
    closes_at: datetime | None = None  # of its window; None: at any hour
    mass_send_id: int | None = None
    held: Mapping[Need, str] = field(default_factory=dict)  # what WeChat holds of its content
    further: Mapping[str, str] = field(default_factory=dict)  # facts of the customer that had to be looked up


@dataclass(frozen=True, slots=True, kw_only=True)
class MassSend:
    """One request to WeChat for many: its content, its own idempotency key, and who is in it."""

    id: int
    token: str
    client_msg_id: str
    target: str  # openids, tag
    content: Content
    deliveries: Mapping[int, str]  # id → openid
    until: datetime | None = None  # the claim's end, in real time; None: no end
    closes_at: datetime | None = None
    held: Mapping[Need, str] = field(default_factory=dict)

    @property
    def openids(self) -> list[str]:
        return list(self.deliveries.values())


@dataclass(frozen=True, slots=True)
class Refused:
    """A delivery the claim did not take, and the first policy that stood against it."""

    id: int
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CampaignPlan:
    campaign_id: str
    purpose: str
    planned: int  # new deliveries of this pass
    totals: Mapping[str, int]  # verdict → customers


@dataclass(frozen=True, slots=True, kw_only=True)
class Starved:
    """A campaign that loses nearly everybody to others."""

    campaign_id: str
    name: str
    days: int  # in a row
    lost: int  # customers, at the last pass of the last day
    won: int  # the same, that it has
    to: str  # the campaign that took the most of them


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanReport:
    at: datetime
    campaigns: tuple[CampaignPlan, ...] = ()
    moved: int = 0  # deliveries whose window closed before they went out
    too_late: int = 0
    gave_way: int = 0  # planned ones, to a more important campaign that was edited since
    calendar_known: bool = True  # false: the year's holidays are not known yet
    starved: tuple[Starved, ...] = ()  # campaigns that lose nearly everybody to others, for days
    days_send: DaysSend | None = None  # of a subscription account: what the day's mass send is given to

    @property
    def planned(self) -> int:
        return sum(campaign.planned for campaign in self.campaigns)
