"""Long lists, page by page from where the last one ended: as quick at the end as at the beginning."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, Generic, TypeVar

from flask import request, url_for

from bot.store.tables.columns import LARGEST_ID
from handlers.serving import services

T = TypeVar("T")

ON_A_PAGE = 50
A_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Sheet(Generic[T]):
    rows: Sequence[T]
    further: str | None  # the address of the next page
    first: str | None  # of the first page, unless this is it


def sheet(rows: Sequence[T], mark: Callable[[T], object], *, by: str = "before") -> Sheet[T]:
    """Of one row more than fit on a page; `mark` is what the next page begins after, `by` its name in the address."""
    shown = rows[:ON_A_PAGE]
    further = _address({by: str(mark(shown[-1]))}) if len(rows) > ON_A_PAGE else None
    return Sheet(shown, further, _address({by: ""}) if request.args.get(by) else None)


def asked_day(name: str) -> date | None:
    """A day out of the address; what is no day, or none whose midnights can be reckoned, filters nothing."""
    try:
        day = date.fromisoformat(request.args.get(name, ""))
    except ValueError:
        return None
    return day if date.min < day < date.max - A_DAY else None


def begins(day: date | None) -> datetime | None:
    """Midnight in the shop's time zone."""
    return datetime.combine(day, time.min, services().config.push.zone) if day else None


def ends(day: date | None) -> datetime | None:
    """The midnight after the day."""
    return begins(day + A_DAY) if day and day < date.max else None


def asked(name: str, longest: int = 100) -> str:
    return request.args.get(name, "").strip()[:longest].replace("\0", "")


def asked_id(name: str = "before") -> int | None:
    found = request.args.get(name, type=int)
    return found if found is not None and 0 < found <= LARGEST_ID else None


def _address(changed: dict[str, str]) -> str:
    asked_for = {**request.args.to_dict(), **changed}
    values: dict[str, Any] = {
        **(request.view_args or {}),
        **{key: value for key, value in asked_for.items() if value},
    }
    return url_for(
        request.endpoint or "", **{key: value for key, value in values.items() if not key.startswith("_")}
    )
