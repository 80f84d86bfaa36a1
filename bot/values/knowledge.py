"""What the operator wrote down so that it can be answered: one question, one answer."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    id: str
    question: str
    answer: str
    keywords: str = ""  # separated by spaces; said by customers for the same thing
    category: str = ""


@dataclass(frozen=True, slots=True)
class Found:
    entry: Entry
    score: float  # 0 to 1
