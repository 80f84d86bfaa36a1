"""How often each of WeChat's endpoints may be called, for all processes of the account together.

Counted in the key store, by the second, the minute and the day (WeChat's days are Shanghai's). Losing the store loses
the count of the window, never a message: WeChat's own 45009 and 45011 then pause the channel. Fixed windows on
`Keys.count`, because that is one round trip on Redis and on its twin alike, and because a part of what is wanted may be
granted; the package `limits` grants all or nothing, and knows nothing of our twin.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType

from bot.store.keys import Keys
from bot.wechat import waits

SECOND, MINUTE, DAY = timedelta(seconds=1), timedelta(minutes=1), timedelta(days=1)

ENDPOINTS: Mapping[str, Mapping[timedelta, str]] = MappingProxyType(
    {  # endpoint → window → the name of its limit in `bot/wechat/limits.py`
        "custom": {SECOND: "custom_per_second", DAY: "custom_per_day"},
        "notice": {SECOND: "notice_per_second"},
        "template": {
            SECOND: "template_per_second"
        },  # the day's calls are a ledger: store/sending/daily_calls.py
        "mass": {MINUTE: "mass_calls_per_minute", DAY: "mass_per_day"},
    }
)


@dataclass(frozen=True, slots=True)
class Granted:
    """How many calls may be made now; if fewer than wanted, when to ask again and which limit it was."""

    calls: int
    again_at: datetime | None = None
    limit: str = ""


def take(
    keys: Keys, limits: Mapping[str, int], endpoint: str, wanted: int, *, now: datetime, real: datetime
) -> Granted:
    """Takes what is left of every window. Seconds and minutes pass in real time, the day is the product's.

    Not with a transaction open: the key store's twin opens its own.
    """
    granted = Granted(wanted)
    taken: list[tuple[str, timedelta]] = []
    for window, limit in ENDPOINTS[endpoint].items():
        most = limits[limit]
        if not most or not granted.calls:
            continue
        key, lasts = _key(endpoint, window, now, real)
        left = most - (keys.count(key, by=granted.calls, lasts=lasts) - granted.calls)
        taken.append((key, lasts))
        if left < granted.calls:
            fewer = max(left, 0)
            _give(keys, taken, granted.calls - fewer)
            granted = Granted(fewer, _again(window, now, real), limit)
    return granted


def give_back(
    keys: Keys, limits: Mapping[str, int], endpoint: str, calls: int, *, now: datetime, real: datetime
) -> None:
    """Calls that were granted and not made."""
    windows = [window for window, limit in ENDPOINTS[endpoint].items() if limits[limit]]
    _give(keys, [_key(endpoint, window, now, real) for window in windows], calls)


def _give(keys: Keys, taken: list[tuple[str, timedelta]], calls: int) -> None:
    if calls:
        for key, lasts in taken:
            keys.count(key, by=-calls, lasts=lasts)


def _key(endpoint: str, window: timedelta, now: datetime, real: datetime) -> tuple[str, timedelta]:
    if window == DAY:
        day = now.astimezone(waits.SHANGHAI).date()
        return f"rate:{endpoint}:{day:%Y%m%d}", DAY + timedelta(hours=2)
    number = int(real.timestamp() // window.total_seconds())
    return f"rate:{endpoint}:{window.total_seconds():.0f}:{number}", 3 * window


def _again(window: timedelta, now: datetime, real: datetime) -> datetime:
    if window == DAY:
        return waits.until_midnight(now)
    return now + window - timedelta(seconds=real.timestamp() % window.total_seconds())
