"""Which values a rule may name: a name that nobody can have would be an empty segment, and everybody once it is negated. Pure."""

from collections.abc import Callable, Collection, Iterator, Mapping

from bot.rules.pushes.rhythm import ENGAGEMENTS
from bot.rules.segments.segment_presets import places
from bot.values.definitions import Definitions
from bot.values.facts import Attribute
from bot.values.partitions import Rules
from bot.values.rule import Condition, Rule, conditions, parse

FACT = "fact."
ALWAYS: Mapping[str, Collection[str]] = {"gender": ("female", "male"), "engagement": ENGAGEMENTS}
PLACES = frozenset({"tier", "grid", "class", "lifecycle", "abc"})


def strange(rule: Rule, partitions: Callable[[], Rules], facts: Mapping[str, Attribute]) -> Iterator[str]:
    """`node: what is wrong` for each name of the rule that no customer can have. `partitions` is asked only for places."""
    for where, condition in conditions(rule):
        if condition.field.startswith(FACT) and condition.field.removeprefix(FACT) not in facts:
            yield f"{where}.field: no fact is called {condition.field.removeprefix(FACT)!r}; {_there_are(facts)}"
            continue
        known = _known(condition, partitions, facts)
        for value in condition.value if isinstance(condition.value, tuple) else (condition.value,):
            if known and value != "" and value not in known:
                yield f"{where}.value: no {condition.field} is called {value!r}; {_there_are(known)}"


def strangers(wanted: Definitions, partitions: Rules, facts: Mapping[str, Attribute]) -> Iterator[str]:
    """The same of several segments, each line with whose it is."""
    for segment in wanted.segments:
        for said in strange(parse(segment.rule), lambda: partitions, facts):
            yield f"segment {segment.id}: {said}"


def _known(
    condition: Condition, partitions: Callable[[], Rules], facts: Mapping[str, Attribute]
) -> Collection[str]:
    """Empty: any."""
    if condition.field in PLACES:
        return places(partitions())[condition.field]
    if condition.field.startswith(FACT):
        return tuple(choice.name for choice in facts[condition.field.removeprefix(FACT)].choices)
    return ALWAYS.get(condition.field, ())


def _there_are(names: Collection[str]) -> str:
    return f"there are {', '.join(names)}"
