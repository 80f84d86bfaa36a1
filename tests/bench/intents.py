"""How well our own test sentences are understood, and how fast: `python -m tests.bench.intents`.

Two lists, neither among the examples. The errors on `intents.csv` were read before the last examples were written, and some of
those say the same in other words, so its number flatters. `intents_fresh.csv` was written afterwards, nothing was
changed for it, and its number is the honest one. One person wrote everything, examples, concepts and both lists.
"""

import csv
import resource
import time
from itertools import pairwise
from pathlib import Path

from bot.insight.catalogue import Named
from bot.insight.intent_evaluation import measured
from bot.insight.intent_learning import learned, lessons
from bot.insight.intent_model import Model
from bot.insight.intents import Understanding

SEEN, FRESH = Path(__file__).with_suffix(".csv"), Path(__file__).with_name("intents_fresh.csv")
PRODUCTS = 5_000
BINS = (0.0, 0.2, 0.4, 0.6, 0.8, 0.9, 1.01)


def main() -> None:
    began = time.perf_counter()
    model = learned(lessons())
    took = time.perf_counter() - began
    print(f"{len(lessons().texts)} sentences learned in {took:.1f} s, {len(model.places)} features")
    for name, file in (("fresh", FRESH), ("seen", SEEN)):
        test = sentences(file)
        found = measured(model, test, train=len(lessons().texts), train_seconds=took)
        print(
            f"{name}: accuracy {found.accuracy:.3f} · macro-F1 {found.macro_f1:.3f} · {found.ms_per_sentence:.2f} ms a sentence of {len(test)}"
        )
        _calibration(test, model)
        print("taken for:", ", ".join(f"{label}→{guess} {times}" for label, guess, times in found.confused))
        for one in (
            found.missed if file is SEEN else ()
        ):  # the errors on the fresh list are for nobody to learn from
            print(f"  {one.text} → {one.guess} ({one.confidence:.2f}), is {one.label}")
    _whole(sentences(SEEN), model)


def sentences(file: Path) -> list[tuple[str, str]]:
    with file.open(encoding="utf-8", newline="") as opened:
        return [(row["text"], row["label"]) for row in csv.DictReader(opened)]


def _calibration(test: list[tuple[str, str]], model: Model) -> None:
    guesses = [(model.guesses(text, 1)[0], label) for text, label in test]
    for low, high in pairwise(BINS):
        some = [guess.intent == label for guess, label in guesses if low <= guess.confidence < high]
        if some:
            print(f"confidence from {low:.1f}: {len(some):>4} sentences, {sum(some) / len(some):.0%} right")


def _whole(test: list[tuple[str, str]], model: Model) -> None:
    """Intents, pieces and slots together, with a large catalogue."""
    understanding = Understanding(model)
    understanding.put_products(
        [Named(f"P{n}", f"第{n}号{'青白紫'[n % 3]}瓷{'壶杯碗盘'[n % 4]}") for n in range(PRODUCTS)], "1"
    )
    spans = []
    for text, _ in test:
        began = time.perf_counter()
        understanding.of(text)
        spans.append(time.perf_counter() - began)
    spans.sort()
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(
        f"whole: {spans[len(spans) // 2] * 1e3:.2f} ms median, {spans[len(spans) * 99 // 100] * 1e3:.2f} ms p99, process {memory:.0f} MB"
    )


if __name__ == "__main__":
    main()
