"""Notices by template: the account's templates, how a content fills one, and what customers allowed.

Two channels have templates: subscription notices, which a customer allows one by one, and template messages.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeTemplate:
    """As WeChat lists it. `fields`: data key (thing1, time2 …) → the label beside it, in the template's order."""

    id: str
    title: str
    fields: Mapping[str, str]
    example: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """How a content goes as a notice. `data` is words with places such as {customer.name|您}; after rendering, words."""

    template: str
    page: str = ""
    data: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class TemplateMessage:
    """How a content goes as a template message. A tap opens `page` of the mini-program, else `url`, else nothing."""

    template: str
    data: Mapping[str, str] = field(default_factory=dict)
    url: str = ""
    app_id: str = ""  # of the mini-program
    page: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TemplateLine:
    """A template with what is left of consents to it, over all customers; a template message needs none."""

    channel: str
    template: NoticeTemplate
    synced_at: datetime
    gone_at: datetime | None
    customers: int
    consents: int
