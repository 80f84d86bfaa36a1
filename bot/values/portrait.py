"""What is told about the best customers: whose portrait it is, what they share, and who else is like them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, TypeAlias

Basis: TypeAlias = Literal["score", "spent"]
Population: TypeAlias = Literal["buyers", "people"]


@dataclass(frozen=True, slots=True)
class Top:
    """The best `percent` of those who bought, by contribution score or by what they spent."""

    percent: int = 20
    by: Basis = "score"


@dataclass(frozen=True, slots=True)
class InSegment:
    segment: str


Definition: TypeAlias = Top | InSegment


@dataclass(frozen=True, slots=True, kw_only=True)
class Attribute:
    """Something customers may differ in.

    `indicators` of the score and `fields` of rules say the same thing, so that where one of them makes somebody
    one of the best, the attribute explains nothing.
    """

    name: str
    values: tuple[str, ...] = ()  # empty: whatever the shop's data hold
    several: bool = False  # a customer may have more than one
    by_orders: bool = False  # who orders more has it more easily: compared at equal numbers of orders
    of_buyers: bool = False  # nobody has it before the first order
    indicators: frozenset[str] = frozenset()
    fields: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Trait:
    attribute: str
    value: str

    def __str__(self) -> str:
        return f"{self.attribute}={self.value}"


@dataclass(frozen=True, slots=True)
class Stretch:
    """Some customers, column by column; position by position the same person in every list."""

    ids: Sequence[int]
    is_best: Sequence[bool]
    orders: Sequence[int]
    values: Mapping[str, Sequence[str | None]]  # of attributes with one value; None: not known
    sets: Mapping[str, Sequence[int]]  # of attributes with several: bit n is the n-th value of the vocabulary


@dataclass(frozen=True, slots=True)
class Ratio:
    """How many times as often the best have something, with the 95 % interval; p: if it were all the same."""

    lift: float
    low: float
    high: float
    p: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Shared:
    """One trait, compared. `have` of `of` people; those of whom nothing is known count nowhere."""

    trait: Trait
    best_have: int
    best_of: int
    rest_have: int
    rest_of: int
    lift: float
    low: float
    high: float
    q: float  # the p-value after Benjamini and Hochberg
    at_equal_orders: bool
    stands: bool  # q is small enough, and the interval does not hold 1

    @property
    def is_more_common(self) -> bool:
        return self.stands and self.lift > 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Portrait:
    definition: Definition
    name: str  # of the segment, else empty
    at: datetime
    best: int
    rest: int
    reason: str = ""  # why nothing could be compared, as a name; empty: it was
    shared: tuple[Shared, ...] = ()  # everything compared, the highest lower bound first
    left_out: tuple[str, ...] = ()  # attributes that are part of what makes somebody one of the best


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """How good a model is on people it has not seen."""

    auc: float  # the chance that one of the best gets more than another; 0.5 is a coin
    auc_low: float
    auc_high: float
    people: int
    calibration: tuple[tuple[float, float, int], ...]  # by fifths: promised, came true, people


@dataclass(frozen=True, slots=True, kw_only=True)
class Model:
    """Weights of traits. `reason` says, as a name, why there are none."""

    population: Population
    positives: int
    negatives: int
    reason: str = ""
    weights: Mapping[str, float] = field(default_factory=dict)  # by trait: log odds against the ordinary
    intercept: float = 0.0
    check: Check | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Portrayed:
    """What a refresh of the look-alikes did."""

    definition: Definition
    name: str
    at: datetime
    version: str
    models: tuple[Model, ...]
    scored: int
    written: int
    seconds: Mapping[str, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Lookalike:
    openid: str
    score: int
    reasons: tuple[str, ...]
    at: datetime
