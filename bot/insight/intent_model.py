"""A linear model of intents as arrays: says what a sentence wants and how sure that is, in a fraction of a millisecond.

Made by `intent_training`, which needs scikit-learn; this only adds up, so that a web process stays small. Kept as
`.npz` without pickled objects: a file that was tampered with can say nonsense, and do nothing.
"""

import math
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np

from bot.insight import features
from bot.insight.features import Block
from bot.values.understood import Guess

Array: TypeAlias = np.ndarray[Any, np.dtype[np.float32]]

MOST_GUESSES = 3
HELD = 32  # texts: a few threads ask about theirs twice


class Unreadable(Exception):
    """The file is no model of this version."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Model:
    """`weights` has a row for each feature and a column for each label."""

    labels: tuple[str, ...]
    places: Mapping[str, int]  # feature → row
    rarity: Sequence[float]
    weights: Array
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
        best = np.argsort(-confidence)[:most].tolist()
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

    def _added_up(self, text: str) -> Array:
        rows: list[int] = []
        values: list[float] = []
        for block in features.blocks(features.normal(text), self.words, self.reach):
            weigh(block, self.places, self.rarity, rows, values)
        if not rows:
            return self.bias
        total: Array = np.array(values, dtype=np.float32) @ self.weights.take(rows, axis=0) + self.bias
        return total

    def save(self, path: Path) -> None:
        np.savez(
            path,
            labels=_packed(self.labels),
            features=_packed(tuple(self.places)),
            words=_packed(tuple(f"{word}\t{' '.join(names)}" for word, names in self.words.items())),
            rarity=np.array(self.rarity, dtype=np.float32),
            weights=self.weights,
            bias=self.bias,
            sharpness=np.float64(self.sharpness),
        )


def weigh(
    block: Block, places: Mapping[str, int], rarity: Sequence[float], rows: list[int], values: list[float]
) -> None:
    """Adds the rows of a block's known features and what they weigh: TF-IDF, of the length the block has a share in."""
    often: dict[int, int] = {}
    for feature in block.said:
        row = places.get(feature)
        if row is not None:
            often[row] = often.get(row, 0) + 1
    weights = [
        rarity[row] if times == 1 else rarity[row] * (1 + math.log(times)) for row, times in often.items()
    ]
    length = math.hypot(*weights)
    if length:
        rows += often
        values += [block.share * weight / length for weight in weights]


def load(path: Path) -> Model:
    """Raises `Unreadable` and `OSError`."""
    try:
        with np.load(path, allow_pickle=False) as kept:
            lines = (line.split("\t") for line in _unpacked(kept["words"]))
            words = {word: tuple(names.split(" ")) for word, names in lines}
            return Model(
                labels=tuple(_unpacked(kept["labels"])),
                places={feature: row for row, feature in enumerate(_unpacked(kept["features"]))},
                rarity=kept["rarity"].tolist(),
                weights=np.ascontiguousarray(kept["weights"]),  # rows are read, one after the other
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
