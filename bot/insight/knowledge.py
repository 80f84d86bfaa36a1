"""Finds the operator's knowledge entry a question is about, by words: pairs of characters, weighed by rarity.

An entry's score is how much of what the question says it knows (each pair weighs as much as it is rare), with a
share for how much of the entry's own question was asked. What nobody wrote about weighs most and is known by none,
so an unrelated question stays under the threshold. Never thinks of synonyms: those are the operator's keywords.
"""

import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any, Protocol, TypeAlias

import numpy as np

from bot.rules.wording import compact, plain
from bot.values.knowledge import Entry, Found

LEAST_SCORE = 0.45  # measured on tests/bot/insight: below it unrelated questions begin to be answered
NEAR_SCORE = 0.25  # worth asking back
ANSWER_WEIGHT = 0.35  # what stands only in the answer is a hint, no more
SINGLE_WEIGHT = 0.25  # a single character says little
SEAM_WEIGHT = 0.4  # a pair nobody wrote of characters everybody writes: mostly the seam between two words
ASKED_SHARE = 0.3  # of the score: how much of the entry's own question was asked
PHRASE_WORTH = 0.05  # a character of a keyword said in full; it only orders what was found
RESCORED = 8
LONGEST_QUESTION = 200  # characters; nobody's question is longer, and time grows with it

_RUNS = re.compile(r"[0-9a-z]+(?:\.[0-9]+)?|[\u3400-\u9fff]+")
_FILLER = re.compile(
    r"你好|您好|请问|请教|麻烦|谢谢|我想问一下|我想问|想问一下|想问|问一下|问下|咨询一下|咨询|想知道|知道|告诉我|有没有|是不是|能不能|可不可以|要不要|会不会|"
    r"怎么样|怎么办|怎么|怎样|如何|为什么|为啥|什么样|什么|哪些|哪个|哪种|多少|可以|应该|需要|一下|一个|这个|那个|这款|那款|这种|这些|"
    r"你们家|你们|你家|咱们|我们|您们|现在|今天|今年|就是|还是|或者|但是|因为|所以|如果|的话|我|你|您|的|了|吗|呢|啊|吧|呀|哦|嘛|么|着|很|也|都|就|还|要|想|是|有|在|和|与|跟|把|被|给|让|对|那|这|啥|个"
)


Numbers: TypeAlias = np.ndarray[Any, np.dtype[np.intp]]  # of entries, ascending
Shares: TypeAlias = np.ndarray[Any, np.dtype[np.float64]]  # one of each entry


class KnowledgeIndex(Protocol):
    """In memory, shared by threads; replaced as a whole when the entries change."""

    def search(self, question: str, *, most: int = 3) -> list[Found]:
        """Best first; empty when nothing is near enough to be said to a customer."""
        ...

    def near(self, question: str, *, most: int = 3) -> list[Found]:
        """Best first, also what is too far to be the answer: worth the question "did you mean"."""
        ...

    def entry(self, entry_id: str) -> Entry | None: ...

    def replace(self, entries: Iterable[Entry], version: str) -> None: ...

    @property
    def version(self) -> str: ...


@dataclass(frozen=True, slots=True)
class _Words:
    """One version of the index; never changed once it is made, so that threads read it without a lock."""

    version: str = ""
    entries: tuple[Entry, ...] = ()
    asked_in: Mapping[str, Numbers] = field(default_factory=dict)  # term → entries that ask with it
    answered_in: Mapping[str, Numbers] = field(
        default_factory=dict
    )  # term → entries that only answer with it
    rarity: Mapping[str, float] = field(default_factory=dict)
    asked: Shares = field(default_factory=lambda: np.ones(0))  # the rarity of all terms of its own question
    phrases: tuple[tuple[str, ...], ...] = ()  # by entry: its keywords of two characters and more
    unheard: float = 1.0  # the rarity of a term nobody wrote


class WordIndex:
    def __init__(self) -> None:
        self._words = _Words()

    @property
    def version(self) -> str:
        return self._words.version

    def replace(self, entries: Iterable[Entry], version: str) -> None:
        self._words = _words(tuple(entries), version)

    def search(self, question: str, *, most: int = 3) -> list[Found]:
        return self._found(question, most, LEAST_SCORE)

    def near(self, question: str, *, most: int = 3) -> list[Found]:
        return self._found(question, most, NEAR_SCORE)

    def entry(self, entry_id: str) -> Entry | None:
        return next((entry for entry in self._words.entries if entry.id == entry_id), None)

    def _found(self, question: str, most: int, least: float) -> list[Found]:
        words = self._words
        said = terms(question[:LONGEST_QUESTION])
        weights = {term: _weight(words, term) for term in said}
        total = sum(weights.values())
        if not total or not words.entries:
            return []
        scored = _scored(words, weights, total, least)
        whole = compact(question[:LONGEST_QUESTION])
        best = [
            (score + _phrases_worth(words.phrases[number], whole), score, number) for score, number in scored
        ]
        best.sort(key=lambda found: (-found[0], found[2]))
        return [Found(words.entries[number], min(score, 1.0)) for _, score, number in best[:most]]


def terms(text: str) -> list[str]:
    """Pairs of Chinese characters, single ones, and Latin words, without what every question has."""
    found: dict[str, None] = {}
    for run in _RUNS.findall(_FILLER.sub(" ", plain(text))):
        if run.isascii():
            found[run] = None
        else:
            found.update(dict.fromkeys(run))
            found.update(dict.fromkeys(map("".join, pairwise(run))))
    return list(found)


def _score(known: Shares, asked: Shares) -> Shares:
    return (1 - ASKED_SHARE) * known + ASKED_SHARE * asked


def _phrases_worth(phrases: tuple[str, ...], question: str) -> float:
    return PHRASE_WORTH * sum(min(len(phrase), 4) for phrase in phrases if phrase in question)


def _weight(words: _Words, term: str) -> float:
    heard = words.rarity.get(term)
    if heard is not None:
        return _kind_weight(term) * heard
    is_seam = len(term) == 2 and term[0] in words.rarity and term[1] in words.rarity
    return _kind_weight(term) * words.unheard * (SEAM_WEIGHT if is_seam else 1.0)


def _kind_weight(term: str) -> float:
    return SINGLE_WEIGHT if len(term) == 1 and not term.isascii() else 1.0


def _scored(
    words: _Words, weights: Mapping[str, float], total: float, least: float
) -> list[tuple[float, int]]:
    """Score and number of the best `RESCORED` entries that reach `least`, best first.

    What stands only in answers can lift an entry, never bring one in. All entries at once: adding up arrays of ten
    thousand costs less than looking at a hundred entries one by one.
    """
    asks = _added_up(words.asked_in, weights, len(words.entries))
    knows = asks + ANSWER_WEIGHT * _added_up(words.answered_in, weights, len(words.entries))
    scores = _score(knows / total, asks / words.asked)
    scores[asks == 0] = 0.0
    found = np.flatnonzero(scores >= least)
    best = found[np.lexsort((found, -scores[found]))[:RESCORED]]
    return list(zip(scores[best].tolist(), best.tolist(), strict=True))


def _added_up(places: Mapping[str, Numbers], weights: Mapping[str, float], entries: int) -> Shares:
    sums = np.zeros(entries)
    for term, weight in weights.items():
        if (numbers := places.get(term)) is not None:
            sums[numbers] += weight
    return sums


def _words(entries: tuple[Entry, ...], version: str) -> _Words:
    asked_in: dict[str, list[int]] = {}
    answered_in: dict[str, set[int]] = {}
    questions = []
    for number, entry in enumerate(entries):
        question = terms(entry.question)
        questions.append(question)
        asking = {*question, *terms(entry.keywords)}
        for term in asking:
            asked_in.setdefault(term, []).append(number)
        for term in terms(entry.answer):
            if len(term) > 1 and term not in asking:
                answered_in.setdefault(term, set()).add(number)
    often = {
        term: len(asked_in.get(term, ())) + len(answered_in.get(term, ()))
        for term in asked_in.keys() | answered_in.keys()
    }
    rarity = {term: _rarity(len(entries), count) for term, count in often.items()}
    phrases = tuple(tuple(p for p in map(compact, entry.keywords.split()) if len(p) > 1) for entry in entries)
    return _Words(
        version=version,
        entries=entries,
        asked_in={term: np.array(numbers) for term, numbers in asked_in.items()},
        answered_in={term: np.array(sorted(numbers)) for term, numbers in answered_in.items()},
        rarity=rarity,
        asked=np.array(
            [sum(_kind_weight(term) * rarity[term] for term in question) or 1.0 for question in questions]
        ),
        phrases=phrases,
        unheard=_rarity(len(entries), 0.5),
    )


def _rarity(entries: int, containing: float) -> float:
    """BM25's: how surprising it is to meet the term."""
    return math.log(1 + (entries - containing + 0.5) / (containing + 0.5)) if entries > containing else 0.05
