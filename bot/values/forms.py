"""Forms that are filled in the chat, one question after the other."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

Kind = Literal["order", "choice", "words", "phone", "pictures"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """`name` is the answer's key. Of `order`: `statuses` they may be in. Of `words`: the fewest characters."""

    name: str
    label: str
    ask: str
    kind: Kind
    choices: tuple[str, ...] = ()
    statuses: tuple[str, ...] = ()
    least: int = 1
    may_skip: bool = False
    only_if: tuple[str, tuple[str, ...]] | None = None  # a choice made before, and the ones that want this


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    id: str
    title: str
    steps: tuple[Step, ...]
    promise: str  # what happens once it is sent in


Answers = Mapping[str, Any]  # by step: text, or a list of media ids


@dataclass(frozen=True, slots=True)
class Talk:
    """A form under way; `left_at`: they broke off."""

    form: str
    answers: Answers
    at: datetime
    left_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """A form that was sent in."""

    number: str
    form: str
    answers: Answers
    state: str  # open, done, declined
    note: str
    sent_at: datetime
    openid: str = ""
    name: str = ""
    closed_at: datetime | None = None
