"""One file with its map, looked through before anything is written: what it lacks is said then."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.intake import maps
from bot.intake.files import Cells, Line, TableFile, Unusable, open_table
from bot.intake.maps import Map
from bot.intake.rejected import UNDER
from bot.intake.repeats import Unsorted, repeated
from bot.rules.intake.order_rows import OrderRows
from bot.rules.intake.records import LINE, LINE_FIELDS, SHAPES, known_fields
from bot.store.scratch import Scratch, scratch
from bot.values.records import Kind

MOST_REPEATED = 1_000_000
MOST_HELD_BACK = 200_000  # orders, whose rows wait in memory

OF_JSON = frozenset({"lines", UNDER})  # what a row of JSON may hold beside cells
NAMES_OF_A_CUSTOMER = ("external_id", "openid", "phone")


@dataclass(frozen=True, slots=True)
class Source:
    kind: Kind
    file: TableFile
    map: Map
    rows: int
    again: frozenset[str]  # keys that come again, and some that do not
    beside: TableFile | None  # where an order's lines are
    unused: tuple[str, ...]  # columns nobody asked for

    @property
    def key(self) -> Callable[[Line], str]:
        return _key_of(self.kind, self.map, self.file)

    def order_rows(self) -> OrderRows | None:
        """What reads orders of a CSV, a row a line, at a stroke; None where rows have to be looked at one by one."""
        if (
            self.kind != "orders"
            or self.file.is_json
            or self.map.lines
            or self.map.fixed
            or "lines" in self.file.columns
        ):
            return None
        places = {column: place for place, column in enumerate(self.file.columns)}
        positions = {name: places[column] for name, column in self.map.columns.items() if column in places}
        return OrderRows(positions, self.map.values, self.map.empty)

    def says(self, field: str) -> bool:
        """Whether any row says something of it; reads until the first that does."""
        if not (self.file.is_json or field in self.map.columns or field in self.map.fixed):
            return False
        with self.fields() as fields:
            found = (fields(line).get(field) for line in self.file.lines() if not line.fault)
            return any(value not in {None, ""} for value in found)

    @contextmanager
    def fields(self) -> Iterator[Callable[[Line], Cells]]:
        """What turns a row into our fields, with the lines from the other file where the map says so."""
        with ExitStack() as stack:
            found = stack.enter_context(scratch(_keyed(self.beside, self.map))) if self.beside else None
            chosen = self.map
            if chosen.is_plain and not self.file.is_json:
                yield lambda line: line.cells
            else:
                yield lambda line: _fields(chosen, line.cells, found)


def look_through(path: Path, kind: Kind, map_path: Path | None) -> Source:
    """Reads the file twice, and keeps nothing of it; raises `Unusable`."""
    chosen = maps.read_map(map_path, kind) if map_path else None
    asked = _asked(chosen) if chosen else known_fields(kind)
    encoding, delimiter = (chosen.encoding, chosen.delimiter) if chosen else ("", "")
    file = open_table(path, asked, encoding=encoding, delimiter=delimiter)
    used = chosen or maps.plain(kind, file.columns)
    beside = _beside(path, used)
    if not file.is_json:
        _has_columns(file, kind, used, is_named=chosen is not None)
    rows, again, named = _counted(file, kind, used)
    asked_for = used.columns.keys() | (OF_JSON if file.is_json else set())
    unused = () if chosen else tuple(name for name in named if name not in asked_for)
    return Source(kind, file, used, rows, again, beside, unused)


def _counted(file: TableFile, kind: Kind, chosen: Map) -> tuple[int, frozenset[str], Sequence[str]]:
    """The rows, the keys that come again, and what the file names, in the order it first does."""
    rows = 0
    key_of = _key_of(kind, chosen, file)
    named = dict.fromkeys(file.columns)

    def keys() -> Iterator[str]:
        nonlocal rows
        for line in file.lines():
            rows += 1
            if file.is_json and not line.fault:
                named.update(dict.fromkeys(line.row))
            key = key_of(line)
            if kind != "orders":
                yield ""  # neighbours of one key are two rows here
            yield key

    most = MOST_HELD_BACK if kind == "orders" else MOST_REPEATED
    try:
        again = frozenset(repeated(keys(), size=file.path.stat().st_size, most=most))
    except Unsorted:
        advice = "sort the file by the order's id" if kind == "orders" else "each id once, please"
        raise Unusable(f"{file.path}: more than {most} ids stand in several places; {advice}") from None
    return rows, again, list(named)


def _key_of(kind: Kind, chosen: Map, file: TableFile) -> Callable[[Line], str]:
    """What tells a row's key; an order's is asked for every line, so in a few steps."""
    if kind == "customers":
        return lambda line: _key_of_customer(chosen, line.cells)
    column = chosen.columns.get(SHAPES[kind].key, "")
    place = file.columns.index(column) if column in file.columns else None

    def key(line: Line) -> str:
        if place is not None and line.fault is None:
            cell: Any = line.row[place]  # type: ignore[index]
        else:
            cell = line.cells.get(column)
        return "" if cell is None else str(cell)[:80].strip()

    return key


def _key_of_customer(chosen: Map, cells: Cells) -> str:
    for name in NAMES_OF_A_CUSTOMER:
        cell = cells.get(chosen.columns.get(name, ""))
        if cell is not None and (key := str(cell)[:80].strip()):
            return f"{name}:{key}"
    return ""


def _fields(chosen: Map, cells: Cells, beside: Scratch | None) -> Cells:
    found = chosen.fields(cells)
    if chosen.lines and beside:
        found["lines"] = [
            chosen.line_fields(row) for row in beside.rows(str(cells.get(chosen.lines.of, "")).strip())
        ]
    elif "lines" in cells:
        found["lines"] = cells["lines"]
    return found


def _keyed(file: TableFile, chosen: Map) -> Iterator[tuple[str, Cells]]:
    key = chosen.lines.key if chosen.lines else ""
    for line in file.lines():
        if line.fault:
            raise Unusable(f"{file.path}: line {line.number}: {line.fault.reason}")
        yield str(line.cells.get(key, "")).strip(), line.cells


def _beside(path: Path, chosen: Map) -> TableFile | None:
    if chosen.lines is None:
        return None
    wanted = {chosen.lines.key, *chosen.line_columns.values()}
    file = open_table(
        path.parent / chosen.lines.file, wanted, encoding=chosen.encoding, delimiter=chosen.delimiter
    )
    for column in sorted(wanted):
        if not file.is_json and column not in file.columns:
            raise _lacks(file, column, "the map names it")
    for line in file.lines():  # a row that cannot be read is said before anything is written
        if line.fault:
            raise Unusable(f"{file.path}: line {line.number}: {line.fault.reason}")
    return file


def _has_columns(file: TableFile, kind: Kind, chosen: Map, *, is_named: bool) -> None:
    there = set(file.columns)
    if is_named:
        for column in sorted(_asked(chosen) - there):
            raise _lacks(file, column, "the map names it")
    filled = {name for name, column in chosen.columns.items() if column in there} | set(chosen.fixed)
    if kind == "customers" and not filled & set(NAMES_OF_A_CUSTOMER):
        raise _lacks(file, NAMES_OF_A_CUSTOMER[0], "or openid, or phone")
    lacking = LINE.required - filled
    if kind == "orders" and not chosen.lines and "amount" not in filled and filled & LINE_FIELDS and lacking:
        raise _lacks(file, max(lacking), "or an amount, without lines")
    for name in SHAPES[kind].fields:
        if name in SHAPES[kind].required and name not in filled:
            raise _lacks(file, name, f"{kind} need it")


def _lacks(file: TableFile, column: str, why: str) -> Unusable:
    there = ", ".join(file.columns[:30])
    return Unusable(f"{file.path}: line 1: no column {column} ({why}); the columns are {there}")


def _asked(chosen: Map) -> set[str]:
    asked: Sequence[Any] = [*chosen.columns.values(), *chosen.only_with]
    return {*asked, chosen.lines.of} if chosen.lines else set(asked)
