"""A campaign and a content as a person wants them, before they are kept."""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from bot.values.channels import CHANNELS


@dataclass(frozen=True, slots=True, kw_only=True)
class CampaignDraft:
    name: str
    segment_id: str
    contents: tuple[str, ...]  # ids, in the order they are sent in
    priority: int
    starts: date
    ends: date  # included
    regular: bool
    repeat: bool
    channels: tuple[str, ...]  # empty: chosen for each customer and day
    marketing_in_window: bool
    occasion: dict[str, Any] | None = None  # as a file spells it; empty: any day of its period


@dataclass(frozen=True, slots=True, kw_only=True)
class ContentDraft:
    title: str
    category: str
    purpose: str
    kind: str
    text: str
    media_id: str
    useful_until: datetime | None
    details: dict[str, Any] = field(default_factory=dict)  # what its kind has besides


@dataclass(frozen=True, slots=True, kw_only=True)
class PoolContent:
    """A content as a campaign's pool knows it."""

    id: str
    title: str
    category: str
    purpose: str
    is_approved: bool
    useful_until: datetime | None
    ways: frozenset[str] = frozenset(CHANNELS)  # that could carry it
