"""What is made of a customer's row of figures, as named SQL expressions: RFM, indicators, the conditions of places.

The refresh of all customers and the explanation of one use the same expressions. Everything is counted in whole
numbers, so that both databases give the same.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypeAlias

from sqlalchemy import BigInteger, ColumnElement, String, and_, case, false, literal_column, or_, true

from bot.store.worth.cut_points import CutPoints
from bot.values.partitions import Box, Place, Rules, Span

Whole: TypeAlias = ColumnElement[Any]
Columns: TypeAlias = Mapping[str, Whole]
Indicator: TypeAlias = Callable[[Columns, datetime], Whole]

FORMULAS = 1  # count up when an expression below changes what it gives
NEAR = ((30, 100), (90, 70), (365, 40))  # wrote within so many days: so many points of nearness
LONGEST_AGO = 40_000  # days; nothing that is kept here is older, and a date cannot go back for ever


@dataclass(frozen=True, slots=True)
class Measured:
    """What the expressions lean on: the instant, the rules and where the lines run."""

    now: datetime
    rules: Rules
    cuts: CutPoints


Measure: TypeAlias = Callable[[Columns, Measured], Whole]


def number(value: int) -> Whole:
    """A number of ours within SQL: spelled out, because a million rows are compared with it."""
    return literal_column(str(int(value)), BigInteger)


def word(name: str) -> Whole:
    """A name out of checked rules, letters only."""
    return literal_column(f"'{name}'", String)


def _passed(instant: Whole, now: datetime, days: int) -> ColumnElement[bool]:
    """At least so many whole days ago; never is longer ago than any number."""
    if days > LONGEST_AGO:
        return instant.is_(None)
    return or_(instant <= now - timedelta(days=days), instant.is_(None))


def r(columns: Columns, measured: Measured) -> Whole:
    return _fifth(columns, columns["last_order_at"], measured.cuts.r)


def f(columns: Columns, measured: Measured) -> Whole:
    return _fifth(columns, columns["orders"], tuple(map(number, measured.cuts.f)))


def m(columns: Columns, measured: Measured) -> Whole:
    return _fifth(columns, columns["spent"], tuple(map(number, measured.cuts.m)))


def _fifth(columns: Columns, column: Whole, lines: tuple[Any, ...]) -> Whole:
    if not lines:
        return number(0)
    above = [
        (column > line, number(fifth)) for fifth, line in zip(range(5, 1, -1), reversed(lines), strict=True)
    ]
    return case((columns["orders"] == number(0), number(0)), *above, else_=number(1))


def satisfaction(columns: Columns, measured: Measured) -> Whole:
    """The mean rating, 1 to 5 as 0 to 100, less points for what came back; never below 0."""
    rule = measured.rules.satisfaction
    rated = _divided((columns["rating_sum"] - columns["reviews"]) * number(25), columns["reviews"])
    said = case((columns["reviews"] > number(0), rated), else_=number(rule.unknown))
    off = _least(columns["returns"] * number(rule.a_return), number(rule.a_return_at_most))
    left = said - off
    return case(
        (columns["returns"] == number(0), said),
        (left > number(0), left),
        else_=number(0),
    )


def abc(columns: Columns, measured: Measured) -> Whole:
    cuts, spent = measured.cuts, columns["spent"]
    belongs = [
        (and_(columns["orders"] > number(0), spent > number(0), spent >= number(cut)), word(name))
        for name, cut in (("A", cuts.a), ("B", cuts.b))
        if cut is not None
    ]
    return case(*belongs, else_=word("C")) if belongs else word("C")


def score(columns: Columns, measured: Measured) -> Whole:
    """0 to 1000: the indicators, weighed."""
    weights = {name: weight for name, weight in measured.rules.weights.items() if weight}
    parts = [INDICATORS[name](columns, measured.now) * number(weight) for name, weight in weights.items()]
    total = parts[0]
    for part in parts[1:]:
        total += part
    return _divided(total * number(10), number(sum(weights.values())))


def _divided(above: Whole, below: Whole) -> Whole:
    """Of two whole numbers not below 0, rounded down: what `/` means between whole numbers in both databases."""
    return above.op("/")(below)


def _least(one: Whole, other: Whole) -> Whole:
    return case((one < other, one), else_=other)


def _nearness(columns: Columns, now: datetime) -> Whole:
    wrote = columns["spoke_at"]
    steps = [(wrote > now - timedelta(days=days), number(points)) for days, points in NEAR]
    return case((columns["follows"] == number(0), number(0)), *steps, else_=number(20))


def _reliability(columns: Columns, _now: datetime) -> Whole:
    back = columns["returns"] + columns["refunds"]
    bad = _divided(back * number(100), columns["placed"])
    return case(
        (back == number(0), number(100)),
        (columns["placed"] > back, number(100) - bad),
        else_=number(0),
    )


def _full_price(columns: Columns, _now: datetime) -> Whole:
    with_coupon = _divided(columns["coupon_orders"] * number(100), columns["orders"])
    return case((columns["orders"] > number(0), number(100) - with_coupon), else_=number(0))


# each 0 to 100; the names are those of the weights in partitions.toml
INDICATORS: Mapping[str, Indicator] = {
    "recency": lambda columns, _now: columns["r"] * number(20),
    "frequency": lambda columns, _now: columns["f"] * number(20),
    "monetary": lambda columns, _now: columns["m"] * number(20),
    "satisfaction": lambda columns, _now: columns["satisfaction"],
    "reliability": _reliability,
    "full_price": _full_price,
    "voice": lambda columns, _now: case(
        (columns["reviews"] < number(5), columns["reviews"] * number(20)), else_=number(100)
    ),
    "nearness": _nearness,
}


def place(columns: Columns, places: tuple[Place, ...], measured: Measured) -> Whole:
    """The name of the place whose boxes hold the customer; the rules were checked, so there is exactly one."""
    whens = [
        (or_(*(_inside(columns, box, measured) for box in each.boxes)), word(each.name)) for each in places
    ]
    return case(*whens)


def tier(columns: Columns, measured: Measured) -> Whole:
    return place(columns, measured.rules.tiers, measured)


def lifecycle(columns: Columns, measured: Measured) -> Whole:
    return place(columns, measured.rules.lifecycle, measured)


def cell(columns: Columns, measured: Measured) -> Whole:
    rules = measured.rules
    satisfied, volume = place(columns, rules.satisfied, measured), place(columns, rules.volumes, measured)
    return satisfied.op("||")(word("-")).op("||")(volume)


def service_class(columns: Columns, measured: Measured) -> Whole:
    classes = {name: word(each.name) for each in measured.rules.classes for name in each.cells}
    return case(classes, value=columns["cell"])


def _inside(columns: Columns, box: Box, measured: Measured) -> ColumnElement[bool]:
    return and_(true(), *(_holds(columns, field, span, measured) for field, span in box.items()))


def _holds(columns: Columns, field: str, span: Span, measured: Measured) -> ColumnElement[bool]:
    now = measured.now
    match field:
        case "top_percent":
            reaches = [
                _among_the_top(columns, span.below, measured.cuts) if span.below is not None else true(),
                ~_among_the_top(columns, span.least, measured.cuts) if span.least > 0 else true(),
            ]
            return and_(*reaches)
        case "days_since_order" | "days_known" | "days_silent":
            instant = columns[INSTANTS[field]]
            return and_(
                true(),
                *([_passed(instant, now, span.least)] if span.least else []),
                *([~_passed(instant, now, span.below)] if span.below is not None else []),
            )
        case "spent":
            return _between(columns[field], span, 100)
        case _:
            return _between(columns[field], span, 1)


INSTANTS = {"days_since_order": "last_order_at", "days_known": "known_at", "days_silent": "spoke_at"}


def _between(column: Whole, span: Span, unit: int) -> ColumnElement[bool]:
    if span.below == span.least + 1 and unit == 1:
        return column == number(span.least)
    return and_(
        true(),
        *([column >= number(span.least * unit)] if span.least else []),
        *([column < number(span.below * unit)] if span.below is not None else []),
    )


def _among_the_top(columns: Columns, percent: int, cuts: CutPoints) -> ColumnElement[bool]:
    """Among the buyers' top so many percent. 101 and more are everybody; nobody is among the top 0."""
    if percent > 100:
        return true()
    cut = cuts.top.get(percent)
    if percent <= 0 or cut is None:
        return false()
    reaches = columns["spent"] >= number(cut)
    return reaches if cut > 0 else and_(columns["orders"] > number(0), reaches)
