"""What a sentence encoder says beside the character model, where the shop has one; never asked while a transaction is open.

`ask` is called before a message is taken in and remembers the sentence; `Both` only looks at what is remembered, so a
slow or absent encoder costs its short time at most, then nothing for a while, and the character model answers alone.
"""

import os
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol, TypeAlias

import numpy as np

from bot.insight.intent_model import MOST_GUESSES, Array, Model
from bot.rules.talk.wording import plain
from bot.values.language import ModelFailed
from bot.values.understood import Guess

HELD = 2_000  # sentences
AWAY = 30.0  # seconds for which an encoder that failed is not asked again
AT_ONCE = 64  # sentences of a batch
BATCH_WITHIN = 30.0  # seconds
LONGEST = 200  # characters
# chosen by leaving out one writer after the other, so that what both say is as sure as it is right
NEIGHBOURS = 40  # sentences that vote
CLOSENESS = 20.0  # how much more a nearer one says
UNSAID = 0.05  # votes that each label has before any
OF_CHARACTERS, OF_ENCODER = 0.75, 0.6  # powers: each alone would be surer than both are right
DOUBT = 1e-4  # the least the character model grants a label, however sure it is

Vector: TypeAlias = np.ndarray[Any, np.dtype[np.float32]]


class Embeddings(Protocol):
    @property
    def name(self) -> str:
        """Another one where the same sentence has another vector."""
        ...

    def vectors(self, texts: Sequence[str], seconds: float) -> list[list[float]]:
        """Raises `ModelFailed`."""
        ...

    def close(self) -> None: ...


class Encoder:
    """One per process, shared by its threads."""

    def __init__(
        self,
        embeddings: Embeddings,
        seconds: float,
        clock: Callable[[], float] = time.monotonic,
        away: float = AWAY,
    ) -> None:
        self._embeddings = embeddings
        self._seconds = seconds
        self._clock = clock
        self._away = away
        self._away_until = 0.0
        self._lock = threading.Lock()
        self._held: OrderedDict[str, Vector] = OrderedDict()

    def ask(self, text: str) -> None:
        """Remembers what the encoder says of it. Never fails; what it does not say in time is not remembered."""
        said = _asked(text)
        if not said or self.remembered(text) is not None or self._clock() < self._away_until:
            return
        try:
            vector = _unit(self._embeddings.vectors([said], self._seconds))[0]
        except ModelFailed:
            self._away_until = self._clock() + self._away
            return
        if not vector.any():  # it knows nothing of it
            return
        with self._lock:
            self._held[said] = vector
            while len(self._held) > HELD:
                self._held.popitem(last=False)

    @property
    def name(self) -> str:
        return self._embeddings.name

    def close(self) -> None:
        self._embeddings.close()

    def remembered(self, text: str) -> Vector | None:
        with self._lock:
            return self._held.get(_asked(text))

    def all_of(self, texts: Sequence[str]) -> Array:
        """A row for each, in batches, away from the messages. Raises `ModelFailed`."""
        said = [_asked(text) or "？" for text in texts]
        rows = [
            _unit(self._embeddings.vectors(said[at : at + AT_ONCE], BATCH_WITHIN))
            for at in range(0, len(said), AT_ONCE)
        ]
        if len({part.shape[1] for part in rows}) != 1:
            raise ModelFailed("vectors of several lengths")
        return np.vstack(rows)


@dataclass(frozen=True, slots=True)
class Both:
    """The character model and the encoder's nearest sentences, as one model."""

    model: Model
    encoder: Encoder
    rows: Array  # of the sentences, as they lie around their middle
    middle: Array  # what all sentences have in common, which tells none from another
    columns: Any  # of each sentence, the number of its label

    @property
    def labels(self) -> tuple[str, ...]:
        return self.model.labels

    def guesses(self, text: str, most: int = MOST_GUESSES) -> list[Guess]:
        confidence = self.confidence(text)
        best = np.argsort(-confidence)[:most].tolist()
        return [Guess(self.labels[number], float(confidence[number])) for number in best]

    def confidence(self, text: str) -> Array:
        alone = self.model.confidence(text)
        vector = self.encoder.remembered(text)
        if vector is None or len(vector) != self.rows.shape[1]:
            return alone
        joined: Array = self._near(vector) ** OF_ENCODER
        if self.model.knows(text):  # of characters nobody taught it the model is sure that they mean nothing
            joined *= np.maximum(alone, DOUBT) ** OF_CHARACTERS
        shares: Array = joined / joined.sum()
        return shares

    def _near(self, vector: Vector) -> Array:
        """Of each label, how many of the nearest sentences are its own, the nearer ones counting more."""
        likeness = self.rows @ _around(vector[None, :], self.middle)[0]
        nearest = np.argsort(-likeness)[:NEIGHBOURS]
        votes = np.full(len(self.labels), UNSAID, dtype=np.float32)
        weights = np.exp(CLOSENESS * (likeness[nearest] - likeness[nearest[0]]))
        np.add.at(votes, self.columns[nearest], weights.astype(np.float32))
        shares: Array = votes / votes.sum()
        return shares


def both(model: Model, encoder: Encoder, texts: Sequence[str], labels: Sequence[str], kept: Path) -> Both:
    """Asks the encoder about every sentence, unless the file `kept` has what it said before. Raises `ModelFailed`."""
    numbers = {label: number for number, label in enumerate(model.labels)}
    columns = np.array([numbers[label] for label in labels])
    rows = _kept(kept, len(texts))
    if rows is None:
        rows = encoder.all_of(texts)
        _keep(rows, kept)
    middle: Array = rows.mean(axis=0)
    return Both(model, encoder, _around(rows, middle), middle, columns)


def _around(vectors: Array, middle: Array) -> Array:
    """Of length one again."""
    apart = vectors - middle
    lengths = np.linalg.norm(apart, axis=1, keepdims=True)
    lengths[lengths == 0] = 1
    units: Array = apart / lengths
    return units


def _kept(file: Path, count: int) -> Array | None:
    try:
        rows: Array = np.load(file, allow_pickle=False)
    except (OSError, ValueError, EOFError):
        return None
    return rows if rows.ndim == 2 and len(rows) == count else None


def _keep(rows: Array, file: Path) -> None:
    """Whole or not at all. A folder nobody may write is no fault."""
    unfinished = file.with_name(f"{file.name}.{os.getpid()}.part")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        with unfinished.open("wb") as out:
            np.save(out, rows)
        unfinished.replace(file)
    except OSError:
        unfinished.unlink(missing_ok=True)


def _asked(text: str) -> str:
    return plain(text).strip()[:LONGEST]


def _unit(vectors: Sequence[Sequence[float]]) -> Array:
    """Of length one, or zero for what nothing is known of, which is near to nothing."""
    found = np.array(vectors, dtype=np.float32)
    if not np.isfinite(found).all():
        raise ModelFailed("a vector of no numbers")
    return _around(found, np.zeros(found.shape[1], dtype=np.float32))
