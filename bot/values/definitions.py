"""Campaigns as code: what a file says about segments, contents, campaigns, knowledge, festivals and offers, checked and typed."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Literal

from bot.values.notice import Notice, TemplateMessage
from bot.values.offers import Option

Variants = Mapping[str, "Variant"]


@dataclass(frozen=True, slots=True)
class Variant:
    """One way of a campaign, beside others, to be compared with them."""

    contents: tuple[str, ...]
    weight: int = 1


class BadDefinition(ValueError):
    """One line that names the file, the table, the id and the field."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Definition:
    id: str
    origin: str = field(default="", compare=False)  # the file it stands in


@dataclass(frozen=True, slots=True, kw_only=True)
class Segment(Definition):
    name: str
    rule: dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Content(Definition):
    title: str
    category: str
    purpose: str
    kind: str
    text: str
    media_id: str | None
    useful_until: datetime | None
    notice: Notice | None = None  # how it goes as a subscription notice, if it may
    template: TemplateMessage | None = None  # how it goes as a template message, if it may
    occasion_until: str = ""  # of use until its occasion: eve, day; empty: as long as the campaign sends
    details: dict[str, Any] = field(default_factory=dict)  # what its kind has besides
    version: str = ""
    messages: int = 1
    by_mass: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Campaign(Definition):
    name: str
    segment: str
    contents: tuple[str, ...]
    priority: int
    starts: date
    ends: date
    status: str
    regular: bool
    repeat: bool
    channels: tuple[str, ...]
    marketing_in_window: bool
    variants: Variants = field(default_factory=dict)
    hold_out_percent: int = 0
    in_order: bool = False
    occasion: dict[str, Any] | None = None  # every default spelled out


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnFestival(Definition):
    """A day of the shop's own, or one of the product's kept otherwise."""

    name: str
    english: str
    kind: str
    falls: dict[str, Any]
    lasts: int
    since: int | None
    enabled: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer(Definition):
    """From which a customer chooses one thing."""

    title: str
    intro: str
    segment: str
    starts: date
    ends: date
    status: str
    option: tuple[Option, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Knowledge(Definition):
    question: str
    keywords: str
    answer: str
    category: str
    enabled: bool
    asks: tuple[str, ...] | None = (
        None  # all the shop writes; what customers asked stays. None: says nothing of it
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Definitions:
    segments: tuple[Segment, ...] = ()
    contents: tuple[Content, ...] = ()
    campaigns: tuple[Campaign, ...] = ()
    knowledge: tuple[Knowledge, ...] = ()
    festivals: tuple[OwnFestival, ...] = ()
    offers: tuple[Offer, ...] = ()


@dataclass(frozen=True, slots=True)
class FieldChange:
    field: str
    old: Any
    new: Any


@dataclass(frozen=True, slots=True)
class Change:
    """What applying one definition did. `fields` is empty for what is new, and for what stayed as it was."""

    what: Literal["created", "updated", "unchanged"]
    kind: str  # segment, content, campaign, knowledge, festival, offer
    id: str
    fields: tuple[FieldChange, ...] = ()
