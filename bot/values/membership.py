"""What membership is made of: levels, rewards, and what a customer has."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Level:
    id: str
    name: str
    least: int  # yuan paid within the window
    factor: Decimal  # of points
    gain: str = ""  # what it brings, in words


@dataclass(frozen=True, slots=True, kw_only=True)
class Reward:
    """What points are exchanged for: a voucher."""

    id: str
    name: str
    points: int
    value: Decimal  # yuan
    least: Decimal  # of an order, in yuan
    valid_days: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    per_yuan: int
    comes_after_days: int
    double_days: frozenset[int]
    lasts_years: int
    window_days: int
    levels: tuple[Level, ...]  # the lowest first
    rewards: Mapping[str, Reward]


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Where a member stands. `wanting` is the yuan to the next level, 0 at the top."""

    level: Level
    paid: Decimal
    next: Level | None
    wanting: Decimal
    points: int
    expiring: int = 0  # of the points, on `expires_on`
    expires_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A line of a member's ledger; `points` is what they gained or lost."""

    at: datetime
    kind: str  # opening, order, return, refund, exchange, expiry, grant
    points: int
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Voucher:
    code: str
    name: str
    value: Decimal
    least: Decimal
    valid_until: datetime
    redeemed_at: datetime | None = None
