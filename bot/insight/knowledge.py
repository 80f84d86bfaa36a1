"""Finds the operator's knowledge entry a question is about, and says how sure that is.

BM25 over what an entry asks, the other wordings of it, its keywords and its answer: single characters, pairs of them,
and the concepts words stand for, so that 退掉 finds what was written of 退货. Where intents are learned, an entry that
answers the same kind of wish is preferred. A score is the confidence that the entry is the right one, fitted on the
demo shop's questions, a part of which nobody wrote about; under `LEAST_SCORE` silence is better than an answer.
"""

import math
import operator
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import Any, Protocol

import numpy as np

from bot.insight.knowledge_terms import HELD, is_told, of_question, of_text
from bot.insight.knowledge_words import Bar, Floats, Leaning, Words, all_terms, words_of
from bot.values.knowledge import Entry, Found

LEAST_SCORE = 0.55  # of 117 questions nobody wrote about, half of them near to what the shop sells, 11 % are answered from here
NEAR_SCORE = 0.06  # worth asking back
LONGEST_QUESTION = 200  # characters; nobody's question is longer, and time grows with it
MOST_JUDGED = 8
WORTH_JUDGING = 0.25  # of what the best has: who has less cannot be the answer whatever the kind of wish

CERTAIN = 0.99  # somebody wrote just these words

ABOUT = 0.5  # what the question is about, though it does not say so
LEANING = 0.5  # how much of the score hangs on the kind of wish
ANY_WISH = Bar(WORTH_JUDGING, MOST_JUDGED, 1.0)
SAME_WISH = Bar(WORTH_JUDGING, MOST_JUDGED, 1 - LEANING)  # the kind of wish may put it so much higher
MANY_NEAR = 64  # entries: of more the kind of wish is asked only where it can bring one among the best
ROUNDED = 0.9999  # a kind of wish may be a little more than 1
SEEN_AMONG = 120.0  # entries of the shop the confidence was fitted on

# of the confidence: share of the question that is answered, squared, amount of it, distance to the next entry, kind of wish,
# share of the characters that the entry lacks. A question of other things (怎么洗羽绒服) shares pairs with an entry, and its
# own characters not. Without the kind of wish that is left out: a few wordings would be all that finds an entry;
# the last number lets both be sure enough from the same score.
JUDGED = (0.0, 3.665463, 2.030268, 3.956796, -5.973881, -13.212775)
JUDGED_WITHOUT_WISH = (2.11815, 3.014724, 2.986423, 0.0, 0.0, -11.242608)


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


class WordIndex:
    def __init__(self) -> None:
        self._leaning: Leaning | None = None
        self._put(words_of((), "", None))

    @property
    def version(self) -> str:
        return self._words.version

    def replace(self, entries: Iterable[Entry], version: str) -> None:
        self._put(words_of(tuple(entries), version, self._leaning, self._words))

    def lean(self, leaning: Leaning) -> None:
        self._leaning = leaning
        self._put(words_of(self._words.entries, self._words.version, leaning))

    def search(self, question: str, *, most: int = 3, about: str = "") -> list[Found]:
        found = self._nearest(question, about).found(most)
        return found if found and found[0].score >= LEAST_SCORE else []

    def near(self, question: str, *, most: int = 3) -> list[Found]:
        found = self.ranked(question, most=most)
        return found if found and found[0].score >= NEAR_SCORE else []

    def ranked(self, question: str, *, most: int = 3) -> list[Found]:
        return self._nearest(question, "").found(most)

    def entry(self, entry_id: str) -> Entry | None:
        return next((entry for entry in self._words.entries if entry.id == entry_id), None)

    def _put(self, words: Words) -> None:
        """One message asks the same several times; what was found is found in these words, and forgotten with them."""
        self._words = words
        self._nearest = lru_cache(HELD)(partial(_nearest, words))


@dataclass(frozen=True, slots=True)
class _Nearest:
    """To one question: numbers of entries, best first, and what their confidence is made of."""

    words: Words
    entries: Sequence[int] = ()
    scores: Sequence[float] = ()
    amounts: Sequence[float] = ()
    wishes: Sequence[float] = ()
    told: Sequence[int] = ()  # places of the terms that an entry should have
    written: int | None = None  # the entry that is asked in just these words

    def found(self, most: int) -> list[Found]:
        """The score of the first is its confidence, those behind have theirs or less. Only what is wanted is judged."""
        found: list[Found] = []
        entries, sure = self.words.entries, 1.0
        if self.written is not None:
            found.append(Found(entries[self.written], CERTAIN))
        for place, entry in enumerate(self.entries):
            if len(found) >= most:
                break
            sure = min(sure, self._confidence(place, entry))
            if entry != self.written:
                found.append(Found(entries[entry], sure))
        return found

    def _confidence(self, place: int, entry: int) -> float:
        lead = 0.0 if place else 1.0 - self.scores[1] / self.scores[0] if len(self.scores) > 1 else 1.0
        lacking = self.words.lacking(self.told, entry)
        return _confidence(
            self.words, self.scores[place], self.amounts[place], lead, self.wishes[place], lacking
        )


def _nearest(words: Words, question: str, about: str) -> _Nearest:
    question = question[:LONGEST_QUESTION]
    if not of_text(question) or not words.has_terms:
        return _Nearest(words)
    asked = len(of_question(question))
    said = all_terms(question, about[:LONGEST_QUESTION], ABOUT)
    places = words.places(said)
    worth = np.fromiter(said.values(), dtype=np.float32, count=len(said))
    total = float(worth[:asked] @ words.rarity[places[:asked]])
    near, amounts = words.near(places, worth, ANY_WISH if words.wishes is None else SAME_WISH)
    if len(near) > MANY_NEAR:
        near, amounts = _best_by_wish(words, question, near, amounts)
    scored = amounts / total * (1 - LEANING + LEANING * (wish := _same_wish(words, question, near)))
    best = np.argsort(-scored, kind="stable")[:MOST_JUDGED]
    told = [
        place
        for place, (term, each) in zip(places.tolist(), said.items(), strict=True)
        if is_told(term, each)
    ]
    return _Nearest(
        words,
        entries=near[best].tolist(),
        scores=scored[best].tolist(),
        amounts=amounts[best].tolist(),
        wishes=wish[best].tolist(),
        told=told,
        written=words.asked_so(question),
    )


def _best_by_wish(words: Words, question: str, near: Any, amounts: Floats) -> tuple[Any, Floats]:
    """Without those who could not pass the best by amount, were they just the kind of wish."""
    most = np.argpartition(-amounts, MOST_JUDGED)[:MOST_JUDGED]
    reached = amounts[most] * (1 - LEANING + LEANING * _same_wish(words, question, near[most]))
    kept = np.flatnonzero(amounts >= float(reached.min()) * ROUNDED)
    return near[kept], amounts[kept]


def _confidence(words: Words, score: float, amount: float, lead: float, wish: float, lacking: float) -> float:
    judged = JUDGED if words.wishes is not None else JUDGED_WITHOUT_WISH
    told = (score * score, _amount(words, amount), lead, wish, lacking, 1.0)
    return 1 / (1 + math.exp(-sum(map(operator.mul, judged, told))))


def _amount(words: Words, amount: float) -> float:
    """As if there were as many entries as when the confidence was fitted."""
    return math.log1p(amount * math.log1p(SEEN_AMONG * 2) / words.unheard)


def _same_wish(words: Words, question: str, near: Any) -> Floats:
    """Of these entries, from 0 to 1, how much each answers the kind of wish that the question is."""
    if words.leaning is None or words.wishes is None:
        return np.ones(len(near), dtype=np.float32)
    same: Floats = words.wishes[near] @ np.sqrt(words.leaning(question))
    return same
