"""The small door to what may be lost: the token, rates, live signals. Redis, or a table as its embedded twin.

Nothing that must be exactly once stands here: losing all of it costs a moment, never a message or a push.
"""

from datetime import timedelta
from typing import Protocol


class Keys(Protocol):
    """Text by key, each with a span after which it is gone. Spans are real time, not the sandbox's."""

    def get(self, key: str) -> str | None: ...

    def set(self, key: str, value: str, *, lasts: timedelta) -> None: ...

    def add(self, key: str, value: str, *, lasts: timedelta) -> bool:
        """Sets only what is not there; true for exactly one of those who ask at once."""
        ...

    def delete(self, key: str, *, holding: str | None = None) -> None:
        """With `holding`, only while the value is that: nobody lets go of another's lock."""
        ...

    def count(self, key: str, *, by: int = 1, lasts: timedelta) -> int:
        """Counts up and gives the new number; the span starts with the first count."""
        ...

    def is_up(self) -> bool: ...
