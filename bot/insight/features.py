"""What a sentence is made of, for the model of intents: characters, pairs of them with or without one between, concepts.

A concept is a set of words for one thing (退货, 退掉, 想退 …), so that what is learned of one word holds for the others.
"""

import re
import zlib
from collections.abc import Iterable, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np

from bot.rules.talk.wording import plain

LONGEST_READ = 200  # characters; what somebody wants stands in the beginning, and time grows with the length
CONCEPTS = Path(__file__).with_name("concepts.txt")

_DIGITS = re.compile(r"\d+")
_NO_WORD = re.compile(r"[^0-9a-z\u3400-\u9fff?!]+")
_REPEATED = re.compile(r"(.)\1{2,}")
_SIGN = re.compile(r"[\u2600-\u27bf\U0001f000-\U0001faff]|\[[^\[\]\s]{1,6}\]")  # emoji, WeChat's faces

# Characters, pairs, pairs with one between, concepts: what each kind weighs beside the others, and in how many sentences one must
# stand. Measured by leaving out one writer after the other. Concepts are a shop's own: ours (`concepts.txt`) made understanding worse
# where other people wrote, and widen the search of the knowledge only.
SHARES = np.array([0.7, 1.0, 0.5, 0.3])
LEAST = np.array([1, 1, 2, 1])
_BITS = np.int64(21)  # of a character
_BELOW_KIND = 2 * _BITS
_PAIR, _SKIPPING, _CONCEPT = (np.int64(kind) << _BELOW_KIND for kind in (1, 2, 3))

Numbers: TypeAlias = np.ndarray[Any, np.dtype[np.int64]]
Words = Mapping[str, tuple[str, ...]]  # a word, and the concepts it stands for
Reach = Mapping[str, int]  # a character, and the length of the longest word that begins with it


class BadConcepts(ValueError):
    """A line of a file of concepts that is none; says which."""


@lru_cache(32)
def normal(text: str) -> str:
    """In one form, without what carries no meaning: numbers are one sign, a sign said many times is said twice.

    A message of nothing but emoji or faces is these.
    """
    read = text[: LONGEST_READ * 2]
    whole = _NO_WORD.sub("", _DIGITS.sub("0", plain(read))) or "".join(_SIGN.findall(read))
    return _REPEATED.sub(r"\1\1", whole)[:LONGEST_READ]


def numbers(text: str, words: Words, reach: Reach) -> Numbers:
    """Every feature of the normal form, whose beginning and end are signs, too, as a number; what is said twice stands twice.

    A number is a feature's own, so that nobody keeps their names: two characters side by side below what kind they are.
    """
    signs = np.frombuffer(f"^{text}$".encode("utf-32-le", "surrogatepass"), dtype="<u4").astype(np.int64)
    before = signs << _BITS
    runs = (signs, _PAIR | before[:-1] | signs[1:], _SKIPPING | before[:-2] | signs[2:])
    if not words:
        return np.concatenate(runs)
    named = [_CONCEPT | zlib.crc32(name.encode()) for name in concepts(text, words, reach)]
    return np.concatenate((*runs, np.array(named, dtype=np.int64)))


def kinds(found: Numbers) -> Numbers:
    return found >> _BELOW_KIND


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
