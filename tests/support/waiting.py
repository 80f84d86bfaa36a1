"""Waiting for what other threads and processes do, and not for ever."""

import time
from collections.abc import Callable


def comes_true(claim: Callable[[], bool], seconds: float = 60.0) -> bool:
    until = time.monotonic() + seconds
    while not claim():
        if time.monotonic() > until:
            return False
        time.sleep(0.02)
    return True
