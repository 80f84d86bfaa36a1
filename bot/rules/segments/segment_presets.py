"""The segments that are there for the taking, read from segment_presets.toml."""

import tomllib
from importlib import resources

from bot.rules.contents import definitions
from bot.values.definitions import Definitions
from bot.values.partitions import Rules

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
