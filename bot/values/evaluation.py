"""How well a model of intents does on sentences it had not seen."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Missed:
    text: str
    label: str
    guess: str
    confidence: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Evaluation:
    """`macro_f1` is the mean over the labels of the test; `f1` has each. Milliseconds are of one sentence, one thread."""

    train: int
    test: int
    labels: int
    accuracy: float
    macro_f1: float
    ms_per_sentence: float
    train_seconds: float
    f1: Mapping[str, float]
    confused: tuple[tuple[str, str, int], ...]  # label, guess, how often; the most frequent first
    missed: tuple[Missed, ...]
