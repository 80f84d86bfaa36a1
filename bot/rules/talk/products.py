"""Which of several things a customer means by the product words they used: pure, told only text."""

from collections.abc import Callable, Sequence
from typing import TypeVar

from bot.rules.talk.wording import compact

T = TypeVar("T")


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


def longest_shared(one: str, other: str) -> int:
    """Length of the longest run of characters that stands in both."""
    longest = 0
    for start in range(len(one)):
        while one[start : start + longest + 1] in other and start + longest < len(one):
            longest += 1
    return longest
