"""Finds the operator's knowledge entry a question is about, and says how sure that is.

BM25 over what an entry asks, its keywords and its answer: single characters, pairs of them, and the concepts words
stand for, so that 退掉 finds what was written of 退货. Where intents are learned, an entry that answers the same kind
of wish is preferred. A score is the confidence that the entry is the right one, fitted on the demo shop's questions,
a fifth of which nobody wrote about; under `LEAST_SCORE` silence is better than an answer.
"""

import math
import re
from array import array
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import pairwise
from typing import Any, Protocol, TypeAlias

import numpy as np

from bot.insight import features
from bot.rules.talk.wording import plain
from bot.values.knowledge import Entry, Found

LEAST_SCORE = 0.65  # measured on tests/bot/insight: below it unrelated questions begin to be answered
NEAR_SCORE = 0.2  # worth asking back
LONGEST_QUESTION = 200  # characters; nobody's question is longer, and time grows with it
MOST_JUDGED = 8
HELD = 16  # texts whose terms are kept: entries and products are asked for one after the other

SINGLE = 0.5  # what a single character weighs beside a pair
CONCEPT = 0.5
ABOUT = 0.5  # what the question is about, though it does not say so
ASKED, KEYWORDS, ANSWERED = 1.5, 1.0, 0.6  # how much a term of each counts for the entry
SATURATION, LENGTH = 1.2, 0.4  # BM25's k1 and b
LEANING = 0.4  # how much of the score hangs on the kind of wish
UNKNOWN = 0.5  # of the rarity of a term nobody wrote: it may be another word for one that somebody did
SEEN_AMONG = 120.0  # entries of the shop the confidence was fitted on

# of the confidence: share of the question that is answered, amount of it, distance to the next entry, kind of wish
JUDGED = np.array([2.5152075, 2.14434553, 2.95601796, 2.43201601, -8.44083805])
JUDGED_WITHOUT_WISH = np.array([3.52224552, 1.95689492, 2.84602089, 0.0, -6.71437958])

_RUNS = re.compile(r"[0-9a-z]+(?:\.[0-9]+)?|[\u3400-\u9fff]+")
_FILLER = re.compile(
    r"你好|您好|请问|请教|麻烦|谢谢|我想问一下|我想问|想问一下|想问|问一下|问下|咨询一下|咨询|想知道|知道|告诉我|有没有|是不是|能不能|可不可以|要不要|会不会|"
    r"怎么样|怎么办|怎么|怎样|如何|为什么|为啥|什么样|什么|哪些|哪个|哪种|多少|可以|应该|需要|一下|一个|这个|那个|这款|那款|这种|这些|"
    r"你们家|你们|你家|咱们|我们|您们|现在|今天|今年|就是|还是|或者|但是|因为|所以|如果|的话|我|你|您|的|了|吗|呢|啊|吧|呀|哦|嘛|么|着|很|也|都|就|还|要|想|是|有|在|和|与|跟|把|被|给|让|对|那|这|啥|个"
)
_CONCEPTS = features.read_concepts(
    features.CONCEPTS.read_text(encoding="utf-8").splitlines(), features.CONCEPTS.name
)
_LONGEST_CONCEPT = max(map(len, _CONCEPTS))

Numbers: TypeAlias = np.ndarray[Any, np.dtype[np.signedinteger[Any]]]  # of entries, ascending
Shares: TypeAlias = np.ndarray[Any, np.dtype[np.float32]]
Leaning: TypeAlias = Callable[[str], Shares]  # of a text: the confidence in each kind of wish


class KnowledgeIndex(Protocol):
    """In memory, shared by threads; replaced as a whole when the entries change."""

    def search(self, question: str, *, most: int = 3, about: str = "") -> list[Found]:
        """Best first; empty when nothing is near enough to be said to a customer.

        `about` names what the question is about without saying so: the product the customer looks at.
        """
        ...

    def near(self, question: str, *, most: int = 3) -> list[Found]:
        """Best first, also what is too far to be the answer: worth the question "did you mean"."""
        ...

    def ranked(self, question: str, *, most: int = 3) -> list[Found]:
        """Best first, however far."""
        ...

    def entry(self, entry_id: str) -> Entry | None: ...

    def replace(self, entries: Iterable[Entry], version: str) -> None: ...

    def lean(self, leaning: Leaning) -> None:
        """From now on entries that answer the same kind of wish are preferred."""
        ...

    @property
    def version(self) -> str: ...


@dataclass(frozen=True, slots=True)
class _Words:
    """One version of the index; never changed once it is made, so that threads read it without a lock."""

    version: str = ""
    entries: tuple[Entry, ...] = ()
    codes: Any = field(default_factory=lambda: np.zeros(0, dtype=np.int64))  # of the terms, ascending
    starts: Any = field(default_factory=lambda: np.zeros(1, dtype=np.int64))  # of each term, in the next two
    numbers: Any = field(default_factory=lambda: np.zeros(0, dtype=np.int32))  # entries that have it
    values: Any = field(default_factory=lambda: np.zeros(0, dtype=np.float32))  # what it is worth there
    rarity: Any = field(default_factory=lambda: np.zeros(0, dtype=np.float32))  # of each term
    unheard: float = 1.0  # the rarity of a term nobody wrote
    leaning: Leaning | None = None
    wishes: Shares | None = None  # of each entry, the roots of the confidence in each kind of wish

    def places(self, terms: Iterable[str]) -> list[int]:
        """Of each term, in their order; -1 for one that nobody wrote."""
        codes = np.fromiter(map(hash, terms), dtype=np.int64)
        if not len(self.codes):
            return [-1] * len(codes)
        at = np.minimum(np.searchsorted(self.codes, codes), len(self.codes) - 1)
        found: list[int] = np.where(self.codes[at] == codes, at, -1).tolist()
        return found


class WordIndex:
    def __init__(self) -> None:
        self._words = _Words()
        self._leaning: Leaning | None = None

    @property
    def version(self) -> str:
        return self._words.version

    def replace(self, entries: Iterable[Entry], version: str) -> None:
        self._words = _words(tuple(entries), version, self._leaning, self._words)

    def lean(self, leaning: Leaning) -> None:
        self._leaning = leaning
        self._words = _words(self._words.entries, self._words.version, leaning)

    def search(self, question: str, *, most: int = 3, about: str = "") -> list[Found]:
        found = _found(self._words, question, about)
        return found[:most] if found and found[0].score >= LEAST_SCORE else []

    def near(self, question: str, *, most: int = 3) -> list[Found]:
        found = _found(self._words, question, "")
        return found[:most] if found and found[0].score >= NEAR_SCORE else []

    def ranked(self, question: str, *, most: int = 3) -> list[Found]:
        return _found(self._words, question, "")[:most]

    def entry(self, entry_id: str) -> Entry | None:
        return next((entry for entry in self._words.entries if entry.id == entry_id), None)


@lru_cache(HELD)
def terms(text: str) -> Mapping[str, float]:
    """Characters, pairs of them and Latin words without what every question has, and concepts: each with its worth."""
    found: dict[str, float] = {}
    for run in _RUNS.findall(_FILLER.sub(" ", plain(text))):
        if run.isascii():
            found[run] = 1.0
        else:
            found.update(dict.fromkeys(run, SINGLE))
            found.update(dict.fromkeys(map("".join, pairwise(run)), 1.0))
    for concept in features.concepts(features.normal(text), _CONCEPTS, _LONGEST_CONCEPT):
        if ">" not in concept:
            found[concept] = CONCEPT
    return found


def _found(words: _Words, question: str, about: str) -> list[Found]:
    """The nearest, best first; the score of the first is its confidence, those behind have theirs or less."""
    question = question[:LONGEST_QUESTION]
    said = dict(terms(question))
    if not said or not words.entries:
        return []
    unknown = words.unheard * UNKNOWN
    rarity = [float(words.rarity[at]) if at >= 0 else unknown for at in words.places(said)]
    total = sum(worth * rare for worth, rare in zip(said.values(), rarity, strict=True))
    for term, worth in terms(about[:LONGEST_QUESTION]).items():
        said.setdefault(term, worth * ABOUT)
    amounts = _added_up(words, said)
    wish = _same_wish(words, question)
    scores = amounts / total * (1 - LEANING + LEANING * wish)
    best = np.argpartition(-scores, min(MOST_JUDGED, len(scores) - 1))[:MOST_JUDGED]
    best = best[np.lexsort((best, -scores[best]))]
    best = best[scores[best] > 0]
    return [
        Found(words.entries[number], confidence)
        for number, confidence in zip(
            best.tolist(), _confidence(words, scores, amounts, wish, best), strict=True
        )
    ]


def _confidence(words: _Words, scores: Shares, amounts: Shares, wish: Shares, best: Numbers) -> list[float]:
    judged = JUDGED if words.wishes is not None else JUDGED_WITHOUT_WISH
    usual = (
        math.log1p(SEEN_AMONG * 2) / words.unheard
    )  # as if there were as many entries as when it was fitted
    found: list[float] = []
    for place, number in enumerate(best.tolist()):
        rival = max((float(scores[other]) for other in best.tolist()[place + 1 : place + 2]), default=0.0)
        told = (
            float(scores[number]),
            math.log1p(float(amounts[number]) * usual),
            (float(scores[number]) - rival) / float(scores[number]) if place == 0 else 0.0,
            float(wish[number]),
            1.0,
        )
        confidence = 1 / (1 + math.exp(-float(judged @ np.array(told))))
        found.append(min([confidence, *found[-1:]]))
    return found


def _added_up(words: _Words, said: Mapping[str, float]) -> Shares:
    sums = np.zeros(len(words.entries), dtype=np.float32)
    for at, worth in zip(words.places(said), said.values(), strict=True):
        if at >= 0:
            start, end = int(words.starts[at]), int(words.starts[at + 1])
            sums[words.numbers[start:end]] += worth * words.values[start:end]
    return sums


def _same_wish(words: _Words, question: str) -> Shares:
    """Of each entry, from 0 to 1, how much it answers the kind of wish that the question is."""
    if words.leaning is None or words.wishes is None:
        return np.ones(len(words.entries), dtype=np.float32)
    same: Shares = words.wishes @ np.sqrt(words.leaning(question))
    return same


def _words(
    entries: tuple[Entry, ...], version: str, leaning: Leaning | None, before: _Words | None = None
) -> _Words:
    """All in flat arrays: ten thousand entries have a million terms, and a list for each would not fit."""
    codes, amounts, counts = array("q"), array("f"), array("i")
    for entry in entries:
        weighed = _weighed(entry)
        codes.extend(map(hash, weighed))
        amounts.extend(weighed.values())
        counts.append(len(weighed))
    times, sizes = np.array(amounts, dtype=np.float32), np.array(counts, dtype=np.int64)
    order = np.argsort(np.array(codes, dtype=np.int64), kind="stable")
    known, starts = np.unique(np.array(codes, dtype=np.int64)[order], return_index=True)
    often = np.diff(np.append(starts, len(order)))
    rarity = np.log1p((len(entries) - often + 0.5) / (often + 0.5)).astype(np.float32)
    numbers = np.repeat(np.arange(len(entries), dtype=np.int32), sizes)
    lengths = np.bincount(numbers, weights=times, minlength=len(entries))
    usual = float(lengths.mean()) if entries else 1.0
    room = (SATURATION * (1 - LENGTH + LENGTH * lengths / (usual or 1.0))).astype(np.float32)[numbers]
    values = (times * (SATURATION + 1) / (times + room))[order] * np.repeat(rarity, often)
    return _Words(
        version=version,
        entries=entries,
        codes=known,
        starts=np.append(starts, len(order)),
        numbers=numbers[order],
        values=values,
        rarity=rarity,
        unheard=_rarity(len(entries), 0),
        leaning=leaning,
        wishes=_wishes(entries, leaning, before),
    )


def _wishes(entries: tuple[Entry, ...], leaning: Leaning | None, before: _Words | None) -> Shares | None:
    """Asked of the model only where a question is new: it takes most of the time of putting entries in."""
    if leaning is None or not entries:
        return None
    known: dict[str, Shares] = {}
    if before is not None and before.leaning == leaning and before.wishes is not None:
        known = {entry.question: row for entry, row in zip(before.entries, before.wishes, strict=True)}
    rows = [
        known[entry.question] if entry.question in known else np.sqrt(leaning(entry.question))
        for entry in entries
    ]
    return np.array(rows, dtype=np.float32)


def _weighed(entry: Entry) -> dict[str, float]:
    """How often each term stands in the entry, by where it stands."""
    found: dict[str, float] = {}
    for text, counts in ((entry.question, ASKED), (entry.keywords, KEYWORDS), (entry.answer, ANSWERED)):
        for term, worth in terms(text).items():
            found[term] = found.get(term, 0.0) + counts * worth
    return found


def _rarity(entries: int, containing: float) -> float:
    """BM25's: how surprising it is to meet the term."""
    return math.log(1 + (entries - containing + 0.5) / (containing + 0.5))
