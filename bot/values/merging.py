"""Two customers that became one, and why two cannot."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

How = Literal["code", "order", "staff", "union_id"]
Why = Literal[
    "unknown",
    "same",
    "forgotten",
    "two_openids",
    "two_union_ids",
    "push_under_way",
    "undone_before",
    "erased_since",
    "merged_on",
]


@dataclass(frozen=True, slots=True)
class Refused:
    why: Why


@dataclass(frozen=True, slots=True, kw_only=True)
class Merge:
    """`counts`: rows that went from the loser to the survivor, by table. `changes`: what it wrote into the survivor's row."""

    id: int
    survivor_id: int
    loser_id: int
    how: How
    staff: str
    at: datetime
    counts: Mapping[str, int]
    changes: Mapping[str, Any]
    undone_at: datetime | None = None
    undone_by: str = ""
    can_be_undone: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Undone:
    """`counts`: rows that went back, by table. `names_lost`: of the restored row, because somebody else has them now."""

    merge_id: int
    counts: Mapping[str, int]
    names_lost: tuple[str, ...] = ()
