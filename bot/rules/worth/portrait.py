"""What customers are compared in, and what may not be: pure."""

from collections.abc import Iterable, Mapping

from bot.values.portrait import Attribute, Definition, InSegment, Top
from bot.values.rule import All, AnyOf, Condition, Not, Rule

LEAST_PEOPLE = 20  # a group of fewer is neither compared nor named
LEAST_POSITIVES = 50  # of the best, and of the others: fewer teach nothing
MOST_VALUES = 40  # of one attribute, the most common ones
MOST_SETS = 60  # values of an attribute with several: they fit a 64-bit number

_SATISFIED = frozenset({"satisfaction", "reliability"})

ATTRIBUTES: tuple[Attribute, ...] = (
    Attribute(name="gender", fields=frozenset({"gender"})),
    Attribute(
        name="age",
        values=("under_20", "20s", "30s", "40s", "50s", "60_plus"),
        fields=frozenset({"age_band", "birthday"}),
    ),
    Attribute(name="province", fields=frozenset({"region.province", "region.city"})),
    Attribute(name="city", fields=frozenset({"region.province", "region.city"})),
    # a shop gives its levels by what was spent
    Attribute(name="level", indicators=frozenset({"monetary", "frequency"}), fields=frozenset({"level"})),
    Attribute(name="source", fields=frozenset({"source", "source_scene"})),
    Attribute(name="scene", fields=frozenset({"source", "source_scene"})),
    Attribute(name="tag", several=True, by_orders=True, fields=frozenset({"tags"})),
    Attribute(name="bought", several=True, by_orders=True, of_buyers=True),
    Attribute(name="began_with", several=True, of_buyers=True),
    Attribute(
        name="coupons",
        values=("never", "sometimes", "mostly"),
        by_orders=True,
        of_buyers=True,
        indicators=frozenset({"full_price"}),
    ),
    Attribute(
        name="rhythm",
        values=("fortnight", "month", "quarter", "rarer"),
        by_orders=True,
        of_buyers=True,
        indicators=frozenset({"recency"}),
    ),
    Attribute(
        name="daypart",
        values=("morning", "noon", "afternoon", "evening", "night"),
        by_orders=True,
        of_buyers=True,
    ),
    Attribute(name="weekday", values=("working_days", "weekends"), by_orders=True, of_buyers=True),
    Attribute(name="returns", values=("none", "some"), by_orders=True, of_buyers=True, indicators=_SATISFIED),
    Attribute(
        name="rating",
        values=("high", "fair", "low"),
        by_orders=True,
        of_buyers=True,
        indicators=_SATISFIED | {"voice"},
    ),
    Attribute(
        name="spoke",
        values=("month", "quarter", "year", "longer", "never"),
        indicators=frozenset({"nearness"}),
        fields=frozenset({"spoke_days"}),
    ),
)

# what is inferred from orders, reviews and returns says what those say
_FACTS: Mapping[str, frozenset[str]] = {
    "decision_driver": frozenset({"full_price"}),
    "strictness": _SATISFIED | {"voice"},
}
# these stand in the customer's row, or name one person
NOT_COMPARED = frozenset({"name", "birthday", "lunar_birthday", "gender", "age_band", "province", "city"})

_MADE_OF_THE_SCORE = frozenset({"score", "grid", "class"})
_MADE_OF_ORDERS = frozenset(
    {
        "rfm.r",
        "rfm.f",
        "rfm.m",
        "abc",
        "tier",
        "lifecycle",
        "orders_365d",
        "orders_total",
        "spent_total",
        "days_since_order",
    }
)


def attributes(facts: Iterable[str]) -> tuple[Attribute, ...]:
    """The ones every shop has, and a `facts.…` for each kind of fact this one keeps."""
    kept = (
        Attribute(
            name=f"facts.{name}",
            by_orders=name in _FACTS,
            indicators=_FACTS.get(name, frozenset()),
            fields=frozenset({name}),
        )
        for name in sorted(set(facts) - NOT_COMPARED)
    )
    return (*ATTRIBUTES, *kept)


def explains_itself(
    attribute: Attribute, definition: Definition, weights: Mapping[str, int], rule: Rule | None
) -> bool:
    """Whether the attribute is part of what makes somebody one of the best, so that finding it finds nothing."""
    match definition:
        case Top(by="spent"):
            return "monetary" in attribute.indicators
        case Top():
            return any(weights.get(name) for name in attribute.indicators)
        case InSegment():
            return _is_asked_for(attribute, frozenset(_fields(rule)) if rule else frozenset(), weights)


def _is_asked_for(attribute: Attribute, asked: frozenset[str], weights: Mapping[str, int]) -> bool:
    indicators: set[str] = set()
    if asked & _MADE_OF_THE_SCORE:
        indicators |= {name for name, weight in weights.items() if weight}
    if asked & _MADE_OF_ORDERS:
        indicators |= {"recency", "frequency", "monetary"}
    return bool(indicators & attribute.indicators) or any(
        field.removeprefix("facts.") in attribute.fields for field in asked
    )


def _fields(rule: Rule) -> Iterable[str]:
    match rule:
        case All(parts) | AnyOf(parts):
            for part in parts:
                yield from _fields(part)
        case Not(part):
            yield from _fields(part)
        case Condition(name):
            yield name
