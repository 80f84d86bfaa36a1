"""The rules by which customers are told apart: read, refused, and the defaults for any numbers."""

import copy
import tomllib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.rules.worth import partitions
from bot.rules.worth.partitions import DOMAINS, BadPartitions
from bot.values.partitions import Rules

DEFAULTS = Path(partitions.__file__).with_name("partitions.toml")


def raw() -> dict[str, Any]:
    return copy.deepcopy(tomllib.loads(DEFAULTS.read_text(encoding="utf-8")))


def rules() -> Rules:
    return partitions.load("")


numbers = st.fixed_dictionaries(
    {
        name: st.integers(span.least, span.below - 1)
        if span.below is not None
        else st.one_of(
            st.integers(0, 800), st.integers(0, 10**9), *([st.none()] if name.startswith("days") else [])
        )
        for name, span in DOMAINS.items()
    }
)


@given(numbers)
def test_any_numbers_have_exactly_one_place_in_every_partition(found: dict[str, int | None]) -> None:
    ours = rules()
    for places in (ours.tiers, ours.satisfied, ours.volumes, ours.lifecycle):
        assert len([place for place in places if place.holds(found)]) == 1


def tier(file: dict[str, Any], name: str) -> dict[str, Any]:
    return next(each for each in file["tier"] if each["name"] == name)


def _hole(file: dict[str, Any]) -> None:
    tier(file, "big")["when"]["top_percent"] = ">= 2, < 5"


def _overlap(file: dict[str, Any]) -> None:
    tier(file, "medium")["when"]["top_percent"] = ">= 4, < 20"


def _no_doubtful(file: dict[str, Any]) -> None:
    file["tier"].remove(tier(file, "doubtful"))


def _never_possible(file: dict[str, Any]) -> None:
    tier(file, "top")["when"]["orders"] = ">= 5, < 2"


def _two_classes(file: dict[str, Any]) -> None:
    file["class"][1]["cells"].append("high-large")


def _cell_forgotten(file: dict[str, Any]) -> None:
    file["class"][0]["cells"] = []


def _no_such_cell(file: dict[str, Any]) -> None:
    file["class"][0]["cells"].append("high-huge")


def _no_such_field(file: dict[str, Any]) -> None:
    tier(file, "top")["when"]["shoe_size"] = ">= 40"


def _no_such_words(file: dict[str, Any]) -> None:
    tier(file, "top")["when"]["orders"] = "> 1; DROP TABLE customers"


def _no_such_indicator(file: dict[str, Any]) -> None:
    file["score"]["charm"] = 10


def _no_weight(file: dict[str, Any]) -> None:
    file["score"] = {"recency": 0}


def _unknown_key(file: dict[str, Any]) -> None:
    file["abc"]["d"] = 99


def _shares_crossed(file: dict[str, Any]) -> None:
    file["abc"] = {"a": 90, "b": 80}


def _twice(file: dict[str, Any]) -> None:
    file["tier"].append(tier(file, "other"))


def _class_twice(file: dict[str, Any]) -> None:
    file["class"][3]["name"] = "C"


def _quote_in_a_name(file: dict[str, Any]) -> None:
    tier(file, "top")["name"] = "to'p"


@pytest.mark.parametrize(
    ("plant", "said"),
    [
        pytest.param(
            _hole, "tier: nothing takes in orders = 1, days_since_order = 0, top_percent = 1", id="a hole"
        ),
        pytest.param(_overlap, "tier: big and medium both take in orders = 1", id="an overlap"),
        pytest.param(_no_doubtful, "tier: nothing takes in orders = 0", id="a place left out"),
        pytest.param(_never_possible, "tier: top: no orders is >= 5, < 2", id="what nobody can be"),
        pytest.param(
            _two_classes, "class: A and B both take in the cell high-large", id="a cell in two classes"
        ),
        pytest.param(_cell_forgotten, "class: nothing takes in the cell high-large", id="a cell in no class"),
        pytest.param(_no_such_cell, "class: no cell high-huge", id="a cell that does not exist"),
        pytest.param(_no_such_field, "tier.top.shoe_size: no such field", id="a field that does not exist"),
        pytest.param(_no_such_words, "tier.top.orders: expected >= 1, < 5, = 0", id="SQL in a condition"),
        pytest.param(
            _no_such_indicator, "score.charm: no such indicator", id="an indicator that does not exist"
        ),
        pytest.param(_no_weight, "score: at least one weight", id="no weight at all"),
        pytest.param(_unknown_key, "abc.d: Extra", id="a key nobody knows"),
        pytest.param(_shares_crossed, "abc: the first share, 90, is above", id="shares the wrong way round"),
        pytest.param(_twice, "tier: other stands there twice", id="a name twice"),
        pytest.param(_class_twice, "class: C stands there twice", id="a class with two services"),
        pytest.param(_quote_in_a_name, "tier.0.name", id="a quote in a name"),
    ],
)
def test_a_planted_fault_is_named(plant: Any, said: str) -> None:
    file = raw()
    plant(file)
    with pytest.raises(BadPartitions) as refused:
        partitions.read("shop.toml", file)
    assert str(refused.value).startswith(f"shop.toml: {said}")
    assert "\n" not in str(refused.value)


def test_a_file_that_is_not_there_or_no_toml_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(BadPartitions, match="No such file"):
        partitions.load(str(tmp_path / "none.toml"))
    (tmp_path / "broken.toml").write_text("version =", encoding="utf-8")
    with pytest.raises(BadPartitions, match="not TOML"):
        partitions.load(str(tmp_path / "broken.toml"))
