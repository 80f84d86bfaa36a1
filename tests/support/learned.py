"""The product's own model of intents, learned once for a run of the tests."""

import fcntl
import tempfile
from functools import lru_cache
from pathlib import Path

from bot.insight.intent_learning import learned, lessons
from bot.insight.intent_model import Model

KEPT = Path(tempfile.gettempdir()) / "weilan-test-intents"


@lru_cache(1)
def model() -> Model:
    """Kept under the hash of its sentences, so that the next process has it at once; one learns, the others wait for it."""
    KEPT.mkdir(exist_ok=True)
    with (KEPT / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        return learned(lessons(), KEPT)
