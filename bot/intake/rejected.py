"""The rows that were not taken: a CSV beside the file, with line, field and reason before the row as it was."""

import csv
import json
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Self

from bot.intake.files import Line, TableFile
from bot.values.records import Fault


class Rejected:
    """Made at the first row it gets; one that an earlier run left is removed when there is none this time."""

    def __init__(self, file: TableFile) -> None:
        self._file = file
        self._name = f"{file.path.stem}.rejected.csv"
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
        if self._out is None:
            self._open()
        field = "; ".join(fault.field for fault in faults if fault.field)
        reason = "; ".join(fault.reason for fault in faults)
        self._writer.writerow([line.number, field, reason, *self._as_it_was(line)])

    def _as_it_was(self, line: Line) -> list[Any]:
        if self._file.is_json:
            return [json.dumps(line.cells, ensure_ascii=False, default=str)]
        return [*(line.cells.get(column, "") for column in self._file.columns), *line.extra]

    def _open(self) -> None:
        """Beside the file, or here when nobody may write there; with a BOM, as spreadsheets like it."""
        columns = ["row"] if self._file.is_json else self._file.columns
        for path in (self._file.path.parent / self._name, Path(self._name)):
            try:
                self._out = path.open("w", encoding="utf-8-sig", newline="", errors="backslashreplace")
            except OSError:
                continue
            self.path = str(path)
            self._writer = csv.writer(self._out)
            self._writer.writerow(["line", "field", "reason", *columns])
            return
        raise OSError(f"{self._name}: nowhere to write the rejected rows")

    def _is_ours(self) -> bool:
        """Written by an earlier run, going by how it begins."""
        try:
            with (self._file.path.parent / self._name).open(encoding="utf-8-sig") as file:
                return file.read(18) == "line,field,reason,"
        except (OSError, UnicodeDecodeError):
            return False
