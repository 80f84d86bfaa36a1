"""How well our own test sentences are understood, and how fast: `python -m tests.bench.intents [writers]`.

Three lists, none among the examples. `intents_strangers.csv` was written by somebody who wrote no example and saw none; nothing was
ever changed for it. Nor for `intents_fresh.csv`, by the first writer of examples. The errors on `intents.csv` were read before some of
the examples were written, so its number flatters. With `writers`, each writer's examples are measured by a model that learned the others'.
"""

import csv
import resource
import sys
import time
from itertools import pairwise
from pathlib import Path

from bot.insight.catalogue import Named
from bot.insight.intent_evaluation import evaluated, measured
from bot.insight.intent_learning import EXAMPLES, learned, lessons
from bot.insight.intent_model import Model
from bot.insight.intents import Understanding

SEEN = Path(__file__).with_suffix(".csv")
STRANGERS, FRESH = SEEN.with_name("intents_strangers.csv"), SEEN.with_name("intents_fresh.csv")
FIRST, BY = (
    "1",
    "# by writer ",
)  # a line of the examples: whose sentences follow; the first one's stand before any
PRODUCTS = 5_000
BINS = (0.0, 0.2, 0.4, 0.6, 0.8, 0.9, 1.01)


def main() -> None:
    began = time.perf_counter()
    model = learned(lessons())
    took = time.perf_counter() - began
    print(f"{len(lessons().texts)} sentences learned in {took:.1f} s, {len(model.known)} features")
    for name, file in (("strangers", STRANGERS), ("fresh", FRESH), ("seen", SEEN)):
        _measure(name, sentences(file), model)
    _whole(sentences(SEEN), model)
    if "writers" in sys.argv[1:]:
        _leave_one_writer_out()


def _measure(name: str, test: list[tuple[str, str]], model: Model) -> None:
    """The errors on lists nothing was changed for are for nobody to learn from."""
    found = measured(model, test, train=0, train_seconds=0)
    print(
        f"{name}: accuracy {found.accuracy:.3f} · macro-F1 {found.macro_f1:.3f} · {found.ms_per_sentence:.2f} ms a sentence of {len(test)}"
    )
    _calibration(test, model)
    print("taken for:", ", ".join(f"{label}→{guess} {times}" for label, guess, times in found.confused))
    for one in found.missed if name == "seen" else ():
        print(f"  {one.text} → {one.guess} ({one.confidence:.2f}), is {one.label}")


def _leave_one_writer_out() -> None:
    by = written()
    accuracies = []
    for writer in sorted(set(by) - {FIRST}):
        others = [pair for other, pairs in by.items() if other != writer for pair in pairs]
        found = evaluated(others, by[writer])
        accuracies.append(found.accuracy)
        print(f"writer {writer}: {found.accuracy:.3f} of {found.test}, learned from {found.train}")
    print(f"mean of the writers left out: {sum(accuracies) / len(accuracies):.3f}")


def written() -> dict[str, list[tuple[str, str]]]:
    """The examples with their labels, by writer."""
    by: dict[str, list[tuple[str, str]]] = {}
    for file in sorted(EXAMPLES.glob("*.txt")):
        writer = FIRST
        for line in file.read_text(encoding="utf-8").splitlines():
            if line.startswith(BY):
                writer = line.removeprefix(BY)
            elif line.strip() and not line.startswith("#"):
                by.setdefault(writer, []).append((line.strip(), file.stem))
    return by


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
