"""Knowledge found by what is meant, beside the words: where the shop has a sentence encoder, a question is also near to an entry.

How near is near enough differs from encoder to encoder, so it is measured on the shop's own entries: wordings of one
are near to those of another by accident only. A question is taken for an entry's when hardly one in a hundred of those
accidents is as near. Words and meaning are asked both, and the surer of the two is believed, so that the threshold of
the words stays what it was, and the encoder adds about that hundredth of mistakes at most.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from bot.insight.encoder import Encoder
from bot.insight.intent_model import Array
from bot.insight.kept_vectors import vectors_of
from bot.insight.knowledge import LEAST_SCORE, NEAR_SCORE, KnowledgeIndex
from bot.values.knowledge import Entry, Found

FEWEST = 20  # entries: among fewer, accidents tell nothing
SAMPLED = 200  # wordings whose nearest stranger is looked for
BEYOND = 2.0  # deviations beyond the usual accident, where it is as likely meant as not
STEEP = (
    1.5  # how fast it becomes likely: at 2.4 deviations, which 8 of 1,000 accidents reach, it is sure enough
)
LEAST_SPREAD = 0.01  # of accidents
MOST_JUDGED = 8


@dataclass(frozen=True, slots=True)
class Meaning:
    """One version of the entries, as the encoder has them; never changed."""

    version: str
    encoder: Encoder
    entries: Sequence[Entry]
    rows: Array  # of the wordings, those of one entry one after the other
    starts: Any  # of each entry, where its wordings begin
    usual: float  # likeness of an accident
    spread: float

    def nearest(self, question: str) -> list[tuple[Entry, float]]:
        """With the confidence that each is meant, best first; empty while the encoder has not said what this is."""
        vector = self.encoder.remembered(question)
        if vector is None or len(vector) != self.rows.shape[1]:
            return []
        likeness = np.maximum.reduceat(self.rows @ vector, self.starts)
        best = np.argpartition(-likeness, min(MOST_JUDGED, len(likeness) - 1))[:MOST_JUDGED]
        best = best[np.argsort(-likeness[best], kind="stable")]
        beyond = (likeness[best] - self.usual) / self.spread - BEYOND
        sure = 1 / (1 + np.exp(-STEEP * np.clip(beyond, -30, 30)))
        return [(self.entries[number], float(one)) for number, one in zip(best.tolist(), sure, strict=True)]


def meaning_of(entries: Sequence[Entry], version: str, encoder: Encoder, kept: Path) -> Meaning | None:
    """Asks the encoder about what `kept` does not have; None where there are too few to judge. Raises `ModelFailed`."""
    if len(entries) < FEWEST:
        return None
    wordings = [(entry.question, *entry.asks) for entry in entries]
    rows = vectors_of([text for texts in wordings for text in texts], encoder, kept)
    sizes = np.array([len(texts) for texts in wordings])
    starts = np.cumsum(sizes) - sizes
    accidents = _accidents(rows, np.repeat(np.arange(len(entries)), sizes))
    spread = max(float(accidents.std()), LEAST_SPREAD)
    return Meaning(version, encoder, entries, rows, starts, float(accidents.mean()), spread)


def _accidents(rows: Array, whose: Any) -> Array:
    """Of some wordings, how near the nearest one of another entry is."""
    some = np.unique(np.linspace(0, len(rows) - 1, SAMPLED).astype(int))
    likeness = rows[some] @ rows.T
    likeness[whose[some][:, None] == whose[None, :]] = -1.0
    nearest: Array = likeness.max(axis=1)
    return nearest


class MeantIndex:
    """The index by words, and beside it what the encoder says as soon as it has read the entries."""

    def __init__(self, words: KnowledgeIndex, encoder: Encoder) -> None:
        self.encoder = encoder
        self.entries: tuple[Entry, ...] = ()
        self._words = words
        self._meaning: Meaning | None = None
        self._last: tuple[Meaning, str, list[tuple[Entry, float]]] | None = None

    @property
    def version(self) -> str:
        return self._words.version

    def replace(self, entries: Iterable[Entry], version: str) -> None:
        self.entries = tuple(entries)
        self._words.replace(self.entries, version)

    def lean(self, leaning: Callable[[str], Array]) -> None:
        self._words.lean(leaning)

    def mean(self, meaning: Meaning | None) -> None:
        self._meaning = meaning

    def search(self, question: str, *, most: int = 3, about: str = "") -> list[Found]:
        by_words = self._words.search(question, most=MOST_JUDGED, about=about)
        if not by_words and not about:
            by_words = self._words.ranked(question, most=MOST_JUDGED)
        found = self._joined(question, by_words)
        return found[:most] if found and found[0].score >= LEAST_SCORE else []

    def near(self, question: str, *, most: int = 3) -> list[Found]:
        found = self.ranked(question, most=most)
        return found if found and found[0].score >= NEAR_SCORE else []

    def ranked(self, question: str, *, most: int = 3) -> list[Found]:
        return self._joined(question, self._words.ranked(question, most=MOST_JUDGED))[:most]

    def entry(self, entry_id: str) -> Entry | None:
        return self._words.entry(entry_id)

    def _joined(self, question: str, by_words: list[Found]) -> list[Found]:
        meaning = self._meaning
        if meaning is None or meaning.version != self._words.version:
            return by_words
        entries = {one.entry.id: one.entry for one in by_words}
        said = {one.entry.id: one.score for one in by_words}
        meant: dict[str, float] = {}
        for entry, sure in self._nearest(meaning, question):
            entries.setdefault(entry.id, entry)
            meant[entry.id] = sure
        both = {id_: (said.get(id_, 0.0), meant.get(id_, 0.0)) for id_ in entries}
        order = sorted(both, key=lambda id_: (max(both[id_]), sum(both[id_])), reverse=True)
        return [Found(entries[id_], max(both[id_])) for id_ in order]

    def _nearest(self, meaning: Meaning, question: str) -> list[tuple[Entry, float]]:
        """One message asks the same several times."""
        last = self._last
        if last is not None and last[0] is meaning and last[1] == question:
            return last[2]
        found = meaning.nearest(question)
        if found:  # else it may be heard later
            self._last = (meaning, question, found)
        return found
