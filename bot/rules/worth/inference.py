"""What decides a customer's purchases, and how strict they are: read off counted evidence. Pure.

Each piece of evidence is a vote. A value is said when its share of all votes is surely above the least the rules ask
for, "surely" being the lower end of a one-sided 90 % Wilson interval: few votes say little, however they fall.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import lru_cache
from math import sqrt

from bot.values.facts import Inferred

Z = 1.2816  # of the normal distribution: one-sided, 90 %
NOTHING = Inferred("", 0.0, {})


@dataclass(frozen=True, slots=True, kw_only=True)
class DriverSignals:
    """Orders that stand, each counted as the first of these that it is; and messages that ask so."""

    orders: int = 0
    discounted: int = 0  # with a coupon or a discount
    novel: int = 0  # with something that had just come into the shop
    repeated: int = 0  # with something they had bought before: it does what it should
    cheap: int = 0  # all in it from the cheap end of its category
    plain: int = 0
    asked_price: int = 0
    asked_function: int = 0
    asked_trend: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class StrictnessSignals:
    """Reviews of 4 and 5, of 3, of 1 and 2; what came back; complaints."""

    good_reviews: int = 0
    fair_reviews: int = 0
    bad_reviews: int = 0
    returned: int = 0
    exchanged: int = 0  # or repaired
    complaints: int = 0


@lru_cache(8_192)  # most customers have the same few numbers
def driver(seen: DriverSignals, least: int, sure: float) -> Inferred:
    votes = {
        "price": seen.discounted + seen.cheap + seen.asked_price,
        "function": seen.repeated + seen.asked_function,
        "trend": seen.novel + seen.asked_trend,
    }
    numbers = {name: count for name, count in asdict(seen).items() if count and name != "plain"}
    return _decided(votes, seen.plain, least, sure, numbers)


@lru_cache(8_192)
def strictness(seen: StrictnessSignals, least: int, sure: float) -> Inferred:
    votes = {
        "tolerant": seen.good_reviews,
        "enduring": seen.fair_reviews + seen.exchanged,
        "perfectionist": seen.bad_reviews + seen.returned + seen.complaints,
    }
    numbers = {name: count for name, count in asdict(seen).items() if count}
    return _decided(votes, 0, least, sure, numbers)


def lower_bound(part: int, whole: int) -> float:
    """Of the share `part` of `whole`: where it surely is at least."""
    if not whole:
        return 0.0
    share, spread = part / whole, Z * Z / whole
    middle = share + spread / 2
    return (middle - sqrt(spread * share * (1 - share) + spread * spread / 4)) / (1 + spread)


def _decided(
    votes: Mapping[str, int], neutral: int, least: int, sure: float, numbers: dict[str, int]
) -> Inferred:
    whole = sum(votes.values()) + neutral
    best = max(votes, key=lambda name: votes[name])
    if whole < least or list(votes.values()).count(votes[best]) > 1:
        return NOTHING
    confidence = round(lower_bound(votes[best], whole), 2)
    return Inferred(best, confidence, numbers) if confidence >= sure else NOTHING
