"""The rows that were not taken, beside the file and of its kind, with line, field and reason before the row as it was.

Mended there, they can be imported as they stand, and what is rejected again goes the same way.
"""

import csv
import json
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Self

from bot.intake.files import Cells, Line, TableFile
from bot.values.records import Fault

OURS = ("line", "field", "reason")  # as columns before theirs; …
UNDER = "rejected"  # … in JSON an object of its own; where they have such a column, ours begins with this


class Rejected:
    """Made at the first row it gets; one that an earlier run left is removed when there is none this time."""

    def __init__(self, file: TableFile) -> None:
        self._file = file
        self._name = f"{file.path.stem}.rejected.{'jsonl' if file.is_json else 'csv'}"
        is_from_us = _are_ours(file.columns[: len(OURS)])
        self._columns = file.columns[len(OURS) :] if is_from_us else file.columns
        self._out: IO[str] | None = None
        self._writer: Any = None
        self.path = ""

    def __enter__(self) -> Self:
        if self._is_ours():
            with suppress(OSError):
                (self._file.path.parent / self._name).unlink()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None
    ) -> None:
        if self._out:
            self._out.close()

    def write(self, line: Line, faults: Sequence[Fault]) -> None:
        out = self._out or self._open()
        field = "; ".join(fault.field for fault in faults if fault.field)
        reason = "; ".join(fault.reason for fault in faults)
        if self._file.is_json:
            told = {UNDER: dict(zip(OURS, (line.number, field, reason), strict=True))}
            out.write(json.dumps(told | self._object(line), ensure_ascii=False, default=str) + "\n")
        else:
            cells = (line.cells.get(column, "") for column in self._columns)
            self._writer.writerow([line.number, field, reason, *cells, *line.extra])

    def _object(self, line: Line) -> Cells:
        if line.extra:  # it is no object: the line as it was
            return {"row": line.extra[0].strip()}
        return {name: value for name, value in line.cells.items() if name != UNDER}

    def _open(self) -> IO[str]:
        """Beside the file, or here when nobody may write there; a CSV with a BOM, as spreadsheets like it."""
        encoding = "utf-8" if self._file.is_json else "utf-8-sig"
        for path in (self._file.path.parent / self._name, Path(self._name)):
            try:
                out = path.open("w", encoding=encoding, newline="", errors="backslashreplace")
            except OSError:
                continue
            self._out, self.path = out, str(path)
            if not self._file.is_json:
                self._writer = csv.writer(out)
                self._writer.writerow([*_ours_beside(self._columns), *self._columns])
            return out
        raise OSError(f"{self._name}: nowhere to write the rejected rows")

    def _is_ours(self) -> bool:
        """Written by an earlier run, going by how it begins."""
        try:
            with (self._file.path.parent / self._name).open(encoding="utf-8-sig") as file:
                first = file.readline(200)
        except (OSError, UnicodeDecodeError):
            return False
        return first.startswith(f'{{"{UNDER}": {{"line": ') or _are_ours(first.split(",")[: len(OURS)])


def _ours_beside(theirs: Sequence[str]) -> list[str]:
    return [f"{UNDER}_{name}" if name in theirs else name for name in OURS]


def _are_ours(columns: Sequence[str]) -> bool:
    return tuple(column.removeprefix(f"{UNDER}_") for column in columns) == OURS
