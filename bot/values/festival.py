"""A festival or shopping day: by which calendar it falls, and on which days of which years."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Festival:
    """`falls` holds one of on, lunar, term, weekday, dates; and shift, days after that."""

    id: str
    name: str
    english: str
    kind: str
    falls: Mapping[str, Any]
    lasts: int = 1
    since: int | None = None
    enabled: bool = True


@dataclass(frozen=True, slots=True)
class FestivalDay:
    """A festival in one year; `key` stays the same when its day is corrected."""

    day: date
    festival: Festival
    key: str

    @property
    def ends(self) -> date:
        """The first day after it."""
        return self.day + timedelta(days=self.festival.lasts)
