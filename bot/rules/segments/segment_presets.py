"""The segments that are there for the taking, read from segment_presets.toml."""

import tomllib
from collections.abc import Iterator
from importlib import resources

from bot.rules.contents import definitions
from bot.values.definitions import Definitions
from bot.values.partitions import Rules
from bot.values.rule import conditions, parse

FILE = "segment_presets.toml"


def presets() -> Definitions:
    text = resources.files(__package__).joinpath(FILE).read_text(encoding="utf-8")
    return definitions.read(FILE, tomllib.loads(text))


def places(rules: Rules) -> dict[str, dict[str, str]]:
    """Field by field, the places customers may stand in, and what people call them."""
    return {
        "tier": {place.name: place.title for place in rules.tiers},
        "grid": {
            rules.cell(one.name, other.name): f"{one.title}×{other.title}"
            for one in rules.satisfied
            for other in rules.volumes
        },
        "class": {each.name: each.title for each in rules.classes},
        "lifecycle": {place.name: place.title for place in rules.lifecycle},
        "abc": {name: name for name in "ABC"},
    }


def strangers(wanted: Definitions, rules: Rules) -> Iterator[str]:
    """A line for each segment that asks for a place these partitions do not have: it would always be empty."""
    known = places(rules)
    for segment in wanted.segments:
        for where, condition in conditions(parse(segment.rule)):
            given = condition.value if isinstance(condition.value, tuple) else (condition.value,)
            for value in given:
                if condition.field in known and value not in known[condition.field]:
                    yield f"segment {segment.id}: {where}.value: no {condition.field} is called {value!r} by rules {rules.version}"
