"""What a sentence is made of, for the model of intents: runs of characters, and the concepts its words stand for.

A concept is a set of words for one thing (退货, 退掉, 想退 …), so that what is learned of one word holds for the others.
"""

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from pathlib import Path

from bot.rules.talk.wording import plain

LONGEST_READ = 200  # characters; what somebody wants stands in the beginning, and time grows with the length
RUNS = (1, 2)  # lengths of the runs of characters; measured: longer ones help where there are many sentences
CONCEPT_SHARE = 0.7  # what concepts weigh beside runs; measured by cross-validation
CONCEPTS = Path(__file__).with_name("concepts.txt")

_DIGITS = re.compile(r"\d+")
_NO_WORD = re.compile(r"[^0-9a-z\u3400-\u9fff?!]+")
_REPEATED = re.compile(r"(.)\1{2,}")

Words = Mapping[str, tuple[str, ...]]  # a word, and the concepts it stands for


class BadConcepts(ValueError):
    """A line of a file of concepts that is none; says which."""


@lru_cache(32)
def normal(text: str) -> str:
    """In one form, without what carries no meaning: numbers are one sign, a sign said many times is said twice."""
    whole = _NO_WORD.sub("", _DIGITS.sub("0", plain(text[: LONGEST_READ * 2])))
    return _REPEATED.sub(r"\1\1", whole)[:LONGEST_READ]


def runs(text: str) -> list[str]:
    """Of the normal form; its beginning and end are signs, too."""
    marked = f"^{text}$"
    return [marked[at : at + length] for length in RUNS for at in range(len(marked) - length + 1)]


def concepts(text: str, words: Words, longest: int) -> list[str]:
    """Of the normal form: each concept once, and which follows which. Of words within words the outer one counts."""
    said = list(_said(text, words, longest))
    names = [name for _, found in said for name in found]
    follows = [f"{one}>{other}" for one, other in zip(["^", *names], [*names, "$"], strict=True)]
    return [f"#{name}" for name in (*dict.fromkeys(names), *follows)] if names else []


def blocks(text: str, words: Words, longest: int) -> tuple[tuple[list[str], float], ...]:
    """All features of the normal form: those of one block are weighed together, and the block has its share."""
    return (runs(text), 1.0), (concepts(text, words, longest), CONCEPT_SHARE)


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


def _said(text: str, words: Words, longest: int) -> Iterable[tuple[int, tuple[str, ...]]]:
    """Where a word of the concepts stands that is no part of a longer one; from left to right."""
    reached = 0
    for start in range(len(text)):
        for end in range(min(len(text), start + longest), start, -1):
            found = words.get(text[start:end])
            if found is not None:
                if end > reached:
                    reached = end
                    yield start, found
                break
