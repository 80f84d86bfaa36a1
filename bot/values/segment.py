"""What is told about segments: a refresh, a size, a move, a sample."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class SegmentRefreshed:
    id: str
    members: int
    entered: int
    gone: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SegmentsRefreshed:
    at: datetime
    kind: str  # full, changes
    looked_at: int | None  # customers; None: everybody
    segments: tuple[SegmentRefreshed, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SegmentLine:
    id: str
    name: str
    members: int | None  # at the last refresh; None before the first
    refreshed_at: datetime | None  # when everybody was looked at
    moves_by_time: bool  # between full refreshes, days that pass are not noticed


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    at: datetime
    kind: str
    members: int
    entered: int
    gone: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SegmentMove:
    at: datetime
    openid: str  # empty: not a follower, or forgotten
    customer_id: int
    entered: bool  # else they left


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    customer_id: int
    openid: str
    name: str
    since: datetime | None  # None: in by the rule, and not yet among the members


@dataclass(frozen=True, slots=True, kw_only=True)
class Tail:
    """The many who bring the last share of what is spent, seen as a group."""

    percent: int  # the share of the buyers who are meant
    customers: int
    buyers: int
    spent: str  # yuan
    share: float  # percent of all that was spent
    average: str  # yuan each
    follow: int
    reached: int  # got a push within 30 days
    wrote: int  # wrote within 30 days
    bought_before: int  # … of them in the year before the last 90 days …
    spent_lately: str  # yuan within the last 90 days
    spent_before: str  # yuan within the 90 days before
    growth: float | None  # percent; None: nothing was spent before
    became_head: int  # moved out of ABC's C within 90 days
