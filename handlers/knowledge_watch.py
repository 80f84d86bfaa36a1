"""Keeps a process's knowledge index as the operator last wrote it, away from the messages it answers.

Each process that answers chat has one watch; it looks at a version every two seconds and reads everything only
when that has changed.
"""

import threading

import structlog

from bot.insight.knowledge import KnowledgeIndex
from bot.store.database import Database
from bot.store.talk import knowledge

LOOKS_EVERY = 2.0  # seconds, real ones

_log = structlog.get_logger(__name__)


def refresh(database: Database, index: KnowledgeIndex) -> bool:
    """Reads the entries if they changed; true when it did."""
    with database.reading() as session:
        version = knowledge.version(session)
        if version == index.version:
            return False
        entries = knowledge.entries(session)
    index.replace(entries, version)
    return True


class KnowledgeWatch:
    """Looks once before `start` returns, then on a thread of its own; while the database is down the old index stays."""

    def __init__(self, database: Database, index: KnowledgeIndex, every: float = LOOKS_EVERY) -> None:
        self._database = database
        self._index = index
        self._every = every
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="knowledge-watch", daemon=True)

    def start(self) -> None:
        self._look()
        self._thread.start()

    def stop(self) -> None:
        self._ended.set()
        if self._thread.is_alive():
            self._thread.join()

    def _watch(self) -> None:
        while not self._ended.wait(self._every):
            self._look()

    def _look(self) -> None:
        try:
            refresh(self._database, self._index)
        except knowledge.Unreachable as error:
            _log.warning("knowledge not read", reason=type(error).__name__)
