"""The file of what may be known, values, and the decade of an age."""

import tomllib
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from bot.rules.intake.cells import Wrong
from bot.rules.people import facts
from bot.rules.people.facts import BadFacts, age_band, checked, load

TODAY = date(2026, 11, 24)
DEFAULTS = Path(facts.__file__).with_name("facts.toml")


@pytest.mark.parametrize(
    ("born", "band"),
    [
        pytest.param(date(1996, 11, 24), "30s", id="the thirtieth birthday itself"),
        pytest.param(date(1996, 11, 25), "20s", id="the day before it"),
        pytest.param(date(2010, 1, 1), "under_20", id="a child"),
        pytest.param(date(1910, 1, 1), "60_plus", id="over a hundred"),
        pytest.param(date(1996, 2, 29), "30s", id="born on a leap day"),
    ],
)
def test_the_decade_of_an_age(born: date, band: str) -> None:
    assert age_band(born, TODAY) == band


@pytest.mark.parametrize(
    ("attribute", "given", "kept"),
    [
        pytest.param("occupation", "student", "student", id="a choice by its name"),
        pytest.param("occupation", "学生", "student", id="by what people see"),
        pytest.param("birthday", "1990年1月2日", "1990-01-02", id="a day as people write it"),
        pytest.param("lunar_birthday", "农历8月15日", "八月十五", id="a lunar day as people write it"),
        pytest.param("city", " 杭州 ", "杭州", id="a few words"),
    ],
)
def test_a_value_is_kept_in_one_form(attribute: str, given: str, kept: str) -> None:
    assert checked(load("").attributes[attribute], given, TODAY) == kept


@pytest.mark.parametrize(
    ("attribute", "given"),
    [
        pytest.param("occupation", "astronaut", id="no choice"),
        pytest.param("birthday", "2027-01-01", id="a day to come"),
        pytest.param("birthday", "yesterday", id="no day"),
        pytest.param("lunar_birthday", "13-1", id="no lunar day"),
        pytest.param("city", "", id="nothing"),
        pytest.param("city", "杭" * 41, id="too long"),
        pytest.param("name", "a\x00b", id="a control character"),
    ],
)
def test_what_is_no_value_is_refused(attribute: str, given: str) -> None:
    with pytest.raises(Wrong):
        checked(load("").attributes[attribute], given, TODAY)


def _without(name: str) -> Callable[[dict[str, Any]], None]:
    def change(raw: dict[str, Any]) -> None:
        raw["attribute"] = [one for one in raw["attribute"] if one["name"] != name]

    return change


def _twice(raw: dict[str, Any]) -> None:
    raw["attribute"].append(raw["attribute"][0])


def _unknown_key(raw: dict[str, Any]) -> None:
    raw["attribute"][0]["colour"] = "red"


def _question_without_choices(raw: dict[str, Any]) -> None:
    next(one for one in raw["attribute"] if one["name"] == "city")["question"] = "您在哪个城市？"


def _without_a_choice(raw: dict[str, Any]) -> None:
    del next(one for one in raw["attribute"] if one["name"] == "strictness")["choice"][0]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        pytest.param(_without("city"), "mine.toml: attribute: city is missing", id="one the code leans on"),
        pytest.param(_twice, "mine.toml: attribute: decision_driver stands there twice", id="twice"),
        pytest.param(_unknown_key, "mine.toml: attribute.0.colour: Extra inputs", id="an unknown key"),
        pytest.param(
            _question_without_choices, "attribute.city: expected choices", id="a question nobody can answer"
        ),
        pytest.param(_without_a_choice, "strictness: the choice tolerant is missing", id="a choice too few"),
    ],
)
def test_a_bad_file_is_refused_in_one_line(change: Callable[[dict[str, Any]], None], said: str) -> None:
    raw = tomllib.loads(DEFAULTS.read_text(encoding="utf-8"))
    change(raw)
    with pytest.raises(BadFacts, match=said):
        facts.read("mine.toml", raw)


def test_a_file_that_is_none_is_named() -> None:
    with pytest.raises(BadFacts, match=r"nowhere\.toml"):
        load("nowhere.toml")


def test_a_shop_may_add_an_attribute_of_its_own(tmp_path: Path) -> None:
    mine = tmp_path / "facts.toml"
    own = '\n[[attribute]]\nname = "tea_time"\nlabel = "喝茶时间"\nenglish = "Tea time"\n'
    mine.write_text(DEFAULTS.read_text(encoding="utf-8") + own, encoding="utf-8")
    assert load(str(mine)).attributes["tea_time"].label == "喝茶时间"
