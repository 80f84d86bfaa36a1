"""How customers are told apart: places with their boxes of numbers, weights and cut points. See partitions.toml."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

Numbers: TypeAlias = Mapping[str, int | None]  # None: longer ago than any number


@dataclass(frozen=True, slots=True)
class Span:
    """Whole numbers from `least` to just under `below`; without `below` up to any, never included."""

    least: int
    below: int | None = None

    def holds(self, number: int | None) -> bool:
        if number is None:
            return self.below is None
        return self.least <= number and (self.below is None or number < self.below)


Box: TypeAlias = Mapping[str, Span]  # one span a field; a field it does not name may be anything


@dataclass(frozen=True, slots=True)
class Place:
    name: str
    title: str
    boxes: tuple[Box, ...]  # in any of them

    def holds(self, numbers: Numbers) -> bool:
        return any(all(span.holds(numbers[field]) for field, span in box.items()) for box in self.boxes)


Partition: TypeAlias = Sequence[Place]


@dataclass(frozen=True, slots=True)
class PlanStep:
    """What is due so many days after a customer came into the class."""

    after_days: int
    kind: str  # content: of a category, by a campaign; contact: a person gets in touch
    about: str  # the content's category, or the occasion
    title: str


@dataclass(frozen=True, slots=True)
class ServiceClass:
    name: str
    title: str
    service: str
    cells: tuple[str, ...]
    within_days: int | None  # None: nobody has to do anything
    steps: tuple[PlanStep, ...] = ()  # of the nurturing plan, in their order


@dataclass(frozen=True, slots=True)
class SatisfactionRule:
    unknown: int
    a_return: int
    a_return_at_most: int


@dataclass(frozen=True, slots=True)
class Shares:
    """Percent of the whole: up to `first`, and up to `second`."""

    first: int
    second: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    version: str
    content: str = ""  # a fingerprint of the file they were read from
    weights: Mapping[str, int]
    satisfaction: SatisfactionRule
    abc: Shares
    products: Shares
    products_days: int
    key_regions: int
    tiers: tuple[Place, ...]
    satisfied: tuple[Place, ...]
    volumes: tuple[Place, ...]
    classes: tuple[ServiceClass, ...]
    lifecycle: tuple[Place, ...]

    def cell(self, satisfied: str, volume: str) -> str:
        return f"{satisfied}-{volume}"

    @property
    def percents(self) -> list[int]:
        """The shares of buyers the rules ask about, each of them a cut point."""
        spans = [
            span
            for places in (self.tiers, self.satisfied, self.volumes, self.lifecycle)
            for place in places
            for box in place.boxes
            for field, span in box.items()
            if field == "top_percent"
        ]
        bounds = {bound for span in spans for bound in (span.least, span.below) if bound is not None}
        return sorted(bound for bound in bounds if 0 < bound <= 100)
