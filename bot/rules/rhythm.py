"""How far apart pushes are (T1), as constants a statement can compare with. Pure, told the time.

A gap of g calendar days is kept when the last push was on a day not after today - g and at least 24 g - 4 hours
ago: before noon today and one in the morning two days on may be two days apart, though 48 hours are not over.
A last push that lies ahead (the clock was set back) is never far enough away.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from bot.config import Push

SLACK = timedelta(hours=4)
ENGAGEMENTS = ("engaged", "ordinary", "tired")
SPEAKS = timedelta(days=14)  # who wrote within this is engaged
TIRED_AFTER = 3  # pushes nobody answered


@dataclass(frozen=True, slots=True)
class Apart:
    """The last push must be neither on a later day nor at a later instant than these."""

    day: date
    at: datetime

    def allows(self, last_day: date | None, last_at: datetime | None) -> bool:
        return (last_day is None or last_day <= self.day) and (last_at is None or last_at <= self.at)


@dataclass(frozen=True, slots=True)
class Thresholds:
    daily: Apart  # promise 1: every push
    least: Apart  # promise 2: regular ones never come sooner
    aimed: Mapping[str, Apart]  # by engagement: when the next regular one is planned


def thresholds(now: datetime, push: Push) -> Thresholds:
    return Thresholds(
        daily=apart(1, now, push),
        least=apart(push.min_gap_days, now, push),
        aimed={engagement: apart(gap(engagement, push), now, push) for engagement in ENGAGEMENTS},
    )


def apart(days: int, now: datetime, push: Push) -> Apart:
    today = now.astimezone(push.zone).date()
    return Apart(today - timedelta(days=days), now - (timedelta(days=days) - SLACK))


def gap(engagement: str, push: Push) -> int:
    """Calendar days from one regular push to the next."""
    match engagement:
        case "engaged":
            return push.min_gap_days
        case "tired":
            return max(push.tired_gap_days, push.max_gap_days)
        case _:
            return push.max_gap_days


def engagement(spoke_at: datetime | None, silent_pushes: int, now: datetime) -> str:
    if spoke_at is not None and spoke_at > now - SPEAKS:
        return "engaged"
    return "tired" if silent_pushes >= TIRED_AFTER else "ordinary"
