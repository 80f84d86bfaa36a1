"""A second file on disk, found by key: too large for memory, gone when the work is done."""

import json
import sqlite3
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

Cells = dict[str, str]


class Scratch:
    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def rows(self, key: str) -> list[Cells]:
        """Those of the key, as they stood in the file."""
        found = self._connection.execute("SELECT cells FROM rows WHERE key = ? ORDER BY number", (key,))
        return [json.loads(cells) for (cells,) in found]


@contextmanager
def scratch(rows: Iterable[tuple[str, Cells]]) -> Iterator[Scratch]:
    """Keeps the rows, each with its key, as long as it is open."""
    with tempfile.TemporaryDirectory(prefix="weilan-") as folder:
        connection = sqlite3.connect(Path(folder) / "scratch.db", isolation_level=None)
        try:
            for settings in ("journal_mode=OFF", "synchronous=OFF", "cache_size=-16000"):
                connection.execute(f"PRAGMA {settings}")
            connection.execute(
                "CREATE TABLE rows (number INTEGER PRIMARY KEY, key TEXT NOT NULL, cells TEXT NOT NULL)"
            )
            connection.execute("BEGIN")
            packed = ((key, json.dumps(cells, ensure_ascii=False)) for key, cells in rows)
            connection.executemany("INSERT INTO rows (key, cells) VALUES (?, ?)", packed)
            connection.execute("CREATE INDEX by_key ON rows (key)")
            connection.execute("COMMIT")
            yield Scratch(connection)
        finally:
            connection.close()
