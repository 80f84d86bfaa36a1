"""What a web process does without: each costs megabytes in every one of them, and only few commands need it."""

import ast
from collections.abc import Iterable, Mapping

import pytest

from tests.house.sources import imports, modules

HEAVY = ("alembic", "apscheduler", "dramatiq", "scipy", "sklearn")


def loaded_by(start: str, house: Iterable[tuple[str, ast.Module]]) -> Mapping[str, str]:
    """Every module that is loaded with this one, ours and others', each with who asks for it first."""
    trees = dict(house)
    asked: dict[str, str] = {start: ""}
    waiting = [start]
    while waiting:
        name = waiting.pop()
        for imported, _, _ in imports(trees[name]):
            for one in _packages(imported):
                if one not in asked:
                    asked[one] = name
                    waiting += [one] if one in trees else []
    return asked


def _packages(imported: str) -> list[str]:
    """A package is loaded before what is in it."""
    parts = imported.split(".")
    return [".".join(parts[:length]) for length in range(1, len(parts) + 1)]


def test_a_web_process_loads_nothing_heavy() -> None:
    loaded = loaded_by("handlers.command.serving", modules())
    assert "bot.services" in loaded
    assert {name: loaded[name] for name in HEAVY if name in loaded} == {}


@pytest.mark.parametrize("source", ["import scipy.sparse", "from scipy import sparse"])
def test_a_planted_heavy_import_is_found(source: str) -> None:
    house = {
        "web": ast.parse("from room import thing"),
        "room": ast.parse(""),
        "room.thing": ast.parse(source),
    }
    assert loaded_by("web", house.items())["scipy"] == "room.thing"
