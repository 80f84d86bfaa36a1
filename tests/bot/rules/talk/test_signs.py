"""A text without any of a pattern's signs does not match it; and no rule of the talk answers otherwise because of that."""

import re
from collections.abc import Callable, Iterator
from importlib import import_module
from pkgutil import iter_modules
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import bot.rules.talk
from bot.insight.intent_learning import EXAMPLES
from bot.rules.talk.signs import needs_a_sign, signs_of

TEXTS = sorted(
    {
        line.strip()
        for file in EXAMPLES.glob("*.txt")
        for line in file.read_text(encoding="utf-8").splitlines()
    }
)


@pytest.mark.parametrize(
    ("pattern", "signs"),
    [
        pytest.param("退订", "订", id="of what must all stand there, the one that fewest texts have"),
        pytest.param("(?:请|我)*退订?", "退", id="what may be missing is not needed"),
        pytest.param("绑定|联系", "绑联", id="one of each way"),
        pytest.param("(?:绑定){2}", "绑", id="what is repeated"),
        pytest.param("[绑联]", "绑联", id="one of several"),
        pytest.param("1[3-9]", "1", id="digits"),
        pytest.param("绑(?!定)", "绑", id="what must not follow"),
        pytest.param("绑(?=联系)", "绑", id="what only follows"),
        pytest.param("绑定|", None, id="nothing at all"),
        pytest.param("[^绑]", None, id="anything else"),
        pytest.param("(?i)bind", None, id="in capitals or not"),
    ],
)
def test_what_a_pattern_needs(pattern: str, signs: str | None) -> None:
    found = signs_of([re.compile(pattern)])
    assert found == (None if signs is None else frozenset(signs))


def test_of_several_patterns_one_is_enough() -> None:
    assert signs_of([re.compile("绑定"), re.compile("退订")]) == frozenset("绑订")
    assert signs_of([re.compile("绑定"), re.compile("订?")]) is None


def test_without_a_sign_the_rule_is_not_asked() -> None:
    asked: list[str] = []

    @needs_a_sign(re.compile("退订"), otherwise=False)
    def stops(text: str) -> bool:
        asked.append(text)
        return True

    assert [stops("我要退訂"), stops("我要退货")] == [True, False]
    assert asked == ["我要退訂"]


@given(st.text(alphabet="我要退订绑定一下吗123 ，A", max_size=12))
def test_what_matches_has_a_sign(text: str) -> None:
    for pattern in (r"(?:我|要)*退(?:订|定)+", r"绑.{0,2}[1-3]|[一下]{2}吗?", r"(?<!我)要?(?:A|，){1,2}"):
        compiled = re.compile(pattern)
        signs = signs_of([compiled])
        assert signs is not None
        assert compiled.search(text) is None or not signs.isdisjoint(text)


def rules() -> Iterator[tuple[str, Callable[[str], Any]]]:
    for one in iter_modules(bot.rules.talk.__path__):
        module = import_module(f"bot.rules.talk.{one.name}")
        for name, rule in vars(module).items():
            if getattr(rule, "__module__", "") == module.__name__ and hasattr(rule, "needed"):
                yield f"{one.name}.{name}", rule


@pytest.mark.parametrize(
    ("name", "rule"), list(rules()), ids=lambda given: given if isinstance(given, str) else ""
)
def test_no_rule_answers_otherwise_because_of_it(name: str, rule: Any) -> None:
    assert rule.needed, f"{name} is told nothing by its patterns"
    for text in TEXTS[::7]:
        assert rule(text) == rule.__wrapped__(text), text
