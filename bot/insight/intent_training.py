"""Learns a model of intents from sentences: a linear classifier over TF-IDF of runs of characters.

scikit-learn and SciPy weigh a hundred megabytes, so this is run as a process of its own (`python -m`, see
`intent_learning`), which ends when the model is on disk. The classifier is a support vector machine with a little of
naive Bayes added to its weights: the one is right where sentences are like those it saw, the other where they are not.
How sure a guess is comes from sentences the model had not seen: one number that makes the confidence fit how often it was right.
"""

import json
import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from scipy.sparse import csr_matrix
from sklearn.model_selection import KFold, StratifiedKFold
from sklearn.svm import LinearSVC

from bot.insight import features
from bot.insight.intent_model import Array, Model, weighed

REGULARITY = (
    1.0  # of the classifier; this and the two below: measured by leaving out one writer after the other
)
EXACTNESS = 1e-2  # a hundred times more changes one guess in three thousand, and takes half as long again
BAYES = 0.1  # of the weights
SMOOTHED = 0.3  # times each feature is taken as seen with each label
MOST_STEPS = 32_767  # of a weight, up or down
FOLDS = 5
ENOUGH = 2_000  # unseen sentences to measure one number
SHARPNESS = np.geomspace(0.5, 30, 60)
STRANGERS = 0.9  # of that: whose sentences were not learned is understood less than unseen sentences of the same people


def trained(texts: Sequence[str], labels: Sequence[str], words: features.Words) -> Model:
    """At least two labels; a label with one sentence is learned, too."""
    matrix, model = _untrained(texts, sorted(set(labels)), words)
    numbers = np.array([model.labels.index(label) for label in labels])
    weights, bias = _learned(matrix, numbers, len(model.labels))
    sharpness = STRANGERS * _calibrated(matrix, numbers, len(model.labels))
    step = float(np.abs(weights).max()) / MOST_STEPS or 1.0
    steps = np.round(weights / step).astype(np.int16)
    return replace(model, weights=steps, step=step, bias=bias, sharpness=sharpness, heard={})


def _untrained(texts: Sequence[str], labels: Sequence[str], words: features.Words) -> tuple[Any, Model]:
    """The sentences as rows, and a model that knows their features and nothing else."""
    reach = features.reach_of(words)
    said = [features.numbers(features.normal(text), words, reach) for text in texts]
    matrix, known, often = _counted(said)
    rarity = (np.log((1 + len(texts)) / (1 + often)) + 1).astype(np.float32)
    kinds = features.kinds(known)[matrix.indices]
    blocks = np.repeat(np.arange(len(texts)), np.diff(matrix.indptr)) * len(features.SHARES) + kinds
    matrix.data = weighed(rarity[matrix.indices], matrix.data, kinds, blocks)
    model = Model(
        labels=tuple(labels),
        known=known,
        rarity=rarity,
        weights=np.zeros((0, 0), dtype=np.int16),
        step=1.0,
        bias=np.zeros(0, dtype=np.float32),
        sharpness=1.0,
        words=words,
        reach=reach,
    )
    return matrix, model


def _counted(said: Sequence[features.Numbers]) -> tuple[Any, features.Numbers, Any]:
    """How often each feature that stands in enough sentences stands in each; which ones these are, and in how many each stands."""
    found, columns = np.unique(np.concatenate(said), return_inverse=True)
    rows = np.repeat(np.arange(len(said)), [len(one) for one in said])
    ones = np.ones(len(columns), dtype=np.float32)
    counts = csr_matrix((ones, (rows, columns)), (len(said), len(found)))
    often = np.bincount(counts.indices, minlength=len(found))
    is_enough = often >= features.LEAST[features.kinds(found)]
    return counts[:, is_enough], found[is_enough], often[is_enough]


def _learned(matrix: Any, numbers: Any, labels: int) -> tuple[Array, Array]:
    """Weights and bias of every label, also of those these sentences have none of."""
    classifier = LinearSVC(C=REGULARITY, tol=EXACTNESS, random_state=0).fit(matrix, numbers)
    weights = np.zeros((matrix.shape[1], labels), dtype=np.float32)
    bias = np.full(labels, -1.0, dtype=np.float32)
    if len(classifier.classes_) == 2:  # scikit-learn gives one line between two
        first, second = classifier.classes_
        weights[:, second], weights[:, first] = classifier.coef_[0], -classifier.coef_[0]
        bias[second], bias[first] = classifier.intercept_[0], -classifier.intercept_[0]
    else:
        weights[:, classifier.classes_] = classifier.coef_.T
        bias[classifier.classes_] = classifier.intercept_
    return weights + BAYES * _likelihoods(matrix, numbers, labels), bias


def _likelihoods(matrix: Any, numbers: Any, labels: int) -> Array:
    """The logarithm of how much more of a label each feature is than of the others; every label as likely before."""
    rows = np.arange(len(numbers))
    of_label = csr_matrix((np.ones(len(numbers), dtype=np.float32), (rows, numbers)), (len(numbers), labels))
    seen = (matrix.T @ of_label).toarray()
    likely = np.log(seen + SMOOTHED) - np.log((seen + SMOOTHED).sum(axis=0))
    unseen = np.setdiff1d(np.arange(labels), numbers)
    likely[:, unseen] = likely.min(axis=1, keepdims=True)
    centred: Array = (likely - likely.mean(axis=1, keepdims=True)).astype(np.float32)
    return centred


def _calibrated(matrix: Any, numbers: Any, labels: int) -> float:
    """The sharpness at which the right label of unseen sentences gets the most confidence."""
    folds = min(FOLDS, len(numbers) // 2)
    if folds < 2:
        return 1.0
    is_dealt = np.bincount(numbers, minlength=labels)[numbers].min() >= folds
    split = StratifiedKFold if is_dealt else KFold
    scores: list[Array] = []
    right: list[Any] = []
    for seen, unseen in split(folds, shuffle=True, random_state=0).split(matrix, numbers):
        if len(set(numbers[seen].tolist())) < 2:
            return 1.0
        weights, bias = _learned(matrix[seen], numbers[seen], labels)
        scores.append(matrix[unseen] @ weights + bias)
        right.append(numbers[unseen])
        if sum(map(len, right)) >= ENOUGH:
            break
    heard, meant = np.concatenate(scores), np.concatenate(right)
    surprise: Callable[[float], float] = lambda sharpness: _surprise(heard * sharpness, meant)  # noqa: E731
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
