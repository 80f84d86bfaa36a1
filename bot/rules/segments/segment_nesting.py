"""Segments that ask for membership of another: put in its place is the other's rule, so there is one truth.

Refused is what has no end: a segment that, by way of others, asks for itself; and what grows beyond a database's means.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from bot.values.rule import All, AnyOf, BadRule, Condition, Not, Rule, conditions

MOST_NODES = 1_000  # with every segment written out
MOST_VALUES = 20_000
DEEPEST = 40
ARROW = " → "


def asked_for(rule: Rule) -> frozenset[str]:
    """The ids of the segments it names itself."""
    return frozenset(name for _, condition in conditions(rule) for name in _names(condition))


def leaning_on(names: Iterable[str], rules: Mapping[str, Rule]) -> frozenset[str]:
    """These segments, and all that ask for one of them, by way of others too."""
    found = set(names)
    while more := {one for one, rule in rules.items() if one not in found and asked_for(rule) & found}:
        found |= more
    return frozenset(found)


def in_order(rules: Mapping[str, Rule]) -> list[str]:
    """Every id, after all those it asks for. Raises `BadRule` for a circle or a segment nobody has."""
    done: dict[str, None] = {}

    def walk(name: str, way: tuple[str, ...]) -> None:
        if name in way:
            circle = ARROW.join((*way[way.index(name) :], name))
            raise BadRule(f"segment {name}: rule: goes in a circle: {circle}")
        if name not in done:
            for where, condition in conditions(rules[name]):
                for other in _names(condition):
                    if other not in rules:
                        raise BadRule(f"segment {name}: {where}.value: no segment {other!r}")
                    walk(other, (*way, name))
            done[name] = None

    for name in sorted(rules):
        walk(name, ())
    return list(done)


def written_out(rule: Rule, rules: Mapping[str, Rule], name: str = "") -> Rule:
    """The rule without any segment in it. `name`: whose rule it is, when it has one.

    Raises `BadRule` with the node for a segment nobody has, with the way for a circle, and when it grows too large.
    """
    return _Writer(rules).written(rule, (name,) if name else (), "rule", 1)


class _Writer:
    """Counts as it goes: what is written out may be far larger than what anybody wrote."""

    def __init__(self, rules: Mapping[str, Rule]) -> None:
        self._rules = rules
        self._nodes = 0
        self._values = 0

    def written(self, rule: Rule, way: tuple[str, ...], where: str, depth: int) -> Rule:
        self._nodes += 1
        if isinstance(rule, Condition):
            self._values += len(rule.value) if isinstance(rule.value, tuple) else 1
        if self._nodes > MOST_NODES or self._values > MOST_VALUES or depth > DEEPEST:
            raise BadRule(
                f"{where}: with its segments written out, expected at most {MOST_NODES} nodes, "
                f"{MOST_VALUES} values and {DEEPEST} levels"
            )

        def further(part: Rule, at: str) -> Rule:
            return self.written(part, way, f"{where}{at}", depth + 1)

        match rule:
            case All(parts):
                return All(tuple(further(part, f".all[{number}]") for number, part in enumerate(parts)))
            case AnyOf(parts):
                return AnyOf(tuple(further(part, f".any[{number}]") for number, part in enumerate(parts)))
            case Not(part):
                return Not(further(part, ".not"))
        return self._instead(rule, way, where, depth) if rule.field == "segment" else rule

    def _instead(self, condition: Condition, way: tuple[str, ...], where: str, depth: int) -> Rule:
        found = []
        for name in _names(condition):
            if name in way:
                raise BadRule(
                    f"{where}.value: goes in a circle: {ARROW.join((*way[way.index(name) :], name))}"
                )
            if name not in self._rules:
                raise BadRule(f"{where}.value: no segment {name!r}")
            found.append(self.written(self._rules[name], (*way, name), where, depth + 1))
        together = found[0] if len(found) == 1 else AnyOf(tuple(found))
        return Not(together) if condition.op in {"!=", "not_in"} else together


def _names(condition: Condition) -> tuple[str, ...]:
    if condition.field != "segment":
        return ()
    named = condition.value if isinstance(condition.value, tuple) else (condition.value,)
    return tuple(dict.fromkeys(str(name) for name in named))


def pushed_in(rule: Rule, *, turned: bool = False) -> Rule:
    """The same, with `not` only before single conditions: so a database may use its indexes for all the others."""
    match rule:
        case Not(part):
            return pushed_in(part, turned=not turned)
        case All(parts) | AnyOf(parts):
            inside = tuple(pushed_in(part, turned=turned) for part in parts)
            return All(inside) if isinstance(rule, All) != turned else AnyOf(inside)
    return Not(rule) if turned else rule


def holds(rule: Rule, is_met: Callable[[Condition], bool]) -> bool:
    """Whether the tree is true, when somebody can say it of each condition."""
    match rule:
        case All(parts):
            return all(holds(part, is_met) for part in parts)
        case AnyOf(parts):
            return any(holds(part, is_met) for part in parts)
        case Not(part):
            return not holds(part, is_met)
    return is_met(rule)


def compares(found: Any, condition: Condition) -> bool:
    """What the condition says of a number or a text."""
    given: Any = condition.value
    comparisons: dict[str, Callable[[], bool]] = {
        "=": lambda: found == given,
        "!=": lambda: found != given,
        "<": lambda: found < given,
        "<=": lambda: found <= given,
        ">": lambda: found > given,
        ">=": lambda: found >= given,
        "between": lambda: given[0] <= found <= given[1],
        "in": lambda: found in given,
        "not_in": lambda: found not in given,
    }
    return comparisons[condition.op]()
