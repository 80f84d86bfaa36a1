"""A linear model of intents as arrays: says what a sentence wants and how sure that is, in a fraction of a millisecond.

Made by `intent_training`, which needs scikit-learn; this only adds up, so that a web process stays small. Kept as
`.npz` without pickled objects: a file that was tampered with can say nonsense, and do nothing.
"""

import zipfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np

from bot.insight import features
from bot.insight.features import Numbers
from bot.values.understood import Guess

Array: TypeAlias = np.ndarray[Any, np.dtype[np.float32]]
Steps: TypeAlias = np.ndarray[Any, np.dtype[np.int16]]

MOST_GUESSES = 3
HELD = 32  # texts: a few threads ask about theirs twice


class Unreadable(Exception):
    """The file is no model of this version."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Model:
    """`weights` has a row for each feature and a column for each label, in steps: half as large as numbers, and as good."""

    labels: tuple[str, ...]
    known: Numbers  # features, in order
    rarity: Array  # of each
    weights: Steps
    step: float
    bias: Array
    sharpness: float  # turns scores into calibrated confidence
    words: features.Words
    reach: features.Reach
    heard: dict[str, Array] = field(
        default_factory=dict, repr=False, compare=False
    )  # what the last texts want

    def guesses(self, text: str, most: int = MOST_GUESSES) -> list[Guess]:
        """The likeliest first."""
        confidence = self.confidence(text)
        best = (-confidence).argsort()[:most].tolist()
        return [Guess(self.labels[number], float(confidence[number])) for number in best]

    def confidence(self, text: str) -> Array:
        """Of each label; they add up to 1. Kept for a moment: wish and knowledge ask about the same text, one after the other."""
        found = self.heard.get(text)
        if found is None:
            if len(self.heard) >= HELD:
                self.heard.clear()
            scores = self._added_up(text) * self.sharpness
            grown: Array = np.exp(scores - scores.max())
            found = self.heard[text] = grown / grown.sum()
        return found

    def knows(self, text: str) -> bool:
        """Whether any of its characters stands in a sentence that was learned."""
        signs = map(ord, features.normal(text))
        return any(self.known.take(self.known.searchsorted(sign), mode="clip") == sign for sign in signs)

    def _added_up(self, text: str) -> Array:
        said = features.numbers(features.normal(text), self.words, self.reach)
        found, times = _counted(said)
        rows = self.known.searchsorted(found)
        is_known = self.known.take(rows, mode="clip") == found
        rows = rows[is_known]
        if not rows.size:
            return self.bias
        kinds = features.kinds(found[is_known])
        values = weighed(self.rarity[rows], times[is_known], kinds, kinds)
        steps = values @ self.weights.take(rows, axis=0).astype(np.float32)
        total: Array = steps * np.float32(self.step) + self.bias
        return total

    def save(self, path: Path) -> None:
        np.savez(
            path,
            labels=_packed(self.labels),
            known=self.known,
            words=_packed(tuple(f"{word}\t{' '.join(names)}" for word, names in self.words.items())),
            rarity=self.rarity,
            weights=self.weights,
            step=np.float64(self.step),
            bias=self.bias,
            sharpness=np.float64(self.sharpness),
        )


def weighed(rarity: Array, times: Any, kinds: Numbers, blocks: Numbers) -> Array:
    """TF-IDF of features that stand so many times in their block, of the length their kind has a share in."""
    weights = rarity * (1 + np.log(times))
    lengths = np.sqrt(np.bincount(blocks, weights * weights))
    values: Array = (features.SHARES[kinds] * weights / lengths[blocks]).astype(np.float32)
    return values


def _counted(said: Numbers) -> tuple[Numbers, Numbers]:
    """Each once, in order, and how often: of so few NumPy's own `unique` takes twice as long."""
    said.sort()
    is_first = np.ones(len(said), dtype=bool)
    np.not_equal(said[1:], said[:-1], out=is_first[1:])
    starts = is_first.nonzero()[0]
    times = np.empty_like(starts)
    np.subtract(starts[1:], starts[:-1], out=times[:-1])
    times[-1] = len(said) - starts[-1]
    return said[starts], times


def load(path: Path) -> Model:
    """Raises `Unreadable` and `OSError`."""
    try:
        with np.load(path, allow_pickle=False) as kept:
            lines = (line.split("\t") for line in _unpacked(kept["words"]))
            words = {word: tuple(names.split(" ")) for word, names in lines}
            return Model(
                labels=tuple(_unpacked(kept["labels"])),
                known=kept["known"],
                rarity=kept["rarity"],
                weights=np.ascontiguousarray(kept["weights"]),  # rows are read, one after the other
                step=float(kept["step"]),
                bias=kept["bias"],
                sharpness=float(kept["sharpness"]),
                words=words,
                reach=features.reach_of(words),
            )
    except (ValueError, KeyError, zipfile.BadZipFile, EOFError) as error:
        raise Unreadable(f"{path}: {error}") from None


def _packed(texts: Sequence[str]) -> Any:
    return np.frombuffer("\n".join(texts).encode(), dtype=np.uint8)


def _unpacked(packed: Any) -> list[str]:
    whole: str = packed.tobytes().decode()
    return whole.split("\n") if whole else []
