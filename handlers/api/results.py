"""What became of each item of a request."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import TypeAlias

from bot.store.database import Session
from bot.values.records import Fault, Taken
from handlers.api.problems import Wrong


@dataclass(frozen=True, slots=True)
class Result:
    """`ignored` are fields nobody knows: often a misspelling."""

    index: int
    id: str | None
    status: str = "rejected"
    errors: tuple[Wrong, ...] = ()
    ignored: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()

    def rejected(self, faults: Iterable[Fault]) -> "Result":
        wrong = tuple(Wrong(fault.field, fault.expected, fault.given) for fault in faults)
        return replace(self, status="rejected", errors=wrong)

    def became(self, taken: Taken, changed: Iterable[str] = ()) -> "Result":
        return replace(self, status=taken, errors=(), changed=tuple(changed))


Work: TypeAlias = Callable[[Session], list[Result]]
