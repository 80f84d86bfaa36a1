"""What the best customers share: people as bits, counted, and each trait compared with everybody else's.

The ratio of two shares with its interval is Katz's (1978); over several strata it is that of Mantel and Haenszel with
the variance of Greenland and Robins (1985), which with one stratum is Katz's. Many comparisons at once are held to a
false discovery rate of 5 % (Benjamini and Hochberg 1995). docs/portrait.md has the formulas.
"""

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from bot.rules.worth.portrait import LEAST_PEOPLE
from bot.values.portrait import Attribute, Ratio, Shared, Stretch, Trait

Bits: TypeAlias = NDArray[np.bool_]
Numbers: TypeAlias = NDArray[np.float64]
Counts: TypeAlias = NDArray[np.int64]

Z = 1.959963984540054  # 95 % of a normal distribution lie within so many deviations
FALSE_DISCOVERIES = 0.05
# strata of customers by their number of orders: narrow, so that within one of them more orders explain next to nothing
ORDERS_FROM = (0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 12, 14, 17, 20, 24, 29, 35, 42, 50, 60, 72, 86, 100)


@dataclass(frozen=True, slots=True)
class Columns:
    """Which column of the bits is which: first the traits, then for each attribute whether it is known."""

    attributes: tuple[Attribute, ...]
    values: tuple[tuple[str, ...], ...]  # of each attribute

    @property
    def traits(self) -> tuple[Trait, ...]:
        pairs = zip(self.attributes, self.values, strict=True)
        return tuple(Trait(attribute.name, value) for attribute, values in pairs for value in values)

    @property
    def owners(self) -> NDArray[np.intp]:
        """By trait: the position of its attribute."""
        counts = [len(values) for values in self.values]
        return np.repeat(np.arange(len(self.attributes)), counts)


def columns_of(attributes: Sequence[Attribute], vocabulary: Callable[[str], Sequence[str]]) -> Columns:
    """`vocabulary` gives the values of an attribute that has no fixed ones."""
    values = tuple(tuple(each.values or vocabulary(each.name)) for each in attributes)
    return Columns(tuple(attributes), values)


@dataclass(slots=True)
class People:
    """Everybody, a few bytes each: `add` them stretch by stretch, then look at them as often as wanted."""

    columns: Columns
    of_everybody: bool  # false: only who bought is compared
    _ids: list[NDArray[np.int64]] = field(default_factory=list)
    _best: list[Bits] = field(default_factory=list)
    _strata: list[NDArray[np.int8]] = field(default_factory=list)
    _bits: list[NDArray[np.uint8]] = field(default_factory=list)

    def add(self, stretch: Stretch) -> None:
        orders = np.asarray(stretch.orders, dtype=np.int64)
        self._ids.append(np.asarray(stretch.ids, dtype=np.int64))
        self._best.append(np.asarray(stretch.is_best, dtype=bool))
        self._strata.append((np.searchsorted(ORDERS_FROM, orders, side="right") - 1).astype(np.int8))
        self._bits.append(np.packbits(_encoded(self.columns, stretch, orders > 0), axis=1))

    def __len__(self) -> int:
        return sum(map(len, self._ids))

    @property
    def blocks(self) -> Iterator["Block"]:
        """One after the other: unpacked, all at once would be a hundred times as large."""
        return (Block(self, number) for number in range(len(self._ids)))


@dataclass(frozen=True)
class Block:
    """One stretch of the people, unpacked when looked at."""

    people: People
    number: int

    @property
    def ids(self) -> NDArray[np.int64]:
        return self.people._ids[self.number]  # noqa: SLF001 - its own rows

    @property
    def is_best(self) -> Bits:
        return self.people._best[self.number]  # noqa: SLF001

    @property
    def strata(self) -> NDArray[np.int8]:
        return self.people._strata[self.number]  # noqa: SLF001

    @property
    def is_compared(self) -> Bits:
        """Who belongs to those the best are found among."""
        return (self.strata > 0) | self.people.of_everybody

    @cached_property
    def bits(self) -> Bits:
        columns = self.people.columns
        width = len(columns.traits) + len(columns.attributes)
        return np.unpackbits(self.people._bits[self.number], axis=1, count=width).astype(bool)  # noqa: SLF001


def _encoded(columns: Columns, stretch: Stretch, bought: Bits) -> Bits:
    parts: list[Bits] = []
    known: list[Bits] = []
    for attribute, values in zip(columns.attributes, columns.values, strict=True):
        if attribute.several:
            held = np.asarray(stretch.sets[attribute.name], dtype=np.int64)
            parts.append((held[:, None] >> np.arange(len(values)) & 1).astype(bool))
            known.append(bought if attribute.of_buyers else np.ones(len(bought), dtype=bool))
        else:
            found = stretch.values[attribute.name]
            places = {value: place for place, value in enumerate(values)}
            codes = np.fromiter((places.get(value, -1) for value in found), np.int64, len(found))  # type: ignore[arg-type]
            parts.append(codes[:, None] == np.arange(len(values)))
            known.append(np.fromiter((bool(value) for value in found), bool, len(found)))
    return np.hstack([*parts, np.stack(known, axis=1)])


@dataclass(frozen=True, slots=True)
class Tally:
    """Counts by [column, stratum, 0 for the rest and 1 for the best]; `of` has no columns."""

    have: Counts
    of: Counts

    @property
    def of_buyers(self) -> "Tally":
        return Tally(self.have[:, 1:], self.of[1:])

    @property
    def best(self) -> int:
        return int(self.of[:, 1].sum())

    @property
    def rest(self) -> int:
        return int(self.of[:, 0].sum())


def tally(people: People) -> Tally:
    width = len(people.columns.traits) + len(people.columns.attributes)
    groups = len(ORDERS_FROM) * 2
    have, of = np.zeros((width, groups), np.int64), np.zeros(groups, np.int64)
    for block in people.blocks:
        compared = block.is_compared
        group = block.strata[compared].astype(np.int64) * 2 + block.is_best[compared]
        bits = block.bits[compared]
        of += np.bincount(group, minlength=groups)
        for number in np.unique(group):
            have[:, number] += bits[group == number].sum(axis=0)
    return Tally(have.reshape(width, -1, 2), of.reshape(-1, 2))


def shared(columns: Columns, counts: Tally) -> tuple[Shared, ...]:
    """Every trait that enough people have, the highest lower bound first."""
    found: list[tuple[Trait, bool, Counts, Counts, Ratio]] = []
    traits = columns.traits
    for position, (trait, owner) in enumerate(zip(traits, columns.owners, strict=True)):
        attribute = columns.attributes[owner]
        have, known = counts.have[position], counts.have[len(traits) + owner]
        if not LEAST_PEOPLE <= have.sum() < known.sum():
            continue
        tables = (have, known) if attribute.by_orders else (have.sum(0)[None], known.sum(0)[None])
        (rest_have, best_have), (rest_of, best_of) = (table.T for table in tables)
        compared = ratio(best_have, best_of, rest_have, rest_of)
        if compared is not None:
            found.append((trait, attribute.by_orders, have.sum(0), known.sum(0), compared))
    surprising = adjusted([each[-1].p for each in found])
    told = [_told(*each, q) for each, q in zip(found, surprising, strict=True)]
    return tuple(sorted(told, key=lambda each: (-each.low, str(each.trait))))


def _told(trait: Trait, by_orders: bool, have: Counts, of: Counts, compared: Ratio, q: float) -> Shared:
    return Shared(
        trait=trait,
        best_have=int(have[1]),
        best_of=int(of[1]),
        rest_have=int(have[0]),
        rest_of=int(of[0]),
        lift=compared.lift,
        low=compared.low,
        high=compared.high,
        q=q,
        at_equal_orders=by_orders,
        stands=q <= FALSE_DISCOVERIES and not compared.low <= 1 <= compared.high,
    )


def ratio(best_have: Any, best_of: Any, rest_have: Any, rest_of: Any) -> Ratio | None:
    """How many times as often the best have it, over strata; arrays of one count a stratum.

    A half is added to each cell where nobody on a side has it. None where no stratum has people on both sides, or
    nobody at all has it, or everybody.
    """
    a, n1, c, n0 = (np.asarray(each, dtype=float) for each in (best_have, best_of, rest_have, rest_of))
    both = (n1 > 0) & (n0 > 0)
    a, n1, c, n0 = a[both], n1[both], c[both], n0[both]
    if not a.sum() + c.sum() or a.sum() + c.sum() == n1.sum() + n0.sum():
        return None
    if not a.sum() or not c.sum():
        a, c, n1, n0 = a + 0.5, c + 0.5, n1 + 1, n0 + 1
    n, have = n1 + n0, a + c
    above, below = float((a * n0 / n).sum()), float((c * n1 / n).sum())
    variance = float(((have * n1 * n0 - a * c * n) / n**2).sum()) / (above * below)
    log, deviation = math.log(above / below), math.sqrt(max(variance, 1e-12))
    return Ratio(
        lift=math.exp(log),
        low=math.exp(log - Z * deviation),
        high=math.exp(log + Z * deviation),
        p=math.erfc(abs(log) / deviation / math.sqrt(2)),
    )


def adjusted(ps: Sequence[float]) -> list[float]:
    """Benjamini and Hochberg: the least false discovery rate at which each would still be told."""
    order = sorted(range(len(ps)), key=lambda place: ps[place], reverse=True)
    found, least = [1.0] * len(ps), 1.0
    for rank, place in zip(range(len(ps), 0, -1), order, strict=True):
        least = min(least, ps[place] * len(ps) / rank)
        found[place] = least
    return found
