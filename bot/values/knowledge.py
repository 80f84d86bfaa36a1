"""What the operator wrote down so that it can be answered: one question, one answer."""

from dataclasses import dataclass

LONGEST_ASK = 200  # characters
MOST_ASKS = 100  # of one entry: more of them say nothing new and blur what it is about


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    id: str
    question: str
    answer: str
    keywords: str = ""  # separated by spaces; said by customers for the same thing
    category: str = ""
    asks: tuple[str, ...] = ()  # other wordings customers ask it in


@dataclass(frozen=True, slots=True)
class Found:
    entry: Entry
    score: float  # 0 to 1
