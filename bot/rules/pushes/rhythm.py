"""How far apart pushes are (T1), as constants a statement can compare with. Pure, told the time.

The rungs, with the arithmetic and an example, stand in docs/rhythm.md. A gap of g calendar days is kept when the last push was on a day not after today - g and at least 24 g - 4 hours
ago: before noon today and one in the morning two days on may be two days apart, though 48 hours are not over.
A last push that lies ahead (the clock was set back) is never far enough away.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from bot.config import Push

SLACK = timedelta(hours=4)  # two calendar days may be 44 h: an afternoon, and the next morning but one
ENGAGEMENTS = ("engaged", "ordinary", "tired")
SPEAKS = timedelta(days=14)  # who wrote within this, and answers, is engaged
TIRED_AFTER = 3  # pushes they did not answer
BACKS_OFF_BY = 2  # days more for each push that a tired one does not answer


@dataclass(frozen=True, slots=True)
class Apart:
    """The last push must be neither on a later day nor at a later instant than these."""

    day: date
    at: datetime

    def allows(self, last_day: date | None, last_at: datetime | None) -> bool:
        return (last_day is None or last_day <= self.day) and (last_at is None or last_at <= self.at)


@dataclass(frozen=True, slots=True)
class Rung:
    """How far apart the regular pushes of those are who have left at least so many unanswered."""

    engagement: str
    unanswered: int
    apart: Apart


@dataclass(frozen=True, slots=True)
class Thresholds:
    daily: Apart  # promise 1: every push
    least: Apart  # promise 2: regular ones never come sooner
    aimed: tuple[Rung, ...]  # when the next regular one is planned; of those that fit, the first holds


def thresholds(now: datetime, push: Push) -> Thresholds:
    return Thresholds(
        daily=apart(1, now, push),
        least=apart(push.min_gap_days, now, push),
        aimed=tuple(
            Rung(engagement, unanswered, apart(gap(engagement, unanswered, push), now, push))
            for engagement, unanswered in _rungs(push)
        ),
    )


def apart(days: int, now: datetime, push: Push) -> Apart:
    today = now.astimezone(push.zone).date()
    return Apart(today - timedelta(days=days), now - (timedelta(days=days) - SLACK))


def gap(engagement: str, unanswered: int, push: Push) -> int:
    """Calendar days from one regular push to the next; `unanswered` counts those since they last spoke."""
    match engagement:
        case "engaged":
            return push.min_gap_days
        case "tired":
            more = BACKS_OFF_BY * max(1, unanswered - TIRED_AFTER + 1)
            return max(push.max_gap_days, min(push.max_gap_days + more, push.tired_gap_days))
        case _:
            return push.max_gap_days


def engagement(spoke_at: datetime | None, unanswered: int, now: datetime) -> str:
    """Who wrote lately and is silent since is on the way: first ordinary, and tired when the two weeks are over."""
    if spoke_at is not None and spoke_at > now - SPEAKS:
        return "engaged" if unanswered < TIRED_AFTER else "ordinary"
    return "tired" if unanswered >= TIRED_AFTER else "ordinary"


def _rungs(push: Push) -> list[tuple[str, int]]:
    """Each with a gap of its own, the furthest first."""
    steps = range(TIRED_AFTER, TIRED_AFTER + 1 + push.tired_gap_days // BACKS_OFF_BY)
    tired = [
        number
        for number in steps
        if number == TIRED_AFTER or gap("tired", number, push) > gap("tired", number - 1, push)
    ]
    rungs = [("tired", number) for number in reversed(tired[1:])]
    return [*rungs, *((engagement, 0) for engagement in reversed(ENGAGEMENTS))]
