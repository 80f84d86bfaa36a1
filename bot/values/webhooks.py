"""What is told to other programs, to whom, and what became of telling it. See docs/webhooks.md."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

CUSTOMER = (
    "customer.created",
    "customer.followed",
    "customer.unfollowed",
    "customer.changed",
    "customer.merged",
    "customer.unmerged",
    "customer.forgotten",
)
SEGMENT = ("segment.entered", "segment.left")
DELIVERY = ("delivery.sent", "delivery.failed", "delivery.unknown", "delivery.skipped")
KINDS = CUSTOMER + SEGMENT + DELIVERY
PING = "ping"  # only on request; kept nowhere


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """What happened, as it is told. `sequence` grows within an installation; 0 for a ping."""

    id: str
    kind: str
    at: datetime
    sequence: int = 0
    customer: Mapping[str, Any] | None = None  # id, openid, external_id
    data: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Call:
    """An event to be told to one endpoint; `tries` counts those before this one."""

    id: int
    tries: int
    event: Event


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    id: int
    url: str
    secret: str  # sealed
    previous_secret: str = ""  # sealed; empty: only one signs


@dataclass(frozen=True, slots=True)
class Answer:
    """What an endpoint said to a call; `status` 0 when it said nothing, then `reason` says why."""

    status: int
    reason: str = ""
    retry_after: float | None = None  # seconds, as it asked

    @property
    def is_taken(self) -> bool:
        return 200 <= self.status < 300

    @property
    def is_gone(self) -> bool:
        return self.status == 410


@dataclass(frozen=True, slots=True)
class Told:
    """A call that was made, what was answered, and when it is made again: None for never."""

    call: Call
    answer: Answer
    again_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """An endpoint as a person sees it; the secret is shown once, when it is made."""

    id: int
    url: str
    kinds: tuple[str, ...]
    state: str
    reason: str
    created_at: datetime
    failing_since: datetime | None
    waiting: int
    taken: int  # in the last days, as long as they are kept
    dead: int
    oldest_waiting: datetime | None


@dataclass(frozen=True, slots=True)
class Silent:
    """An endpoint that hears nothing at the moment."""

    id: int
    url: str
    is_paused: bool  # else it is failing


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadLetter:
    endpoint_id: int
    event_id: str
    sequence: int
    kind: str
    at: datetime
    tries: int
    status: int | None
    reason: str
    died_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Added:
    """A new endpoint, or one whose secret is changed; the only time the secret is shown."""

    id: int
    url: str
    kinds: tuple[str, ...]
    secret: str
