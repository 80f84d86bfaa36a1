"""Reads tables out of files, a row at a time: CSV and JSON lines. What makes the whole file useless is an `Unusable`.

A CSV is UTF-8 (with or without BOM) or GB18030, parted by comma, semicolon or tab. Nothing is kept in memory.
"""

import codecs
import csv
import io
import json
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import IO, Any, NamedTuple, TypeAlias

from bot.values.records import Fault

LONGEST_LINE = 1 << 20  # bytes
AT_A_STROKE = 1 << 18  # bytes
LOOKED_AT = 1 << 16  # bytes that tell Big5
DELIMITERS = ",;\t"
ENCODINGS = {
    "utf-8": "utf-8-sig",
    "utf8": "utf-8-sig",
    "gb18030": "gb18030",
    "gbk": "gb18030",
    "gb2312": "gb18030",
}
FREQUENT_IN_GB = (0xB0, 0xD7)  # first bytes: GB 2312's first level, 3,755 characters, …
FREQUENT_IN_BIG5 = (0xA4, 0xC6)  # … and Big5's, 5,401
UTF_16 = (b"\xff\xfe", b"\xfe\xff")

Cells: TypeAlias = dict[str, Any]


class Unusable(Exception):
    """One line: the file, the line, and what is wrong; nothing was written."""


class Line(NamedTuple):
    """A row with the number of the line it begins on; a row that cannot be read has a fault."""

    number: int
    row: Cells | list[str]  # of a CSV as many as it has columns, unless there is a fault
    columns: tuple[str, ...] = ()
    fault: Fault | None = None

    @property
    def cells(self) -> Cells:
        return self.row if isinstance(self.row, dict) else dict(zip(self.columns, self.row, strict=False))

    @property
    def extra(self) -> Sequence[str]:
        """What stood beyond the last column."""
        return () if isinstance(self.row, dict) else self.row[len(self.columns) :]


@dataclass(frozen=True, slots=True)
class TableFile:
    path: Path
    encoding: str
    is_json: bool
    delimiter: str = ","
    columns: tuple[str, ...] = field(default=())  # of a CSV

    def lines(self) -> Iterator[Line]:
        return self._json_lines() if self.is_json else self._csv_lines()

    def _csv_lines(self) -> Iterator[Line]:
        columns, width = self.columns, len(self.columns)
        with _opened(self.path, self.encoding) as lines:
            reader = csv.reader(lines, delimiter=self.delimiter, strict=True)
            next(reader)
            number = reader.line_num + 1
            while True:
                try:
                    for cells in reader:
                        if len(cells) == width:
                            yield Line(number, cells, columns)
                        elif cells:
                            fault = Fault("", f"{width} cells", f"{len(cells)} cells")
                            yield Line(number, cells, columns, fault)
                        number = reader.line_num + 1
                except csv.Error as error:
                    if "unexpected end" in str(error):
                        raise Unusable(
                            f'{self.path}: line {number}: a quote (") is opened and never closed'
                        ) from None
                    yield Line(number, {}, fault=Fault("", "quotes that open and close around a whole cell"))
                    number = reader.line_num + 1
                else:
                    return

    def _json_lines(self) -> Iterator[Line]:
        with _opened(self.path, self.encoding, newline=None) as lines:
            for number, line in enumerate(lines, start=1):
                if not line.isspace():
                    yield _json_line(number, line)


class _InLargePieces(io.BufferedReader):
    """Each piece read lets go of the interpreter for an instant: too short for who waits for it, who then begins to wait anew.

    So a thread beside one that read small pieces would not come to its turn.
    """

    def read1(self, size: int = -1, /) -> bytes:  # noqa: ARG002
        return super().read(AT_A_STROKE)


def _opened(path: Path, encoding: str, newline: str | None = "") -> io.TextIOWrapper:
    return io.TextIOWrapper(_InLargePieces(io.FileIO(path)), encoding=encoding, newline=newline)


def open_table(path: Path, known: Collection[str], *, encoding: str = "", delimiter: str = "") -> TableFile:
    """Reads the whole file once, so that a wrong encoding is found before anything is written.

    `known` are columns that tell the right delimiter from a wrong one.
    """
    try:
        found = _encoding(path, encoding)
        if path.suffix.lower() in {".jsonl", ".ndjson", ".json"}:
            return TableFile(path, found, is_json=True)
        parted_by, columns = _header(path, found, known, delimiter)
    except OSError as error:
        raise Unusable(f"{path}: {error.strerror or error}") from None
    return TableFile(path, found, is_json=False, delimiter=parted_by, columns=columns)


def _json_line(number: int, line: str) -> Line:
    try:
        cells = json.loads(line, parse_float=Decimal)
    except (ValueError, RecursionError):
        cells = None
    if not isinstance(cells, dict):
        return Line(number, [line], fault=Fault("", "a JSON object on one line", line[:40].strip()))
    return Line(number, cells)


def _encoding(path: Path, wanted: str) -> str:
    if wanted and wanted.lower() not in ENCODINGS:
        raise Unusable(f"{path}: encoding {wanted}: expected utf-8 or gb18030")
    with path.open("rb") as file:
        start = file.read(4)
        if start[:2] in UTF_16 or b"\x00" in start:
            raise Unusable(f"{path}: this is UTF-16 or no text at all; save it as CSV UTF-8, or as GB18030")
        file.seek(0)
        if wanted:
            fault = _first_fault(file, ENCODINGS[wanted.lower()])
            if fault:
                raise Unusable(
                    f"{path}: line {fault.line}, byte {fault.byte}: not {wanted}; another encoding?"
                )
            return ENCODINGS[wanted.lower()]
        if _is_sound(file, "utf-8"):
            return "utf-8-sig"
        file.seek(0)
        as_utf_8 = _first_fault(file, "utf-8")
        if as_utf_8 is None:
            return "utf-8-sig"
        file.seek(0)
        # one bad byte in a file that is otherwise UTF-8 is damage, not another encoding
        if as_utf_8.good_before or _first_fault(file, "gb18030"):
            raise Unusable(
                f"{path}: line {as_utf_8.line}, byte {as_utf_8.byte}: neither UTF-8 nor GB18030; save it as CSV UTF-8"
            )
        file.seek(0)
        if _reads_as_big5(file.read(LOOKED_AT)):
            raise Unusable(
                f"{path}: line {as_utf_8.line}: this looks like Big5; save it as CSV UTF-8, or, if it is GB18030, say so in a map"
            )
    return "gb18030"


def _reads_as_big5(start: bytes) -> bool:
    """Nearly all bytes are good GB18030: what is Big5 gives frequent characters there, and rare ones here."""
    cut = start.rpartition(b"\n")[0] or start
    try:
        cut.decode("big5")
    except UnicodeDecodeError:
        return False
    return _frequent(cut, "big5", *FREQUENT_IN_BIG5) > _frequent(cut, "gb18030", *FREQUENT_IN_GB)


def _frequent(text: bytes, encoding: str, first: int, last: int) -> float:
    """The share of its characters beyond ASCII that stand among the frequent Chinese ones, going by their first byte."""
    leads = [
        encoded[0]
        for sign in text.decode(encoding, errors="ignore")
        if len(encoded := sign.encode(encoding)) > 1
    ]
    return sum(first <= lead <= last for lead in leads) / max(len(leads), 1)


def _is_sound(file: IO[bytes], encoding: str) -> bool:
    """Says at a stroke what `_first_fault` says by lines: no line too long, no byte amiss."""
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        while block := file.read(LONGEST_LINE // 2):
            if len(block) == LONGEST_LINE // 2 and b"\n" not in block:
                return False
            decoder.decode(block)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


@dataclass(frozen=True, slots=True)
class _Undecoded:
    line: int
    byte: int  # within the line, from 1
    good_before: int  # lines before it that are not ASCII and could be read


def _first_fault(file: IO[bytes], encoding: str) -> _Undecoded | None:
    good = 0
    for number, line in enumerate(iter(lambda: file.readline(LONGEST_LINE), b""), start=1):
        if len(line) == LONGEST_LINE:
            raise Unusable(
                f"{file.name}: line {number}: longer than {LONGEST_LINE} bytes; is it CSV or JSON lines?"
            )
        if not line.isascii():
            try:
                line.decode(encoding)
            except UnicodeDecodeError as error:
                return _Undecoded(number, error.start + 1, good)
            good += 1
    return None


def _header(path: Path, encoding: str, known: Collection[str], wanted: str) -> tuple[str, tuple[str, ...]]:
    with path.open(encoding=encoding, newline="") as lines:
        first = lines.readline()
    if not first.strip():
        raise Unusable(f"{path}: line 1: the names of the columns are missing")
    best = max(wanted or DELIMITERS, key=lambda delimiter: _understood(first, delimiter, known))
    columns = _cells(path, first, best)
    doubled = sorted({column for column in columns if column and columns.count(column) > 1})
    if doubled:
        raise Unusable(f"{path}: line 1: the column {doubled[0]} is there twice")
    return best, columns


def _understood(first: str, delimiter: str, known: Collection[str]) -> tuple[int, int]:
    columns = next(csv.reader([first], delimiter=delimiter))
    return len({column.strip() for column in columns} & set(known)), len(columns)


def _cells(path: Path, first: str, delimiter: str) -> tuple[str, ...]:
    try:
        return tuple(cell.strip() for cell in next(csv.reader([first], delimiter=delimiter, strict=True)))
    except csv.Error:
        raise Unusable(f"{path}: line 1: the names of the columns cannot be read; is it CSV?") from None
