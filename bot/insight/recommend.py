"""What else somebody may like, from what they bought: by things bought together, and by people who bought alike.

A purchase weighs half after `HALF_LIFE` days. A thing many buy again is consumable, and due when its usual time has passed.
"""

from collections.abc import Mapping
from collections.abc import Set as AbstractSet

import numpy as np
from numpy.typing import NDArray

from bot.insight.tastes import HALF_LIFE, LARGEST_HISTORY, Learnt, Whole
from bot.values.recommending import Basis, Suggestion

ALIKE = 50  # of the crowd that have a say
DUE = 0.8  # of the usual time from one purchase to the next
ITEMS, PEOPLE, POPULAR = 0.6, 0.4, 0.05  # what each has to say; see tests/bench/recommend.py


class Recommender:
    """What a process has learnt of last; empty until `replace`. Read by many threads, replaced whole."""

    def __init__(self) -> None:
        self._state: tuple[str, Learnt | None] = ("", None)

    @property
    def version(self) -> str:
        return self._state[0]

    @property
    def learnt(self) -> Learnt | None:
        return self._state[1]

    def replace(self, learnt: Learnt | None, version: str) -> None:
        self._state = (version, learnt)


def suggestions(
    learnt: Learnt, bought: Mapping[int, int], never: AbstractSet[int], most: int
) -> list[Suggestion]:
    """`bought`: product id → days since the last time. The best first; ties by popularity, then by id.

    Never what they have, unless it is consumed and due; never one of `never`.
    """
    mine = _history(learnt, bought)
    by_items, because = _by_items(learnt, mine)
    by_people = _by_people(learnt, mine)
    score = ITEMS * by_items + PEOPLE * by_people + POPULAR * learnt.popularity
    barred = np.isin(learnt.products, list(never | set(bought)))
    score[barred] = 0.0
    order = np.lexsort((learnt.products, -learnt.popularity, -score))
    found = [
        _suggestion(learnt, place, by_items, by_people, because) for place in order[:most] if score[place] > 0
    ]
    due = [_due(learnt, place) for place in _due_places(learnt, bought, never)]
    return [*due, *found][:most]


def goes_with(learnt: Learnt, product_id: int, never: AbstractSet[int], most: int) -> list[Suggestion]:
    """What is bought together with one thing, in one basket first; the best first."""
    place = _place(learnt, product_id)
    if place is None:
        return []
    found: dict[int, Suggestion] = {}
    for places, basis in ((learnt.together[place], Basis.TOGETHER), (learnt.also[place], Basis.ALSO)):
        for other in places[places >= 0]:
            id_ = int(learnt.products[other])
            if id_ not in never and id_ != product_id:
                found.setdefault(id_, Suggestion(id_, basis, because=product_id))
    return list(found.values())[:most]


def popular(learnt: Learnt, never: AbstractSet[int], most: int) -> list[Suggestion]:
    """For those of whom nothing is known, or who want nothing made of what is known."""
    order = np.lexsort((learnt.products, -learnt.popularity))
    ids = [int(learnt.products[place]) for place in order if learnt.popularity[place] > 0]
    return [Suggestion(id_, Basis.POPULAR) for id_ in ids if id_ not in never][:most]


def _history(learnt: Learnt, bought: Mapping[int, int]) -> dict[int, float]:
    """Places of what they bought, each with its weight: the newest only, and only what was learnt about."""
    newest = sorted(bought.items(), key=lambda one: (one[1], one[0]))[:LARGEST_HISTORY]
    found = ((_place(learnt, id_), 2.0 ** (-max(days, 0) / HALF_LIFE)) for id_, days in newest)
    return {place: weight for place, weight in found if place is not None}


def _by_items(learnt: Learnt, mine: Mapping[int, float]) -> tuple[NDArray[np.float64], Whole]:
    """0 to 1 for every product, and which of theirs speaks most for it."""
    score = np.zeros(len(learnt.products))
    strongest, because = np.zeros(len(score)), np.full(len(score), -1, np.int64)
    for place, weight in mine.items():
        near = learnt.also[place]
        near = near[near >= 0]
        said = learnt.also_weight[place][: len(near)] * weight
        score[near] += said
        stronger = near[said > strongest[near]]
        strongest[near] = np.maximum(strongest[near], said)
        because[stronger] = place
    return score / max(score.max(initial=0.0), 1e-9), because


def _by_people(learnt: Learnt, mine: Mapping[int, float]) -> NDArray[np.float64]:
    """0 to 1 for every product: what those of the crowd have who are most like them."""
    score = np.zeros(len(learnt.products))
    if not mine or len(learnt.crowd_starts) < 2:
        return score
    taste = np.zeros(len(score))
    taste[list(mine)] = list(mine.values())
    alike = np.add.reduceat(
        np.append(taste[learnt.crowd_places] * learnt.crowd_weight, 0.0), learnt.crowd_starts[:-1]
    )
    nearest = np.lexsort((np.arange(len(alike)), -alike))[:ALIKE]
    for row in nearest[alike[nearest] > 0]:
        span = slice(learnt.crowd_starts[row], learnt.crowd_starts[row + 1])
        score[learnt.crowd_places[span]] += alike[row] * learnt.crowd_weight[span]
    return np.divide(score, max(float(score.max(initial=0.0)), 1e-9))


def _due_places(learnt: Learnt, bought: Mapping[int, int], never: AbstractSet[int]) -> list[int]:
    """Consumables whose usual time has passed, the longest overdue first."""
    found = []
    for id_, days in bought.items():
        place = _place(learnt, id_)
        if place is None or id_ in never or not learnt.again_after[place]:
            continue
        passed = days / float(learnt.again_after[place])
        if passed >= DUE:
            found.append((-passed, place))
    return [place for _, place in sorted(found)]


def _due(learnt: Learnt, place: int) -> Suggestion:
    return Suggestion(
        int(learnt.products[place]), Basis.DUE, after_days=round(float(learnt.again_after[place]))
    )


def _suggestion(
    learnt: Learnt, place: int, by_items: NDArray[np.float64], by_people: NDArray[np.float64], because: Whole
) -> Suggestion:
    id_ = int(learnt.products[place])
    items, people = ITEMS * by_items[place], PEOPLE * by_people[place]
    if items > 0 and items >= people:
        return Suggestion(id_, Basis.ALSO, because=int(learnt.products[because[place]]))
    return Suggestion(id_, Basis.PEOPLE if people > 0 else Basis.POPULAR)


def _place(learnt: Learnt, product_id: int) -> int | None:
    place = int(np.searchsorted(learnt.products, product_id))
    return place if place < len(learnt.products) and learnt.products[place] == product_id else None
