"""What is told about customers' value: the report of a refresh, and where one customer stands."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from bot.values.partitions import PlanStep


@dataclass(frozen=True, slots=True, kw_only=True)
class RefreshReport:
    at: datetime
    version: str
    customers: int
    buyers: int
    changed: int  # whose figures are others than before
    moved: Mapping[str, int]  # by partition
    follow_ups: int  # opened
    places: Mapping[str, Mapping[str, int]]  # how many customers in each place of each partition
    products: Mapping[str, int]
    regions: Mapping[str, int]
    seconds: Mapping[str, float]  # by step


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One thing that would bring a customer to another place, everything else staying as it is."""

    partition: str
    to: str
    field: str
    is_now: str
    would_be: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowUp:
    """What a customer's class asks of a person, and nobody has done yet."""

    id: int
    customer_id: int
    openid: str | None
    external_id: str | None
    name: str | None
    service: str
    service_class: str | None
    opened_at: datetime
    due_at: datetime
    staff_name: str | None  # who takes care of it; else the customer's account manager


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    partition: str
    was: str
    became: str
    version: str
    at: datetime
    because: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """The nurturing plan a customer is on."""

    since: datetime
    done: int  # so many of the steps have come due
    steps: tuple[tuple[datetime, PlanStep], ...]  # each with its date


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    openid: str
    version: str
    spent: Decimal
    numbers: Mapping[str, int | None]  # what the rules look at; None: never
    indicators: Mapping[str, int]  # 0 to 100 each
    score: int
    rank: int  # 1 is the best; equal scores share a rank
    of: int
    places: Mapping[str, str]
    titles: Mapping[str, str]
    service: str
    plan: Plan | None  # of the class that has one
    follow_ups: tuple[FollowUp, ...]
    is_fresh: bool  # the places are what the rules say now; else the next refresh moves them
    steps: tuple[Step, ...]
    moves: tuple[Move, ...]
