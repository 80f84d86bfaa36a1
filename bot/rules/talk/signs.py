"""What must stand in a text for a pattern to match: most texts have none of it, and then the pattern need not be tried.

Found out of the pattern itself, so that nobody keeps a list beside it. Pure.
"""

import re
from collections.abc import Callable, Iterable
from functools import lru_cache, wraps
from importlib import import_module
from typing import Any, TypeVar

from bot.rules.talk.wording import HELD, plain

T = TypeVar("T")
D = TypeVar("D")
Signs = frozenset[str]

MOST_IN_A_RANGE = 64  # signs; 一-龥 tells nothing
_COMMON = "的我了不一个吗你是有么能没还那要到们这好给发下来用怎天买什想看点会单几可货退多就"  # customers' commonest signs, in order
_WEIGHTS = {sign: 1000 // (place + 2) for place, sign in enumerate(_COMMON)}
_RARE = 5
_parser: Any = import_module("re._parser")  # of the standard library, what `re.compile` itself reads with


def needs_a_sign(
    *patterns: re.Pattern[str], otherwise: D
) -> Callable[[Callable[[str], T]], Callable[[str], T | D]]:
    """Answers `otherwise` for a text that has no sign of any of these, of which one must match for anything else.

    They may look at the text in its `plain` form, or at parts of that.
    """
    needed = signs_of(patterns)

    def of(function: Callable[[str], T]) -> Callable[[str], T | D]:
        if needed is None:
            return function

        @wraps(function)
        def asked(text: str) -> T | D:
            return otherwise if needed.isdisjoint(_signs_in(text)) else function(text)

        asked.needed = needed  # type: ignore[attr-defined]
        return asked

    return of


def signs_of(patterns: Iterable[re.Pattern[str]]) -> Signs | None:
    """Of these, every match of any holds one; None where that cannot be told."""
    return _any(_of_pattern(pattern) for pattern in patterns)


@lru_cache(HELD)
def _signs_in(text: str) -> Signs:
    return frozenset(plain(text))


def _of_pattern(pattern: re.Pattern[str]) -> Signs | None:
    if pattern.flags & re.IGNORECASE:
        return None
    return _of_all(_parser.parse(pattern.pattern, pattern.flags))


def _any(each: Iterable[Signs | None]) -> Signs | None:
    found: set[str] = set()
    for signs in each:
        if signs is None:
            return None
        found |= signs
    return frozenset(found)


def _of_all(steps: Iterable[tuple[Any, Any]]) -> Signs | None:
    """One after the other: the one of them that fewest texts have."""
    told = [signs for name, what in steps if (signs := _of_step(str(name), what)) is not None]
    return min(told, key=_weight, default=None)


def _of_step(name: str, what: Any) -> Signs | None:
    match name:
        case "LITERAL":
            return frozenset(chr(what))
        case "IN":
            return _any(_of_choice(str(kind), value) for kind, value in what)
        case "BRANCH":
            return _any(map(_of_all, what[1]))
        case "SUBPATTERN":
            return None if what[1] & re.IGNORECASE else _of_all(what[3])
        case "MAX_REPEAT" | "MIN_REPEAT" if what[0] > 0:
            return _of_all(what[2])
        case _:  # looks around, or needs nothing
            return None


def _of_choice(kind: str, value: Any) -> Signs | None:
    if kind == "LITERAL":
        return frozenset(chr(value))
    if kind == "RANGE" and value[1] - value[0] < MOST_IN_A_RANGE:
        return frozenset(map(chr, range(value[0], value[1] + 1)))
    return None


def _weight(signs: Signs) -> int:
    return sum(_WEIGHTS.get(sign, _RARE) for sign in signs)
