"""What is told about segments: a refresh, a size, a move, a sample."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal


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
    """The many buyers behind those of ABC's A, seen as a group. Money in yuan, shares in percent."""

    buyers: int  # all of them, the tail's and the others
    customers: int
    share_of_buyers: float
    spent: Decimal
    share_of_spend: float
    average: Decimal
    follow: int
    reached: int  # got a push within 30 days
    wrote: int  # wrote within 30 days
    spent_lately: Decimal  # within 90 days
    spent_before: Decimal  # within the 90 days before
    growth: float | None  # None: nothing was spent before
    rose: int  # came up into A within 90 days


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    id: str
    count: int | None  # None: it would have taken longer than `within`
    of: int  # followers
    seconds: float
    within: float
    members: int | None  # at the last refresh


@dataclass(frozen=True, slots=True, kw_only=True)
class Explained:
    id: str
    name: str
    sentence: str
    outline: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    sizes: tuple[Size, ...]
    moves: tuple[SegmentMove, ...]
