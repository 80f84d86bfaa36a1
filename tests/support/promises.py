"""The promises about pushes, judged in plain Python from what the pretended WeChat received, and from nothing else."""

import re
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import chain

from bot.config import Push
from bot.rules.pushes.buckets import bucket_of
from bot.rules.pushes.windows import is_quiet, window_at

MARK = re.compile(r"\[(?P<purpose>\w+) (?P<kind>regular|urgent) (?P<content>[\w-]+)\]")
TWENTY_HOURS, FORTY_FOUR_HOURS = timedelta(hours=20), timedelta(hours=44)
WINDOW, SCENE = timedelta(hours=48), timedelta(minutes=1)


def marked(purpose: str, content: str, *, regular: bool) -> str:
    """Words by which an arrival tells what it is."""
    return f"[{purpose} {'regular' if regular else 'urgent'} {content}] 您好。回复 TD 退订"


@dataclass(frozen=True, slots=True)
class Reached:
    """One that reached somebody, or may have."""

    content: str
    at: datetime
    day: date
    key: str  # of a mass send: a repeat under the same key is the same push
    arrived: bool


@dataclass
class Person:
    """What is true of a customer, whatever our tables say."""

    openid: str
    follows: bool = True
    wants: bool = True
    complains: bool = False
    asked: bool = False
    person_until: datetime | None = None
    window: tuple[datetime, int] | None = None  # until when, and how many WeChat still takes
    scene: tuple[datetime, int] | None = None
    pushes: list[Reached] = field(default_factory=list)
    answers: Counter[str] = field(default_factory=Counter)


class Promises:
    """`broken` collects every promise that was not kept, in words."""

    def __init__(self, push: Push, openids: list[str], *, is_subscription: bool) -> None:
        self.push = push
        self.is_subscription = is_subscription
        self.people = {openid: Person(openid) for openid in openids}
        self.broken: list[str] = []
        self.mass: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)  # openid, month → by key
        self.mass_days: dict[date, set[str]] = defaultdict(set)
        self.was_back_in_time = False
        self.may_come_again: set[str] = set()  # contents of campaigns that repeat

    def arrived(self, content: str) -> int:
        everything = chain.from_iterable(person.pushes for person in self.people.values())
        return sum(one.content == content and one.arrived for one in everything)

    def came(self, openid: str, text: str, at: datetime, key: str, *, surely: bool, by_mass: bool) -> None:
        """Somebody was reached, or (not `surely`) may have been: no answer came, and nothing did."""
        person = self.people[openid]
        if not by_mass and surely:
            self._takes_a_message(person, at)
        mark = MARK.search(text)
        if mark is None:
            person.answers[text] += surely
            self._holds(person.answers[text] <= 1, person, at, "an answer came twice")
            return
        push = Reached(mark["content"], at, at.astimezone(self.push.zone).date(), key, surely)
        if by_mass:
            self._takes_a_mass_send(person, push)
        others = [one for one in person.pushes if not key or one.key != key]
        if surely:
            self._keeps_the_rhythm(person, push, others, regular=mark["kind"] == "regular")
            self._is_wanted(person, mark["purpose"], at)
            same = [one for one in others if one.arrived and one.content == push.content]
            is_new = not same or push.content in self.may_come_again
            self._holds(is_new, person, at, f"{push.content} came twice")
        person.pushes = [one for one in person.pushes if not (key and one.key == key and not one.arrived)]
        person.pushes.append(push)

    def never_came(self, key: str) -> None:
        """WeChat reports that a mass send reached nobody after all."""
        for person in self.people.values():
            person.pushes = [one for one in person.pushes if one.key != key]
        for counted in self.mass.values():
            counted.pop(key, None)

    def _keeps_the_rhythm(
        self, person: Person, push: Reached, others: list[Reached], *, regular: bool
    ) -> None:
        for other in others:
            apart = abs(push.at - other.at)
            self._holds(other.day != push.day, person, push.at, "two pushes on one day")
            self._holds(apart >= TWENTY_HOURS, person, push.at, "two pushes within 20 hours")
            if regular and other.at <= push.at:
                days = (push.day - other.day).days
                self._holds(apart >= FORTY_FOUR_HOURS, person, push.at, "a regular push within 44 hours")
                self._holds(days >= self.push.min_gap_days, person, push.at, "a regular push within 2 days")

    def _is_wanted(self, person: Person, purpose: str, at: datetime) -> None:
        self._holds(window_at(purpose, at, self.push) is not None, person, at, "outside the window")
        self._holds(not is_quiet(at, self.push), person, at, "at night")
        self._holds(person.follows, person, at, "to somebody who left")
        self._holds(person.wants, person, at, "to somebody who opted out")
        self._holds(not self.is_held_out(person), person, at, "to the hold-out")
        if purpose == "marketing":
            with_person = person.person_until is not None and person.person_until > at
            self._holds(not person.complains, person, at, "marketing during a complaint")
            self._holds(not with_person, person, at, "marketing beside a person")

    def is_held_out(self, person: Person) -> bool:
        return bucket_of(person.openid) < self.push.hold_out_percent * 100

    def _takes_a_message(self, person: Person, at: datetime) -> None:
        """WeChat takes five within 48 h of their words, three in the minute after a tap."""
        for name in ("window", "scene"):
            open_ = getattr(person, name)
            if open_ is not None and open_[0] > at and open_[1] > 0:
                setattr(person, name, (open_[0], open_[1] - 1))
                return
        self._holds(False, person, at, "outside of what WeChat takes")

    def _takes_a_mass_send(self, person: Person, push: Reached) -> None:
        if not push.arrived:
            return
        self.mass_days[push.day].add(push.key)
        month = self.mass[person.openid, f"{push.day:%Y-%m}"]
        month[push.key] = 1
        if self.was_back_in_time:  # what a month holds depends on the clock the platform does not share
            return
        if self.is_subscription:
            self._holds(len(self.mass_days[push.day]) <= 1, person, push.at, "a second mass send that day")
        else:
            self._holds(month.total() <= 4, person, push.at, "a fifth mass send that month")

    def _holds(self, what: bool, person: Person, at: datetime, otherwise: str) -> None:
        if not what:
            here = at.astimezone(self.push.zone)
            self.broken.append(
                f"{otherwise}: {person.openid} at {here:%m-%d %H:%M:%S}, after {person.pushes}"
            )
