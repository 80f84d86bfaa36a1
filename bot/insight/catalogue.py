"""Finds the products a customer names, by the whole name or the part of it that people say: 西施壶, 那个茶盘."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from bot.rules.talk.wording import plain
from bot.values.understood import Slot

LONGEST_READ = 200  # characters
MOST_CHOICES = 5
LOOKED_AT = 60  # products that share most pairs of characters with the text
TOO_COMMON = 400  # products: a pair of characters that so many have names none of them

_SPEC = re.compile(
    r"[（(][^）)]*[)）]|\d+(?:\.\d+)?\s*(?:克|毫升|升|厘米|寸|只|条|包|件|片|ml|g|kg|l|cm|[x×]\d+)+|[「」『』\[\]【】]"
)
_NO_WORD = re.compile(r"[^0-9a-z\u3400-\u9fff]+")


@dataclass(frozen=True, slots=True)
class Named:
    """A product, and the names it goes by beside its own."""

    id: str
    name: str
    also: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Catalogue:
    """Never changed once it is made, so that threads read it without a lock."""

    ids: tuple[str, ...] = ()
    names: tuple[tuple[str, ...], ...] = ()  # of each product, as they are compared
    having: Mapping[str, tuple[int, ...]] = field(default_factory=dict)  # pair of characters → products

    def slots_in(self, text: str) -> list[Slot]:
        """What is named, in its order; the longest shared run of at least two characters wins its place."""
        said = plain(text[:LONGEST_READ])
        if len(said) != len(text[:LONGEST_READ]):  # a sign became several: the places would be wrong
            said = text[:LONGEST_READ].lower()
        runs = self._runs(said)
        found: list[Slot] = []
        for (start, end), products in sorted(runs.items(), key=lambda run: (run[0][0] - run[0][1], run[0])):
            if all(end <= slot.start or start >= slot.end for slot in found):
                found.append(self._slot(text, start, end, products))
        return sorted(found, key=lambda slot: slot.start)

    def _runs(self, said: str) -> dict[tuple[int, int], list[int]]:
        """Places in the text, and the products one of whose names holds what stands there."""
        runs: dict[tuple[int, int], list[int]] = {}
        shared = Counter(
            product
            for pair in {one + other for one, other in pairwise(said)}
            for product in self.having.get(pair, ())
        )
        for product, _ in sorted(shared.items(), key=lambda found: (-found[1], found[0]))[:LOOKED_AT]:
            for name in self.names[product]:
                for place in _shared_runs(said, name):
                    if product not in (at := runs.setdefault(place, [])):
                        at.append(product)
        return runs

    def _slot(self, text: str, start: int, end: int, products: Sequence[int]) -> Slot:
        whole = end - start
        exact = [product for product in products if any(len(name) == whole for name in self.names[product])]
        nearest = sorted(exact or products, key=lambda product: (min(map(len, self.names[product])), product))
        choices = tuple(self.ids[product] for product in nearest[:MOST_CHOICES])
        return Slot(
            kind="product",
            text=text[start:end],
            start=start,
            end=end,
            value=choices[0] if len(nearest) == 1 else "",
            choices=choices,
        )


def catalogue(products: Sequence[Named]) -> Catalogue:
    names = [tuple(dict.fromkeys(filter(None, map(_plain_name, (one.name, *one.also))))) for one in products]
    having: dict[str, dict[int, None]] = {}
    for number, forms in enumerate(names):
        for name in forms:
            for one, other in pairwise(name):
                having.setdefault(one + other, {})[number] = None
    common = max(TOO_COMMON, len(products) // 4)
    return Catalogue(
        ids=tuple(one.id for one in products),
        names=tuple(names),
        having={pair: tuple(numbers) for pair, numbers in having.items() if len(numbers) <= common},
    )


def _plain_name(name: str) -> str:
    """Without weight, size and brackets, which nobody says."""
    return _NO_WORD.sub("", _SPEC.sub(" ", plain(name)))


def _shared_runs(said: str, name: str) -> list[tuple[int, int]]:
    """The longest runs of characters that stand in both, at least two of them."""
    best: list[tuple[int, int]] = []
    longest = 2
    for start in range(len(said) - 1):
        end = start + longest
        if said[start:end] not in name or end > len(said):
            continue
        while end < len(said) and said[start : end + 1] in name:
            end += 1
        if end - start > longest:
            best, longest = [], end - start
        best.append((start, end))
    return best
