"""Who belongs to a segment, as a tree: conditions joined by all, any and not. Never touches the database.

The tree comes from people (TOML, the API, the console), so `parse` refuses what could not be meant, and says where.
`bot/store/segments.py` turns a parsed tree into SQL; both sides lean on the one table `FIELDS`.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum
from typing import Any, TypeAlias

DEEPEST = 20
MOST_NODES = 200
MOST_VALUES = 500
LONGEST_TEXT = 200
LARGEST_NUMBER = 1_000_000_000  # beyond it a database's integer or money column could not answer

Value: TypeAlias = str | int | Decimal | bool
Given: TypeAlias = Value | tuple[Value, ...]


class BadRule(ValueError):
    """One line that names the node and what was expected there."""


class Kind(Enum):
    """What a field holds, and so how it may be compared."""

    WHOLE = "a whole number"
    MONEY = "a number with at most two decimals"
    DAYS = "a whole number of days, not below 0"
    TEXT = "text"
    FLAG = "true or false"
    SET = "text of a tag"


FIELDS: dict[str, Kind] = {
    "orders_365d": Kind.WHOLE,
    "orders_total": Kind.WHOLE,
    "spent_total": Kind.MONEY,
    "days_since_order": Kind.DAYS,
    "name": Kind.TEXT,
    "region.province": Kind.TEXT,
    "region.city": Kind.TEXT,
    "level": Kind.TEXT,
    "points": Kind.WHOLE,
    "tags": Kind.SET,
    "source": Kind.TEXT,
    "source_scene": Kind.TEXT,
    "engagement": Kind.TEXT,
    "followed_days": Kind.DAYS,
    "spoke_days": Kind.DAYS,
    "wants_pushes": Kind.FLAG,
    "complaint_open": Kind.FLAG,
    "bucket": Kind.WHOLE,
    "rfm.r": Kind.WHOLE,
    "rfm.f": Kind.WHOLE,
    "rfm.m": Kind.WHOLE,
    "score": Kind.WHOLE,
    "abc": Kind.TEXT,
    "tier": Kind.TEXT,
    "grid": Kind.TEXT,
    "class": Kind.TEXT,
    "lifecycle": Kind.TEXT,
}

COMPARISONS = ("=", "!=", "<", "<=", ">", ">=")
LISTS = ("in", "not_in")

OPERATORS: dict[Kind, tuple[str, ...]] = {
    Kind.WHOLE: (*COMPARISONS, *LISTS),
    Kind.MONEY: COMPARISONS,
    Kind.DAYS: COMPARISONS,
    Kind.TEXT: ("=", "!=", *LISTS),
    Kind.FLAG: ("=", "!="),
    Kind.SET: ("has", "lacks"),
}


@dataclass(frozen=True, slots=True)
class Condition:
    field: str
    op: str
    value: Given


@dataclass(frozen=True, slots=True)
class All:
    rules: tuple["Rule", ...]


@dataclass(frozen=True, slots=True)
class AnyOf:
    rules: tuple["Rule", ...]


@dataclass(frozen=True, slots=True)
class Not:
    rule: "Rule"


Rule: TypeAlias = All | AnyOf | Not | Condition

EVERYONE = All(())


def parse(raw: Any) -> Rule:
    """`{}` is everyone. Raises `BadRule`, whose text starts with the node, as in `rule.all[1].field: …`."""
    if raw == {} and isinstance(raw, dict):
        return EVERYONE
    return _node(raw, "rule", 1, iter(range(MOST_NODES)))


def _node(raw: Any, where: str, depth: int, left: Iterator[int]) -> Rule:
    if next(left, None) is None:
        raise BadRule(f"{where}: expected at most {MOST_NODES} nodes in a rule")
    if depth > DEEPEST:
        raise BadRule(f"{where}: expected at most {DEEPEST} levels in a rule")
    if not isinstance(raw, dict):
        raise BadRule(f"{where}: expected a table, found {_shown(raw)}")
    match list(raw):
        case ["all"]:
            return All(_nodes(raw["all"], f"{where}.all", depth, left))
        case ["any"]:
            return AnyOf(_nodes(raw["any"], f"{where}.any", depth, left))
        case ["not"]:
            return Not(_node(raw["not"], f"{where}.not", depth + 1, left))
    return _condition(raw, where)


def _nodes(raw: Any, where: str, depth: int, left: Iterator[int]) -> tuple[Rule, ...]:
    if not isinstance(raw, list) or not raw:
        raise BadRule(f"{where}: expected a list of at least one rule, found {_shown(raw)}")
    return tuple(_node(one, f"{where}[{position}]", depth + 1, left) for position, one in enumerate(raw))


def _condition(raw: dict[Any, Any], where: str) -> Condition:
    for key in raw:
        if key not in {"field", "op", "value"}:
            raise BadRule(
                f"{where}: expected only all, only any, only not, or field, op and value; found {_shown(key)}"
            )
    for key in ("field", "op", "value"):
        if key not in raw:
            raise BadRule(f"{where}: {key} is missing")
    field, op = raw["field"], raw["op"]
    kind = FIELDS.get(field) if isinstance(field, str) else None
    if kind is None:
        raise BadRule(f"{where}.field: no field {_shown(field)}; there are {', '.join(FIELDS)}")
    if op not in OPERATORS[kind]:
        raise BadRule(f"{where}.op: {field} knows no {_shown(op)}; it knows {' '.join(OPERATORS[kind])}")
    return Condition(field, op, _given(raw["value"], kind, op, f"{where}.value"))


def _given(raw: Any, kind: Kind, op: str, where: str) -> Given:
    if op not in LISTS:
        return _value(raw, kind, where)
    if not isinstance(raw, list) or not 1 <= len(raw) <= MOST_VALUES:
        raise BadRule(f"{where}: expected a list of 1 to {MOST_VALUES} values, found {_shown(raw)}")
    return tuple(_value(one, kind, f"{where}[{position}]") for position, one in enumerate(raw))


def _value(raw: Any, kind: Kind, where: str) -> Value:
    found: Value | None
    match kind:
        case Kind.TEXT | Kind.SET:
            found = raw if isinstance(raw, str) and len(raw) <= LONGEST_TEXT and "\0" not in raw else None
        case Kind.FLAG:
            found = raw if isinstance(raw, bool) else None
        case Kind.MONEY:
            found = _money(raw)
        case Kind.WHOLE | Kind.DAYS:
            least = 0 if kind is Kind.DAYS else -LARGEST_NUMBER
            found = (
                raw
                if isinstance(raw, int) and not isinstance(raw, bool) and least <= raw <= LARGEST_NUMBER
                else None
            )
    if found is None:
        raise BadRule(f"{where}: expected {kind.value}, found {_shown(raw)}")
    return found


def _money(raw: Any) -> Decimal | None:
    if (
        isinstance(raw, bool)
        or not isinstance(raw, int | float)
        or not -LARGEST_NUMBER <= raw <= LARGEST_NUMBER
    ):
        return None
    amount = Decimal(str(raw))
    return amount if amount == round(amount, 2) else None


def _shown(raw: Any) -> str:
    text = repr(raw)
    return text if len(text) <= 60 else f"{text[:57]}…"
