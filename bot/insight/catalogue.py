"""Finds the products a customer names, by the whole name or the part of it that people say: 西施壶, 那个茶盘."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
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
_NO_TRAIT = re.compile(r"[0-9a-z一二两三四五六七八九十百千半]")  # 三套 is a number of them, not the 三件套
_BEGINS_A_NAME = frozenset("的那个這这把只口套款买要有和跟与或还给我你们家是修退换问想看用卖来拿对比")


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
    short: Mapping[str, tuple[int, ...]] = field(default_factory=dict)  # 锡罐 of 纯锡茶叶罐 → products

    def slots_in(self, text: str) -> list[Slot]:
        """What is named, in its order; the longest shared run of at least two characters wins its place."""
        said = plain(text[:LONGEST_READ])
        if len(said) != len(text[:LONGEST_READ]):  # a sign became several: the places would be wrong
            said = text[:LONGEST_READ].lower()
        runs = self._runs(said)
        found: list[Slot] = []
        for (start, end), products in sorted(runs.items(), key=lambda run: (run[0][0] - run[0][1], run[0])):
            if not is_free(start, end, found):
                continue
            are_it = self._ending_as(said, start, end, products) if is_free(end, end + 1, found) else []
            found.append(self._slot(text, start, end + bool(are_it), are_it or products))
        for start, few in self._short(said):
            if is_free(start, start + 2, found):
                found.append(self._slot(text, start, start + 2, few))
        return sorted(found, key=lambda slot: slot.start)

    def _ending_as(self, said: str, start: int, end: int, products: Sequence[int]) -> list[int]:
        """铸铁锅, where 铸铁 is in the names of a pot and of a kettle: what a thing is comes last in both."""
        head, words = said[end : end + 1], said[start:end]
        return [
            product
            for product in products
            if head and any(words in name[:-1] and name[-1] == head for name in self.names[product])
        ]

    def _short(self, said: str) -> Iterator[tuple[int, Sequence[int]]]:
        """Where a name is said by one of its characters and the last one, and begins a word."""
        for start in range(len(said) - 1):
            products = self.short.get(said[start : start + 2])
            if products and len(products) <= MOST_CHOICES and _may_begin(said, start):
                yield start, products

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
    short: dict[str, dict[int, None]] = {}
    for number, forms in enumerate(names):
        for trait, head in {(trait, name[-1]) for name in forms for trait in name[:-2]}:
            if not _NO_TRAIT.match(trait) and trait + head not in having:
                short.setdefault(trait + head, {})[number] = None
    common = max(TOO_COMMON, len(products) // 4)
    return Catalogue(
        ids=tuple(one.id for one in products),
        names=tuple(names),
        having={pair: tuple(numbers) for pair, numbers in having.items() if len(numbers) <= common},
        short={pair: tuple(numbers) for pair, numbers in short.items() if len(numbers) <= MOST_CHOICES},
    )


def is_free(start: int, end: int, found: Sequence[Slot]) -> bool:
    """Whether none of these stands there."""
    return all(end <= slot.start or start >= slot.end for slot in found)


def _may_begin(said: str, start: int) -> bool:
    """Whether a word may begin there."""
    return start == 0 or said[start - 1] in _BEGINS_A_NAME or bool(_NO_WORD.match(said[start - 1]))


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
