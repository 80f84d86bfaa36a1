"""The time, told to everybody else; in the sandbox it can be moved.

Rules and stores never look at a clock: they are told the time. Leases look at `real`, because moving the
product's time by three days must not take a lease away from a process that is alive.
"""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    def now(self) -> datetime: ...

    def real(self) -> datetime: ...


class SystemClock:
    def now(self) -> datetime:
        return datetime.now(UTC)

    def real(self) -> datetime:
        return datetime.now(UTC)


class MovableClock:
    """The system's clock plus an offset that is kept elsewhere, so that several processes share it."""

    def __init__(self, offset: Callable[[], timedelta]) -> None:
        self._offset = offset

    def now(self) -> datetime:
        return datetime.now(UTC) + self._offset()

    def real(self) -> datetime:
        return datetime.now(UTC)


class FixedClock:
    """Stands still until it is moved: for tests and dry runs."""

    def __init__(self, at: datetime) -> None:
        self._at = at

    def now(self) -> datetime:
        return self._at

    def real(self) -> datetime:
        return self._at

    def forward(self, **spans: float) -> None:
        self._at += timedelta(**spans)

    def set(self, at: datetime) -> None:
        self._at = at
