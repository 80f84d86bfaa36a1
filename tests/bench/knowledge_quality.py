"""How well the demo shop's knowledge is found: `python -m tests.bench.knowledge_quality`.

hit@1: the right entry ranked first; hit@3: among the three; answered: what is sure enough to be said at once.
Lists of questions, worded otherwise than the entries. `questions.csv` was seen while the entries' keywords were
widened, so its numbers flatter; `questions_fresh.csv` was written afterwards, no entry was changed for it, but the
scoring and the threshold were chosen with it; `questions_unseen.csv` was written by another hand that saw only the entries,
and nothing was ever chosen by it: its errors are not even printed.
"""

import csv
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from bot.insight import intent_learning
from bot.insight.knowledge import KnowledgeIndex, WordIndex
from bot.sandbox.shop import catalogue
from bot.values.knowledge import Entry

FOLDER = Path(__file__).parents[1] / "bot" / "insight"
SEEN, FRESH = FOLDER / "questions.csv", FOLDER / "questions_fresh.csv"
UNSEEN = FOLDER / "questions_unseen.csv"


@dataclass(frozen=True, slots=True)
class Question:
    text: str
    entry_id: str  # empty: nothing we know about


@dataclass(frozen=True, slots=True)
class Quality:
    answerable: int
    first: int
    among_three: int
    silent: int  # answerable, and nothing was found
    unrelated: int
    false_answers: int
    ranked_first: int  # whatever the confidence: the order alone
    ranked_among_three: int
    milliseconds: float  # a question
    missed: tuple[str, ...]

    @property
    def wrong(self) -> int:
        return self.answerable - self.first - self.silent

    def __str__(self) -> str:
        return (
            f"hit@1 {self.ranked_first / self.answerable:.1%} · hit@3 {self.ranked_among_three / self.answerable:.1%} · "
            f"answered right {self.first / self.answerable:.1%}, wrongly {self.wrong / self.answerable:.1%}, "
            f"asked back or silent {self.silent / self.answerable:.1%} of {self.answerable} · "
            f"unrelated answered {self.false_answers} of {self.unrelated} · {self.milliseconds:.2f} ms a question"
        )


def questions(path: Path = SEEN) -> list[Question]:
    with path.open(encoding="utf-8", newline="") as file:
        return [Question(**row) for row in csv.DictReader(file)]


def demo_index() -> WordIndex:
    index = WordIndex()
    entries = (
        Entry(
            id=one.id,
            question=one.question,
            answer=one.answer,
            keywords=one.keywords,
            category=one.category,
            asks=one.asks or (),
        )
        for one in catalogue.plans_and_knowledge().knowledge
    )
    index.replace(entries, "demo")
    return index


def measure(index: KnowledgeIndex, asked: Sequence[Question]) -> Quality:
    began = time.perf_counter()
    answers = [
        [(found.entry.id, found.score) for found in index.search(question.text, most=3)] for question in asked
    ]
    took = time.perf_counter() - began
    answerable = [
        (question, found) for question, found in zip(asked, answers, strict=True) if question.entry_id
    ]
    unrelated = [
        (question, found) for question, found in zip(asked, answers, strict=True) if not question.entry_id
    ]
    wrong = [
        (question, found) for question, found in answerable if not found or found[0][0] != question.entry_id
    ]
    false = [(question, found) for question, found in unrelated if found]
    return Quality(
        answerable=len(answerable),
        first=len(answerable) - len(wrong),
        among_three=sum(question.entry_id in [id for id, _ in found] for question, found in answerable),  # noqa: A001
        silent=sum(not found for _, found in answerable),
        unrelated=len(unrelated),
        false_answers=len(false),
        ranked_first=sum(question.entry_id in _ranked(index, question, 1) for question, _ in answerable),
        ranked_among_three=sum(
            question.entry_id in _ranked(index, question, 3) for question, _ in answerable
        ),
        milliseconds=1000 * took / len(asked),
        missed=tuple(
            f"{question.text} → {question.entry_id or 'nothing'}; found {found}"
            for question, found in [*wrong, *false]
        ),
    )


def _ranked(index: KnowledgeIndex, question: Question, most: int) -> list[str]:
    return [found.entry.id for found in index.ranked(question.text, most=most)]


def main() -> None:
    index = demo_index()
    index.lean(intent_learning.learned(intent_learning.lessons()).confidence)
    for name, path in (("seen", SEEN), ("fresh", FRESH), ("unseen", UNSEEN)):
        quality = measure(index, questions(path))
        print(f"{name}: {quality}")
        if path != UNSEEN:
            print("".join(f"  {missed}\n" for missed in quality.missed))


if __name__ == "__main__":
    main()
