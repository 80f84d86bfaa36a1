"""What may be known of a customer, from whom, and how sure it is."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, TypeAlias

Source: TypeAlias = Literal["own_word", "staff", "order", "import", "inference"]
Evidence: TypeAlias = Mapping[str, int | str]

BELIEVED: Mapping[Source, int] = {  # the higher is believed; among equals the later
    "own_word": 4,
    "staff": 3,
    "order": 2,
    "import": 2,
    "inference": 1,
}
ERASED = ""  # the value of a source that says: this is not to be known


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """One of the values an attribute may have; `words` are what people say for it."""

    name: str
    label: str
    english: str
    words: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Attribute:
    """Without choices its value is a few words, a day (`birthday`), or a place."""

    name: str
    label: str
    english: str
    choices: tuple[Choice, ...] = ()
    question: str = ""  # empty: nobody is asked
    purpose: str = ""  # what it is used for, told with the question's thanks
    asked_in_turn: int = 0

    def choice(self, name: str) -> Choice | None:
        return next((choice for choice in self.choices if choice.name == name), None)

    def shown(self, value: str, language: str = "zh") -> str:
        choice = self.choice(value)
        if choice is None:
            return value
        return choice.label if language == "zh" else choice.english


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """What one source says. `ended_at`: since when it is history."""

    attribute: str
    value: str
    source: Source
    confidence: float
    at: datetime
    holds: bool = False
    evidence: Evidence = field(default_factory=dict)
    staff: str = ""
    ended_at: datetime | None = None
    ended_by: str = ""


@dataclass(frozen=True, slots=True)
class Inferred:
    """`value` is empty when the evidence is too thin, or does not point anywhere."""

    value: str
    confidence: float
    evidence: Evidence
