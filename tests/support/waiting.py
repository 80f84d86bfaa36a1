"""Waiting for what other threads and processes do, and not for ever."""

import time
from collections.abc import Callable

PATIENCE = 120.0  # seconds; costs nothing where all is well, and a machine may be slow and shared


def comes_true(claim: Callable[[], bool], seconds: float = PATIENCE) -> bool:
    until = time.monotonic() + seconds
    while not claim():
        if time.monotonic() > until:
            return False
        time.sleep(0.02)
    return True
