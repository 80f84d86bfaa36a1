"""Which of several things a customer means by the product words they used: pure, told only text."""

import re
from collections.abc import Callable, Sequence
from typing import TypeVar

from bot.rules.talk.wording import compact

T = TypeVar("T")
_SIZE = re.compile(r"\s.*|[（(].*")
_DOES = "泡煮烧磨煎炒炖切洗擦装储"
_THING = re.compile(r"[\u4e00-\u9fff]{2,}")


def best_named(words: str, things: Sequence[T], names_of: Callable[[T], Sequence[str]]) -> list[T]:
    """Those whose product names share the longest run of characters with `words`; none when nothing is shared.

    Two characters must be shared, or the one that was said (那把壶).
    """
    said = compact(words)
    shared = [
        max((longest_shared(said, compact(name)) for name in names_of(thing)), default=0) for thing in things
    ]
    longest = max(shared, default=0)
    if longest == 0 or longest < min(2, len(said)):
        return []
    return [thing for thing, length in zip(things, shared, strict=True) if length == longest]


def of_that_kind(words: str, things: Sequence[T], names_of: Callable[[T], Sequence[str]]) -> list[T]:
    """Those of whose names the thing itself, before its size, ends as the words do: 茶壶 may be a 紫砂壶 180 毫升."""
    kind = _kind(words)
    if not kind:
        return []
    return [thing for thing in things if any(_kind(name) == kind for name in names_of(thing))]


def is_an_activity(words: str, name: str) -> bool:
    """磨刀 of 双面磨刀石, 泡茶 of 「初见」泡茶入门套装: what one does, which may be all they speak of; not 炒锅 of 熟铁炒锅."""
    thing = _thing(name)
    return words[:1] in tuple(_DOES) and words in thing and not thing.endswith(words)


def is_called(words: str, name: str) -> bool:
    """红茶 for 祁门红茶, 锡罐 for 纯锡茶叶罐; 入门 is only a part of 「初见」泡茶入门套装."""
    return _thing(name).endswith(words[-1:])


def _thing(name: str) -> str:
    return compact(_SIZE.sub("", name))


def _kind(name: str) -> str:
    found = _THING.findall(name)
    return found[0][-1] if found else ""


def longest_shared(one: str, other: str) -> int:
    """Length of the longest run of characters that stands in both."""
    longest = 0
    for start in range(len(one)):
        while one[start : start + longest + 1] in other and start + longest < len(one):
            longest += 1
    return longest
