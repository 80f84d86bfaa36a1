"""Who answers: how likely each customer is to write, to answer a push, to stop, to leave, to buy.

Each one's own past, drawn towards the rate of those who are like them (their engagement) as far as the past is short:
a beta-binomial whose prior is fitted to how much the customers of the group differ. Where next to nothing was seen the
rates are assumptions, and say so. What a customer does on a day follows from seed, customer and day alone.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bot.values.simulation import Past, Rate

Numbers = NDArray[np.float64]
Ids = NDArray[np.int64]

DAY = 86_400.0
ANSWERED_WITHIN = 24 * 3_600.0
GROUPS = ("engaged", "ordinary", "tired")
ASSUMED: dict[str, tuple[float, float, float]] = {  # by group, when nothing is known
    "writes": (0.05, 0.01, 0.003),
    "answers": (0.10, 0.03, 0.01),
    "buys": (0.004, 0.002, 0.001),
}
ASSUMED_OF_ALL = {"stops": 0.001, "leaves": 0.0015}
AS_IF_SEEN = 50.0  # times the assumption counts as seen
SEEN_ENOUGH = 200  # times it could have happened, from which on the past says more than the assumption
LIKE_ANOTHER = (1.0, 5_000.0)  # bounds of the prior's weight: customers differ much, hardly at all
ROUNDS = (9.5, 13.0, 18.5, 21.5)  # hours of the day at which those who write are heard
USUAL = (0.2, 0.25, 0.3, 0.25)
HOURS_SEEN = 200  # messages from which on the shop's own hours are used

WRITES, ANSWERS, STOPS, LEAVES, BUYS, WHEN = range(6)  # what is drawn


@dataclass(frozen=True, slots=True)
class Responses:
    """Per customer, in the order of `ids`; `hours` are the shares of `ROUNDS`, added up."""

    ids: Ids
    writes: Numbers
    answers: Numbers
    buys: Numbers
    stops: float
    leaves: float
    hours: Numbers
    rates: tuple[Rate, ...]
    seed: int

    def who_writes(self, day: int, number: int) -> list[int]:
        """By themselves, in this round of the day; days are numbered, from wherever."""
        writing = self.ids[self._drawn(self.ids, day, WRITES) < self.writes]
        rounds = np.searchsorted(self.hours, self._drawn(writing, day, WHEN), side="right")
        return _list(writing[rounds == number])

    def who_buys(self, day: int) -> list[int]:
        return _list(self.ids[self._drawn(self.ids, day, BUYS) < self.buys])

    def who_answers(self, pushed: list[int], day: int) -> list[int]:
        who = np.array(pushed, dtype=np.int64)
        likely = self.answers[np.searchsorted(self.ids, who)]
        return _list(who[self._drawn(who, day, ANSWERS) < likely])

    def who_stops(self, pushed: list[int], day: int) -> list[int]:
        who = np.array(pushed, dtype=np.int64)
        return _list(who[self._drawn(who, day, STOPS) < self.stops])

    def who_leaves(self, pushed: list[int], day: int) -> list[int]:
        who = np.array(pushed, dtype=np.int64)
        return _list(who[self._drawn(who, day, LEAVES) < self.leaves])

    def _drawn(self, who: Ids, day: int, what: int) -> Numbers:
        return _uniform(who, self.seed, day, what)


def estimate(past: Past, seed: int) -> Responses:
    """For the customers of `past`, their ids upwards."""
    ids = np.array([each[0] for each in past.people], dtype=np.int64)
    group = np.array(
        [GROUPS.index(each[1]) if each[1] in GROUPS else 1 for each in past.people], dtype=np.int64
    )
    since = np.array([each[2] for each in past.people], dtype=np.float64)
    purchases = np.array([each[3] for each in past.people], dtype=np.float64)
    known = np.clip((past.now - since) / DAY, 1.0, past.days)
    log = 0.0 if past.heard_since is None else max(0.0, (past.now - past.heard_since) / DAY)
    heard = np.minimum(known, log)
    pushes, answered, own_days = _answers(ids, past)
    writes, of_writes = _shrunk("writes", np.minimum(own_days, heard), heard, group)
    answers, of_answers = _shrunk("answers", answered, pushes, group)
    buys, of_buys = _shrunk("buys", np.minimum(purchases, known), known, group)
    of_all = int(pushes.sum())
    stops, leaves = _of_all("stops", past.stopped, of_all), _of_all("leaves", past.left, of_all)
    return Responses(
        ids=ids,
        writes=writes,
        answers=answers,
        buys=buys,
        stops=stops.rate,
        leaves=leaves.rate,
        hours=_hours(past),
        rates=(*of_writes, *of_answers, stops, leaves, *of_buys),
        seed=seed,
    )


def spread(responses: Responses, ids: list[int], stride: int) -> Responses:
    """For copies, too: customer i, i + stride, i + 2 stride are alike, and yet each draws for themselves."""
    wanted = np.array(sorted(ids), dtype=np.int64)
    like = np.searchsorted(responses.ids, wanted % stride)
    return Responses(
        ids=wanted,
        writes=responses.writes[like],
        answers=responses.answers[like],
        buys=responses.buys[like],
        stops=responses.stops,
        leaves=responses.leaves,
        hours=responses.hours,
        rates=responses.rates,
        seed=responses.seed,
    )


def _answers(ids: Ids, past: Past) -> tuple[Numbers, Numbers, Numbers]:
    """Per customer: pushes, those answered within a day, and days on which they wrote by themselves."""
    contacts, pushes = _sorted(past.contacts, ids), _sorted(past.pushes, ids)
    following = np.searchsorted(contacts, pushes, side="right")
    padded = np.append(contacts, np.inf)
    was_answered = padded[following] - pushes <= ANSWERED_WITHIN
    before = np.searchsorted(pushes, contacts, side="right") - 1
    padded = np.append(pushes, -np.inf)
    is_own = contacts - padded[before] > ANSWERED_WITHIN
    own = np.unique(np.floor(contacts[is_own] / DAY))
    return _per(pushes, ids), _per(pushes[was_answered], ids), _per(own * DAY, ids)


ERA = float(2**35)  # longer than any instant in seconds: a customer's instants follow the one before's


def _sorted(events: Any, ids: Ids) -> Numbers:
    """Who and when as one number, the place among `ids` in front; only of those who are among them."""
    if len(events) == 0:
        return np.empty(0)
    who, when = np.array(events, dtype=np.float64).T
    place = np.minimum(np.searchsorted(ids, who), len(ids) - 1)
    theirs = ids[place] == who
    # whole eras of days, so that a day stays a day
    era = np.ceil(ERA / DAY) * DAY
    return np.sort(place[theirs] * era + when[theirs])


def _per(numbers: Numbers, ids: Ids) -> Numbers:
    era = np.ceil(ERA / DAY) * DAY
    return np.bincount((numbers // era).astype(np.int64), minlength=len(ids)).astype(np.float64)


def _shrunk(what: str, times: Numbers, chances: Numbers, group: Ids) -> tuple[Numbers, list[Rate]]:
    rates, found = [], np.zeros(len(times))
    for number, name in enumerate(GROUPS):
        mine = group == number
        rate = _rate(what, name, float(times[mine].sum()), float(chances[mine].sum()), ASSUMED[what][number])
        weight = _weight(times[mine], chances[mine], rate.rate)
        found[mine] = (times[mine] + weight * rate.rate) / (chances[mine] + weight)
        rates.append(rate)
    return found, rates


def _of_all(what: str, times: int, chances: int) -> Rate:
    return _rate(what, "all", float(min(times, chances)), float(chances), ASSUMED_OF_ALL[what])


def _rate(what: str, group: str, times: float, chances: float, assumed: float) -> Rate:
    of = chances + AS_IF_SEEN
    rate = (times + AS_IF_SEEN * assumed) / of
    low, high = _wilson(rate, of)
    return Rate(what, group, rate, low, high, int(times), int(chances), assumed=chances < SEEN_ENOUGH)


def _wilson(rate: float, of: float, z: float = 1.645) -> tuple[float, float]:
    """The interval in which the rate lies nine times out of ten (Wilson 1927)."""
    middle = (rate + z * z / (2 * of)) / (1 + z * z / of)
    half = z * np.sqrt(rate * (1 - rate) / of + z * z / (4 * of * of)) / (1 + z * z / of)
    return max(float(middle - half), 0.0), min(float(middle + half), 1.0)


def _weight(times: Numbers, chances: Numbers, rate: float) -> float:
    """Of the group's rate, in chances: by moments, how much more customers differ than chance alone makes them."""
    some = chances > 0
    many, total = int(some.sum()), float(chances.sum())
    if many < 2:
        return LIKE_ANOTHER[1]
    own = times[some] / chances[some]
    seen = float((chances[some] * (own - rate) ** 2).sum()) / total
    by_chance = rate * (1 - rate) * many / total
    differ = seen - by_chance
    if differ <= 0:
        return LIKE_ANOTHER[1]
    return float(np.clip(rate * (1 - rate) / differ - 1, *LIKE_ANOTHER))


def _hours(past: Past) -> Numbers:
    """The shares of the rounds, added up; each hour goes to the next round, the night to the morning's."""
    shares = np.array(USUAL)
    if len(past.contacts) >= HOURS_SEEN:
        clock = (np.array([at for _, at in past.contacts]) / 3_600 + 8) % 24  # Shanghai keeps no summer time
        place = np.searchsorted(np.array(ROUNDS), clock) % len(ROUNDS)
        shares = (np.bincount(place, minlength=len(ROUNDS)) + 1.0) / (len(clock) + len(ROUNDS))
    return np.cumsum(shares)[:-1]


def _uniform(who: Ids, seed: int, day: int, what: int) -> Numbers:
    """0 to 1, by splitmix64: the same on every machine and in every order."""
    with np.errstate(over="ignore"):
        key = np.uint64(
            (seed * 0x9E3779B97F4A7C15 + day * 0xBF58476D1CE4E5B9 + what * 0x94D049BB133111EB) % 2**64
        )
        mixed = _mix(_mix(who.astype(np.uint64) + key) + np.uint64(0x9E3779B97F4A7C15))
    return (mixed >> np.uint64(11)).astype(np.float64) * 2.0**-53


def _mix(number: NDArray[np.uint64]) -> NDArray[np.uint64]:
    number = (number ^ (number >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    number = (number ^ (number >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return number ^ (number >> np.uint64(31))


def _list(ids: Ids) -> list[int]:
    return [int(each) for each in ids]
