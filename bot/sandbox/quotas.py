"""Counters of calls by day, month and minute in Shanghai, with the numbers of a new account.

§6 of the platform's rules; `limits` of the sandbox override the daily numbers by path.
"""

from datetime import datetime
from zoneinfo import ZoneInfo

from bot.sandbox.errors import Refused
from bot.sandbox.state import State

SHANGHAI = ZoneInfo("Asia/Shanghai")
KEPT = 70  # days, months, minutes: of each so many are remembered


def day_of(now: datetime) -> str:
    return now.astimezone(SHANGHAI).strftime("%Y-%m-%d")


def month_of(now: datetime) -> str:
    return now.astimezone(SHANGHAI).strftime("%Y-%m")


def minute_of(now: datetime) -> str:
    return now.astimezone(SHANGHAI).strftime("%Y-%m-%dT%H:%M")


def used(state: State, period: str, what: str) -> int:
    return state.used.get(period, {}).get(what, 0)


def spend(state: State, period: str, what: str, most: int, errcode: int) -> None:
    """Counts one, or refuses with `errcode` once `most` are spent in the period."""
    counters = state.used.setdefault(period, {})
    if counters.get(what, 0) >= most:
        raise Refused(errcode)
    counters[what] = counters.get(what, 0) + 1
    _forget_old(state, len(period))


def clear(state: State, now: datetime, what: str | None) -> None:
    """Starts the day's counters again: of one path, or of all."""
    today = state.used.get(day_of(now), {})
    for name in [name for name in today if name.startswith("/") and what in {None, name}]:
        del today[name]


def _forget_old(state: State, length: int) -> None:
    """Periods of one length are of one kind: many minutes must not push out the day."""
    same_kind = [period for period in state.used if len(period) == length]
    for period in same_kind[:-KEPT]:
        del state.used[period]
