"""How far the sandbox's clock is from the real one: kept where all processes of the product see it."""

import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from bot.store.failures import Failure, failure_of
from bot.store.keys import Keys

KEY = "sandbox:offset"
LASTS = timedelta(days=3650)
KNOWN_FOR = 0.2  # seconds
ASKED_AGAIN_AFTER = 2.0  # seconds, when the store did not answer
NEVER = float("-inf")
FARTHEST = timedelta(days=7305)


class TooFar(Exception):
    """What was recorded is replayed at its own time; beyond twenty years dates and calendars have an end."""


class Offset:
    """Callable, for `MovableClock`. One person moves the clock at a time: the last one wins."""

    def __init__(self, keys: Keys, stopwatch: Callable[[], float] = time.monotonic) -> None:
        self._keys = keys
        self._stopwatch = stopwatch
        self._lock = threading.Lock()
        self._known = timedelta()
        self._known_until = NEVER

    def __call__(self) -> timedelta:
        """While one asks the others go by what was last known; so does everybody while nobody can be asked."""
        if self._stopwatch() < self._known_until:
            return self._known
        if not self._lock.acquire(blocking=self._known_until == NEVER):
            return self._known
        try:
            if self._stopwatch() >= self._known_until:
                self._ask()
            return self._known
        finally:
            self._lock.release()

    def _ask(self) -> None:
        try:
            self._remember(_read(self._keys))
        except Exception as error:
            if self._known_until == NEVER or failure_of(error) is Failure.MISTAKE:
                raise
            self._known_until = self._stopwatch() + ASKED_AGAIN_AFTER

    def forward(self, span: timedelta) -> timedelta:
        """Moves the clock by `span`, back when it is negative; answers the new offset."""
        with self._lock:
            return self._keep(_read(self._keys) + span)

    def set(self, at: datetime) -> timedelta:
        """Makes it `at` now; the clock goes on from there."""
        with self._lock:
            return self._keep(at - datetime.now(UTC))

    def _keep(self, offset: timedelta) -> timedelta:
        if abs(offset) > FARTHEST:
            raise TooFar
        self._keys.set(KEY, str(offset.total_seconds()), lasts=LASTS)
        self._remember(offset)
        return offset

    def _remember(self, offset: timedelta) -> None:
        self._known = offset
        self._known_until = self._stopwatch() + KNOWN_FOR


def _read(keys: Keys) -> timedelta:
    kept = keys.get(KEY)
    return timedelta(seconds=float(kept)) if kept else timedelta()
