"""When within a window a customer is best reached, from when they write; docs/rhythm.md has the arithmetic. Pure.

A window is cut into half hours. What a customer did is little evidence, so the crowd's habit counts as some messages
more of their own; and who wrote too seldom in the window has no best half hour at all.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from bot.config import Push
from bot.rules.pushes.windows import PURPOSES, Window, windows_of
from bot.values import incoming

HALF = 30  # minutes
NEEDED = 5  # own messages within the window
CROWD_WEIGHS = 5  # as many messages of their own
MOST_KEPT = 64  # own messages of a kind of day; past that all are halved, so that new habits win
LOOKED_AHEAD = 60  # days: working and free ones are among them whatever the holidays

# what shows that they had WeChat open; a report of their place or of a send that ended shows nothing
PRESENT = tuple(
    kind.kind
    for kind in (
        incoming.Text, incoming.Image, incoming.Voice, incoming.Video, incoming.Location, incoming.Link,
        incoming.MiniProgramPage, incoming.Scan, incoming.MenuClick, incoming.MenuView, incoming.MenuScan,
    )
)  # fmt: skip


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """The hours a window has on days of its kind, in minutes from midnight."""

    works: bool
    opens: int
    closes: int

    @property
    def halves(self) -> range:
        """The half hours of the day, 0 to 47, that lie in it as a whole."""
        return range(-(-self.opens // HALF), self.closes // HALF)


def span_of(window: Window) -> Span:
    return Span(window.kind.works, _minutes(window.opens.time()), _minutes(window.closes.time()))


def spans(today: date, push: Push) -> set[Span]:
    """Those of all purposes on the days to come."""
    days = [today + timedelta(days=ahead) for ahead in range(LOOKED_AHEAD)]
    return {
        span_of(window) for day in days for purpose in PURPOSES for window in windows_of(purpose, day, push)
    }


def share(own: int, own_in_all: int, crowds: int, crowds_in_all: int) -> float:
    """How likely a half hour is theirs: own messages in it and in the whole window, and the crowd's."""
    of_crowd = crowds / crowds_in_all if crowds_in_all else 0.0
    return (own + CROWD_WEIGHS * of_crowd) / (own_in_all + CROWD_WEIGHS)


def best_half(own: Mapping[int, int], crowd: Mapping[int, int], span: Span) -> int | None:
    """The half hour of the day with the greatest share, the earliest of equals; none when too little is known.

    `own` and `crowd` count messages by half hour of the day.
    """
    mine = sum(own.get(half, 0) for half in span.halves)
    if mine < NEEDED:
        return None
    all_in = sum(crowd.get(half, 0) for half in span.halves)
    # the share, times what is the same for every half hour: whole numbers, so that no rounding decides
    return max(
        span.halves,
        key=lambda half: (own.get(half, 0) * all_in + CROWD_WEIGHS * crowd.get(half, 0), -half),
    )


def begins(half: int, window: Window) -> datetime:
    """The instant at which the half hour begins on the window's day."""
    return datetime.combine(window.day, time(half * HALF // 60, half * HALF % 60), window.opens.tzinfo)


def _minutes(clock: time) -> int:
    return clock.hour * 60 + clock.minute
