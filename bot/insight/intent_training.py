"""Learns a model of intents from sentences: a linear classifier over TF-IDF of character runs and of concepts.

scikit-learn and SciPy weigh a hundred megabytes, so this is run as a process of its own (`python -m`, see
`intent_learning`), which ends when the model is on disk. How sure a guess is comes from sentences the model had not
seen: fivefold, one number that makes the confidence fit how often it was right.
"""

import json
import sys
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from scipy.sparse import csr_matrix
from sklearn.model_selection import KFold, StratifiedKFold
from sklearn.svm import LinearSVC

from bot.insight import features
from bot.insight.intent_model import Array, Model, weighed

REGULARITY = 1.0  # of the classifier, for a few dozen sentences a label: measured by cross-validation
FOLDS = 5
SHARPNESS = np.geomspace(0.5, 30, 60)


def trained(texts: Sequence[str], labels: Sequence[str], words: features.Words) -> Model:
    """At least two labels; a label with one sentence is learned, too."""
    matrix, model = _untrained(texts, sorted(set(labels)), words)
    numbers = np.array([model.labels.index(label) for label in labels])
    weights, bias = _learned(matrix, numbers, len(model.labels))
    sharpness = _calibrated(matrix, numbers, len(model.labels))
    return Model(
        labels=model.labels,
        places=model.places,
        run_count=model.run_count,
        rarity=model.rarity,
        weights=weights,
        bias=bias,
        sharpness=sharpness,
        words=words,
        longest=model.longest,
    )


def _untrained(texts: Sequence[str], labels: Sequence[str], words: features.Words) -> tuple[Any, Model]:
    """The sentences as rows, and a model that knows their features and nothing else."""
    longest = max(map(len, words), default=0)
    normal = [features.normal(text) for text in texts]
    said = [features.blocks(text, words, longest) for text in normal]
    often: Counter[str] = Counter()
    known_runs: Counter[str] = Counter()
    for (of_runs, _), (of_concepts, _) in said:
        known_runs.update(set(of_runs))
        often.update(set(of_concepts))
    counts = [*known_runs.values(), *often.values()]
    places = {feature: row for row, feature in enumerate([*known_runs, *often])}
    rarity = (np.log((1 + len(texts)) / (1 + np.array(counts))) + 1).astype(np.float32)
    empty = np.zeros((0, 0), dtype=np.float32)
    model = Model(
        labels=tuple(labels),
        places=places,
        run_count=len(known_runs),
        rarity=rarity,
        weights=empty,
        bias=empty,
        sharpness=1.0,
        words=words,
        longest=longest,
    )
    return _matrix(said, model), model


def _matrix(said: Sequence[tuple[tuple[list[str], float], ...]], model: Model) -> Any:
    columns: list[int] = []
    values: list[Array] = []
    ends = [0]
    for blocks in said:
        for block, share in blocks:
            rows, weights = weighed(block, model.places, model.rarity)
            columns += rows
            values.append(share * weights)
        ends.append(len(columns))
    return csr_matrix((np.concatenate(values), columns, ends), shape=(len(said), len(model.places)))


def _learned(matrix: Any, numbers: Any, labels: int) -> tuple[Array, Array]:
    """Weights and bias of every label, also of those these sentences have none of."""
    classifier = LinearSVC(C=REGULARITY, random_state=0).fit(matrix, numbers)
    weights = np.zeros((matrix.shape[1], labels), dtype=np.float32)
    bias = np.full(labels, -1.0, dtype=np.float32)
    if len(classifier.classes_) == 2:  # scikit-learn gives one line between two
        first, second = classifier.classes_
        weights[:, second], weights[:, first] = classifier.coef_[0], -classifier.coef_[0]
        bias[second], bias[first] = classifier.intercept_[0], -classifier.intercept_[0]
    else:
        weights[:, classifier.classes_] = classifier.coef_.T
        bias[classifier.classes_] = classifier.intercept_
    return weights, bias


def _calibrated(matrix: Any, numbers: Any, labels: int) -> float:
    """The sharpness at which the right label of unseen sentences gets the most confidence."""
    folds = min(FOLDS, len(numbers) // 2)
    if folds < 2:
        return 1.0
    is_dealt = np.bincount(numbers, minlength=labels)[numbers].min() >= folds
    split = StratifiedKFold if is_dealt else KFold
    scores = np.zeros((len(numbers), labels), dtype=np.float32)
    for seen, unseen in split(folds, shuffle=True, random_state=0).split(matrix, numbers):
        if len(set(numbers[seen].tolist())) < 2:
            return 1.0
        weights, bias = _learned(matrix[seen], numbers[seen], labels)
        scores[unseen] = matrix[unseen] @ weights + bias
    surprise: Callable[[float], float] = lambda sharpness: _surprise(scores * sharpness, numbers)  # noqa: E731
    return float(min(SHARPNESS.tolist(), key=surprise))


def _surprise(scores: Array, numbers: Any) -> float:
    """The mean negative logarithm of the confidence in the right label."""
    shifted = scores - scores.max(axis=1, keepdims=True)
    right = shifted[np.arange(len(numbers)), numbers]
    return float((np.log(np.exp(shifted).sum(axis=1)) - right).mean())


def main() -> None:
    """Reads `{"texts": […], "labels": […], "words": {…}, "to": path}`, writes the model to `path`."""
    asked = json.load(sys.stdin)
    words = {word: tuple(names) for word, names in asked["words"].items()}
    trained(asked["texts"], asked["labels"], words).save(Path(asked["to"]))


if __name__ == "__main__":
    main()
