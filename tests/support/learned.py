"""The product's own model of intents, learned once for a run of the tests."""

import tempfile
from functools import lru_cache
from pathlib import Path

from bot.insight.intent_learning import learned, lessons
from bot.insight.intent_model import Model


@lru_cache(1)
def model() -> Model:
    """Kept under the hash of its sentences, so that the next run has it at once."""
    return learned(lessons(), Path(tempfile.gettempdir()) / "weilan-test-intents")
