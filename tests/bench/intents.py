"""How well our own test sentences are understood, and how fast: `python -m tests.bench.intents`.

The sentences (`intents.csv`) are kept apart from the examples; who wrote them wrote the examples, too.
"""

import csv
import resource
import time
from pathlib import Path

from bot.insight.catalogue import Named
from bot.insight.intent_evaluation import measured
from bot.insight.intent_learning import learned, lessons
from bot.insight.intent_model import Model
from bot.insight.intents import Understanding

SENTENCES = Path(__file__).with_suffix(".csv")
PRODUCTS = 5_000
BINS = (0.0, 0.2, 0.4, 0.6, 0.8, 0.9, 1.01)


def main() -> None:
    with SENTENCES.open(encoding="utf-8", newline="") as file:
        test = [(row["text"], row["label"]) for row in csv.DictReader(file)]
    began = time.perf_counter()
    model = learned(lessons())
    took = time.perf_counter() - began
    found = measured(model, test, train=len(lessons().texts), train_seconds=took)
    print(
        f"accuracy {found.accuracy:.3f} · macro-F1 {found.macro_f1:.3f} · {found.ms_per_sentence:.2f} ms a sentence"
    )
    print(f"{found.train} sentences learned in {took:.1f} s, {len(model.places)} features")
    _calibration(test, model)
    _whole(test, model)
    print("taken for:", ", ".join(f"{label}→{guess} {times}" for label, guess, times in found.confused))
    for one in found.missed:
        print(f"  {one.text} → {one.guess} ({one.confidence:.2f}), is {one.label}")


def _calibration(test: list[tuple[str, str]], model: Model) -> None:
    guesses = [(model.guesses(text, 1)[0], label) for text, label in test]
    for low, high in zip(BINS, BINS[1:], strict=False):
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
