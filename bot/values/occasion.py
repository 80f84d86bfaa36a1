"""What a campaign waits for with each customer: a festival, their birthday, an order, a condition they come to meet."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Literal, TypeAlias

OccasionKind: TypeAlias = Literal["festival", "birthday", "anniversary", "after", "care"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Occasion:
    """Sent from `offset` days after the day itself (before it when negative), during `lasts` days."""

    kind: OccasionKind
    name: str = ""  # the festival's id; membership, first_order; order, shipment, delivered, repair, return
    rule: Mapping[str, Any] = field(default_factory=dict)  # of care
    offset: int = 0
    lasts: int | None = None  # of a festival: empty until it is over
    pause: int = 0  # of care: days after a meeting in which another does not count
    existing: bool = False  # of care: also those who met it before the campaign began


@dataclass(frozen=True, slots=True, kw_only=True)
class Occurrence:
    """An occasion whose day is near enough to be sent for. The instants bound what is of use."""

    day: date
    key: str  # of a festival; for the others the customer's row adds to it
    eve: datetime  # the day begins
    passes: datetime  # the day, or the whole festival, is over
    closes: datetime  # nothing is sent for it from then
