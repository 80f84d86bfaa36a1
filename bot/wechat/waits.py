"""How long WeChat wants us to wait: from now to the instant of the next try. WeChat's days are Shanghai's."""

from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

Wait = Callable[[datetime], datetime]

SHANGHAI = ZoneInfo("Asia/Shanghai")
MINUTE = timedelta(minutes=1)


def a_minute(now: datetime) -> datetime:
    return now + MINUTE


def two_minutes(now: datetime) -> datetime:
    """Where the platform asks for at least one."""
    return now + 2 * MINUTE


def ten_minutes(now: datetime) -> datetime:
    return now + 10 * MINUTE


def an_hour(now: datetime) -> datetime:
    return now + timedelta(hours=1)


def three_hours(now: datetime) -> datetime:
    return now + timedelta(hours=3)


def a_day(now: datetime) -> datetime:
    return now + timedelta(days=1)


def until_next_minute(now: datetime) -> datetime:
    return now.replace(second=0, microsecond=0) + MINUTE


def until_midnight(now: datetime) -> datetime:
    """A minute into the next day: their clock and ours differ."""
    return _next(time(0, 1), now)


def until_eight(now: datetime) -> datetime:
    return _next(time(8, 1), now)


def _next(moment: time, now: datetime) -> datetime:
    local = now.astimezone(SHANGHAI)
    today = datetime.combine(local.date(), moment, SHANGHAI)
    return (today if today > local else today + timedelta(days=1)).astimezone(UTC)
