"""What acts alone in a process, and the moment it is told to stop."""

import subprocess
import sys

STEPS = 12  # of the waiting thread, after it has begun to wait
ENDS_WITHIN = 120.0  # seconds; about one on an idle machine

TOLD_AT_EACH_STEP = f"""
import signal, sys
from unittest.mock import Mock
from scheduler import running

def tell_at(step):
    left = [step]
    def count(_frame, _happened, _what):
        left[0] -= 1
        if left[0] == 0:
            sys.setprofile(None)
            signal.raise_signal(signal.SIGTERM)
    sys.setprofile(count)

running.LOOKS_EVERY = 0.01
for step in range(1, {STEPS}):
    running._log = Mock(info=lambda _event: tell_at(step))
    running._until_signalled(Mock())
"""


def test_a_signal_at_whatever_step_of_the_waiting_ends_it() -> None:
    """Once in forty starts it was lost, while the handler took the lock of what the same thread was about to wait for."""
    subprocess.run([sys.executable, "-c", TOLD_AT_EACH_STEP], timeout=ENDS_WITHIN, check=True)
