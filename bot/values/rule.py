"""Who belongs to a segment, as a tree: conditions joined by all, any and not. Never touches the database.

The tree comes from people (TOML, the API, the console), so `parse` refuses what could not be meant, and says where.
`bot/store/segments/segments.py` turns a parsed tree into SQL; both sides lean on the one table `FIELDS`.
"""

import difflib
import reprlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from itertools import islice
from typing import Any, TypeAlias

from bot.values.rule_fields import BETWEEN, FIELDS, LISTS, OPERATORS, Field, Kind, field_of

DEEPEST = 20
MOST_NODES = 200
MOST_VALUES = 500
# in one rule: databases take so many parameters, and no more than some ten thousand
MOST_VALUES_TOGETHER = 5_000
LONGEST_TEXT = 200
LARGEST_NUMBER = 1_000_000_000  # beyond it a database's integer or money column could not answer
LONGEST_AGO = 40_000  # days; nothing that is kept here is older, and a date cannot go back for ever
WRITTEN_OUT = 10**18  # numbers beyond it are not shown digit by digit

Value: TypeAlias = str | int | Decimal | bool
Given: TypeAlias = Value | tuple[Value, ...]


class BadRule(ValueError):
    """One line that names the node and what was expected there."""


@dataclass(frozen=True, slots=True)
class Condition:
    field: str
    op: str
    value: Given
    days: int | None = None  # counted are only the last so many days
    product: str = ""  # counted is only this product, by the shop's own number …
    category: str = ""  # … or what is of this category
    salt: str = ""  # a bucket drawn anew for each name


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
    return _Reader().node(raw, "rule", 1)


def conditions(rule: Rule, where: str = "rule") -> Iterator[tuple[str, Condition]]:
    """Every condition of the tree with its place, as `parse` names it."""
    match rule:
        case Condition():
            yield where, rule
        case Not(part):
            yield from conditions(part, f"{where}.not")
        case All(parts) | AnyOf(parts):
            name = "all" if isinstance(rule, All) else "any"
            for position, part in enumerate(parts):
                yield from conditions(part, f"{where}.{name}[{position}]")


def passes_with_time(rule: Rule) -> bool:
    """Whether somebody may come or go though nothing is written: only a look at everybody finds them."""
    return any(
        condition.days is not None or ((field := field_of(condition.field)) is not None and field.passes)
        for _, condition in conditions(rule)
    )


class _Reader:
    """Counts as it goes: a rule is small enough for people and for a database."""

    def __init__(self) -> None:
        self._nodes = 0
        self._values = 0

    def node(self, raw: Any, where: str, depth: int) -> Rule:
        self._nodes += 1
        if self._nodes > MOST_NODES:
            raise BadRule(f"{where}: expected at most {MOST_NODES} nodes in a rule")
        if depth > DEEPEST:
            raise BadRule(f"{where}: expected at most {DEEPEST} levels in a rule")
        if not isinstance(raw, dict):
            raise BadRule(f"{where}: expected a table, found {shown(raw)}")
        match list(islice(raw, 2)):
            case ["all"]:
                return All(self._several(raw["all"], f"{where}.all", depth))
            case ["any"]:
                return AnyOf(self._several(raw["any"], f"{where}.any", depth))
            case ["not"]:
                return Not(self.node(raw["not"], f"{where}.not", depth + 1))
        return self._condition(raw, where)

    def _several(self, raw: Any, where: str, depth: int) -> tuple[Rule, ...]:
        if not isinstance(raw, list) or not raw:
            raise BadRule(f"{where}: expected a list of at least one rule, found {shown(raw)}")
        return tuple(self.node(one, f"{where}[{position}]", depth + 1) for position, one in enumerate(raw))

    def _condition(self, raw: dict[Any, Any], where: str) -> Condition:
        field, name = _field(raw, where)
        op = raw["op"]
        if op not in OPERATORS[field.kind]:
            known = " ".join(OPERATORS[field.kind])
            raise BadRule(f"{where}.op: {name} knows no {shown(op)}; it knows {known}")
        given = self._given(raw["value"], field.kind, op, f"{where}.value")
        beside = {key: _beside(key, raw[key], f"{where}.{key}") for key in field.beside if key in raw}
        if "product" in beside and "category" in beside:
            raise BadRule(f"{where}.category: expected a product or a category, not both")
        return Condition(name, op, given, **beside)

    def _given(self, raw: Any, kind: Kind, op: str, where: str) -> Given:
        if op == BETWEEN:
            return _ends(raw, kind, where)
        if op not in LISTS:
            self._values += 1
            return _value(raw, kind, where)
        if not isinstance(raw, list) or not 1 <= len(raw) <= MOST_VALUES:
            raise BadRule(f"{where}: expected a list of 1 to {MOST_VALUES} values, found {shown(raw)}")
        self._values += len(raw)
        if self._values > MOST_VALUES_TOGETHER:
            raise BadRule(f"{where}: expected at most {MOST_VALUES_TOGETHER} values in a rule")
        return tuple(_value(one, kind, f"{where}[{position}]") for position, one in enumerate(raw))


def _field(raw: dict[Any, Any], where: str) -> tuple[Field, str]:
    for key in ("field", "op", "value"):
        if key not in raw:
            _refuse_strange(raw, where, {"field", "op", "value", "days", "product", "category", "salt"})
            raise BadRule(f"{where}: {key} is missing")
    name = raw["field"]
    field = field_of(name)
    if field is None:
        raise BadRule(f"{where}.field: no field {shown(name)}; {_meant(name, FIELDS)}")
    _refuse_strange(raw, where, {"field", "op", "value", *field.beside})
    return field, name


def _refuse_strange(raw: dict[Any, Any], where: str, known: set[str]) -> None:
    for key in raw:
        if key not in known:
            raise BadRule(
                f"{where}: expected only all, only any, only not, or {', '.join(sorted(known))}; found {shown(key)}"
            )


def _meant(name: Any, known: Iterable[str]) -> str:
    known = list(known)
    near = difflib.get_close_matches(name[:60], known, 1, 0.6) if isinstance(name, str) else []
    return f"did you mean {near[0]}?" if near else f"there are {', '.join(known)} and fact.<attribute>"


def _ends(raw: Any, kind: Kind, where: str) -> tuple[Value, ...]:
    if not isinstance(raw, list) or len(raw) != 2:
        raise BadRule(f"{where}: expected the two ends as [from, to], found {shown(raw)}")
    low, high = (_value(one, kind, f"{where}[{position}]") for position, one in enumerate(raw))
    if Decimal(low) > Decimal(high):
        raise BadRule(f"{where}: expected the lower end first, found {shown(raw)}")
    return low, high


def _beside(key: str, raw: Any, where: str) -> Any:
    if key == "days":
        if not _is_whole(raw) or not 1 <= raw <= LONGEST_AGO:
            raise BadRule(f"{where}: expected 1 to {LONGEST_AGO} days, found {shown(raw)}")
        return raw
    if not (text := _value(raw, Kind.TEXT, where)):
        raise BadRule(f"{where}: expected text, found nothing")
    return text


def _value(raw: Any, kind: Kind, where: str) -> Value:
    found: Value | None
    match kind:
        case Kind.TEXT | Kind.SET | Kind.SEGMENT:
            found = raw if isinstance(raw, str) and len(raw) <= LONGEST_TEXT and _is_kept(raw) else None
        case Kind.FLAG:
            found = raw if isinstance(raw, bool) else None
        case Kind.MONEY:
            found = _money(raw)
        case Kind.WHOLE | Kind.DAYS:
            least = 0 if kind is Kind.DAYS else -LARGEST_NUMBER
            found = raw if _is_whole(raw) and least <= raw <= LARGEST_NUMBER else None
    if found is None:
        raise BadRule(f"{where}: expected {kind.value}, found {shown(raw)}")
    return found


def _is_whole(raw: Any) -> bool:
    return isinstance(raw, int) and not isinstance(raw, bool)


def _is_kept(text: str) -> bool:
    """A NUL, or half of a character, is no text for a database."""
    return "\0" not in text and not any("\ud800" <= letter <= "\udfff" for letter in text)


def _money(raw: Any) -> Decimal | None:
    if (
        isinstance(raw, bool)
        or not isinstance(raw, int | float)
        or not -LARGEST_NUMBER <= raw <= LARGEST_NUMBER
    ):
        return None
    amount = Decimal(str(raw))
    return amount if amount == round(amount, 2) else None


def shown(raw: Any) -> str:
    """What was found, on one line, however long or deep it is."""
    if isinstance(raw, int) and abs(raw) > WRITTEN_OUT:
        return "a number of very many digits"
    text = _REPR.repr(raw)
    return text if len(text) <= 60 else f"{text[:57]}…"


class _Repr(reprlib.Repr):
    def repr_int(self, x: int, level: int) -> str:  # noqa: ARG002
        return "a number of very many digits" if abs(x) > WRITTEN_OUT else str(x)


_REPR = _Repr()
_REPR.maxstring = _REPR.maxother = 60
_REPR.maxlevel = 3
