"""Learns from one list of sentences with labels, any labels, and says how well that does on another list."""

import time
from collections import Counter
from collections.abc import Sequence

from bot.insight.intent_learning import Lessons, learned
from bot.insight.intent_model import Model
from bot.values.evaluation import Evaluation, Missed
from bot.values.understood import Guess

MOST_CONFUSED = 10

Labelled = Sequence[tuple[str, str]]  # text and label


def evaluated(train: Labelled, test: Labelled) -> Evaluation:
    """By the recipe the product learns with. Raises `CannotLearn`."""
    began = time.perf_counter()
    texts, labels = zip(*train, strict=True)
    model = learned(Lessons(tuple(texts), tuple(labels), {}))
    return measured(model, test, train=len(train), train_seconds=time.perf_counter() - began)


def measured(model: Model, test: Labelled, *, train: int, train_seconds: float) -> Evaluation:
    began = time.perf_counter()
    guesses = [model.guesses(text, 1)[0] for text, _ in test]
    took = time.perf_counter() - began
    wrong = [
        (text, label, guess)
        for (text, label), guess in zip(test, guesses, strict=True)
        if guess.intent != label
    ]
    confused = Counter((label, guess.intent) for _, label, guess in wrong)
    f1 = _f1(test, guesses)
    return Evaluation(
        train=train,
        test=len(test),
        labels=len(model.labels),
        accuracy=1 - len(wrong) / len(test),
        macro_f1=sum(f1.values()) / len(f1),
        ms_per_sentence=1000 * took / len(test),
        train_seconds=train_seconds,
        f1=f1,
        confused=tuple(
            (label, guess, times) for (label, guess), times in confused.most_common(MOST_CONFUSED)
        ),
        missed=tuple(Missed(text, label, guess.intent, guess.confidence) for text, label, guess in wrong),
    )


def _f1(test: Labelled, guesses: Sequence[Guess]) -> dict[str, float]:
    right: Counter[str] = Counter()
    given = Counter(guess.intent for guess in guesses)
    wanted = Counter(label for _, label in test)
    right.update(label for (_, label), guess in zip(test, guesses, strict=True) if label == guess.intent)
    return {label: 2 * right[label] / (given[label] + wanted[label]) for label in sorted(wanted)}
