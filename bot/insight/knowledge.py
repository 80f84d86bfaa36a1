"""Finds the operator's knowledge entry a question is about, by words."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    id: str
    question: str
    answer: str
    keywords: str = ""
    category: str = ""


@dataclass(frozen=True, slots=True)
class Found:
    entry: Entry
    score: float  # 0 to 1


class KnowledgeIndex(Protocol):
    """In memory, shared by threads; replaced as a whole when the entries change."""

    def search(self, question: str, *, most: int = 3) -> list[Found]:
        """Best first; empty when nothing is near enough to be said to a customer."""
        ...

    def replace(self, entries: Iterable[Entry], version: str) -> None: ...

    @property
    def version(self) -> str: ...
