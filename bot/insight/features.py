"""What a sentence is made of, for the model of intents: characters, pairs of them with or without one between, concepts.

A concept is a set of words for one thing (退货, 退掉, 想退 …), so that what is learned of one word holds for the others.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

from bot.rules.talk.wording import plain

LONGEST_READ = 200  # characters; what somebody wants stands in the beginning, and time grows with the length
CONCEPTS = Path(__file__).with_name("concepts.txt")

_DIGITS = re.compile(r"\d+")
_NO_WORD = re.compile(r"[^0-9a-z\u3400-\u9fff?!]+")
_REPEATED = re.compile(r"(.)\1{2,}")
_SIGN = re.compile(r"[\u2600-\u27bf\U0001f000-\U0001faff]|\[[^\[\]\s]{1,6}\]")  # emoji, WeChat's faces

Words = Mapping[str, tuple[str, ...]]  # a word, and the concepts it stands for
Reach = Mapping[str, int]  # a character, and the length of the longest word that begins with it


class BadConcepts(ValueError):
    """A line of a file of concepts that is none; says which."""


class Block(NamedTuple):
    """Features that are weighed together, what they weigh beside the others, and in how many sentences one must stand."""

    said: Sequence[str]
    share: float
    least: int


@lru_cache(32)
def normal(text: str) -> str:
    """In one form, without what carries no meaning: numbers are one sign, a sign said many times is said twice.

    A message of nothing but emoji or faces is these.
    """
    read = text[: LONGEST_READ * 2]
    whole = _NO_WORD.sub("", _DIGITS.sub("0", plain(read))) or "".join(_SIGN.findall(read))
    return _REPEATED.sub(r"\1\1", whole)[:LONGEST_READ]


def blocks(text: str, words: Words, reach: Reach) -> tuple[Block, ...]:
    """All features of the normal form, whose beginning and end are signs, too.

    Shares and least counts were measured by leaving out one writer after the other. Concepts are a shop's own: ours
    (`concepts.txt`) made understanding worse where other people wrote, and widen the search of the knowledge only.
    """
    marked = f"^{text}$"
    pairs = [one + other for one, other in pairwise(marked)]
    skipping = [f"{one}_{third}" for one, third in zip(marked, marked[2:], strict=False)]
    runs = (Block(list(marked), 0.7, 1), Block(pairs, 1.0, 1), Block(skipping, 0.5, 2))
    return (*runs, Block(concepts(text, words, reach), 0.3, 1)) if words else runs


def concepts(text: str, words: Words, reach: Reach) -> list[str]:
    """Of the normal form: each concept once, and which follows which. Of words within words the outer one counts."""
    said = list(_said(text, words, reach))
    names = [name for _, found in said for name in found]
    follows = [f"{one}>{other}" for one, other in zip(["^", *names], [*names, "$"], strict=True)]
    return [f"#{name}" for name in (*dict.fromkeys(names), *follows)] if names else []


def read_concepts(lines: Iterable[str], origin: str) -> dict[str, tuple[str, ...]]:
    """`name: word word …` a line; `#` begins a comment. Raises `BadConcepts`."""
    found: dict[str, tuple[str, ...]] = {}
    for number, line in enumerate(lines, 1):
        stripped = line.strip()
        if not stripped or stripped.startswith("#"):
            continue
        name, colon, said = stripped.partition(":")
        if not colon or not name.strip() or not said.split():
            raise BadConcepts(f"{origin}:{number}: expected `name: word word …`")
        for word in map(normal, said.split()):
            if word and name.strip() not in found.get(word, ()):
                found[word] = (*found.get(word, ()), name.strip())
    return found


def reach_of(words: Words) -> Reach:
    reach: dict[str, int] = {}
    for word in words:
        reach[word[0]] = max(len(word), reach.get(word[0], 0))
    return reach


def _said(text: str, words: Words, reach: Reach) -> Iterable[tuple[int, tuple[str, ...]]]:
    """Where a word of the concepts stands that is no part of a longer one; from left to right."""
    reached = 0
    for start, sign in enumerate(text):
        for end in range(min(len(text), start + reach.get(sign, 0)), start, -1):
            found = words.get(text[start:end])
            if found is not None:
                if end > reached:
                    reached = end
                    yield start, found
                break
