"""Nightly, after the figures: learns anew what the best customers share, and scores everybody else by it."""

import structlog

from bot import portrayal
from bot.services import Services

_log = structlog.get_logger(__name__)


def refresh(services: Services) -> None:
    """By the definition chosen last. A segment that is gone leaves the scores as they are, and says so."""
    try:
        done = portrayal.refresh(services)
    except portrayal.NoSegment as gone:
        _log.warning(
            "the look-alikes stay as they are: run `weilan portrait refresh --top 20`", because=str(gone)
        )
        return
    _log.info("look-alikes scored", version=done.version, scored=done.scored, written=done.written)
