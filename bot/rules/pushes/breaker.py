"""When a channel is given a rest: WeChat is busy, broken or silent for most of what was asked in a minute.

Open: nothing goes out for a growing time. Then a trial of a few: one answer closes the breaker, trouble opens it
again for twice as long. A lost answer cannot be repeated on every channel, so the first cluster must be the last.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

COUNTED = timedelta(minutes=1)
LEAST = {"mass": 3}  # troubled requests that are a cluster; of messages to one customer:
LEAST_SINGLE = 10
FIRST_PAUSE = timedelta(seconds=30)
LONGEST_PAUSE = timedelta(minutes=30)
TRIAL = 3  # requests of a batch that try a channel after its pause


@dataclass(frozen=True, slots=True)
class Count:
    """Of one channel, while there is trouble: none is kept while all goes well."""

    since: datetime | None = None
    asked: int = 0
    troubled: int = 0
    trips: int = 0  # pauses, with no answer between them


def after(count: Count, asked: int, troubled: int, now: datetime) -> Count:
    """With these requests counted in; one that is older than a minute, or from a later time, begins anew."""
    is_fresh = count.since is not None and timedelta(0) <= now - count.since < COUNTED
    if not is_fresh:
        count = Count(since=now, trips=count.trips)
    return replace(count, asked=count.asked + asked, troubled=count.troubled + troubled)


def is_tripped(count: Count, channel: str) -> bool:
    return count.troubled >= LEAST.get(channel, LEAST_SINGLE) and 2 * count.troubled >= count.asked


def pause(trips: int) -> timedelta:
    """30 seconds, then twice the last one, at most half an hour. `trips`: the pauses before this one."""
    return min(FIRST_PAUSE * (1 << min(trips, 20)), LONGEST_PAUSE)
