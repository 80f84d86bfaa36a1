"""Orders of a table, a row a line, read in a few steps as long as nothing is wrong with them. Pure.

Which cell is which field is looked up once, not for each row. Who gets None asks `records.order`, which takes the same
rows the same way and names every fault.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from operator import itemgetter
from typing import Any, TypeAlias

from bot.rules.intake.cells import Wrong
from bot.rules.intake.records import LINE, MOST_LINES, PRODUCT, SHAPES, Read
from bot.values.records import LineRecord, OrderRecord

Cells: TypeAlias = Sequence[str]
Pick: TypeAlias = Callable[[Cells], tuple[str, ...]]

MOST_REMEMBERED = 50_000  # lines that were read once already: what a shop sells comes again and again

_HEAD = tuple(name for name in OrderRecord._fields if name != "lines")
_REQUIRED = SHAPES["orders"].required


class OrderRows:
    """`positions` say where in a row each field stands, `values` what somebody's own words mean, `empty` which say nothing."""

    def __init__(
        self,
        positions: Mapping[str, int],
        values: Mapping[str, Mapping[str, str]] | None = None,
        empty: Collection[str] = (),
    ) -> None:
        self._empty, self._values = frozenset(empty), values or {}
        self._names = [name for name in _HEAD if name in positions]
        self._line_names = [name for name in LineRecord._fields if name in positions]
        self._head = _picker([positions[name] for name in self._names])
        self._line = _picker([positions[name] for name in self._line_names])
        self._readers = [self._reader(name, SHAPES["orders"].fields[name]) for name in self._names]
        self._line_readers = [self._reader(name, LINE.fields[name]) for name in self._line_names]
        self._remembered: dict[tuple[str, ...], LineRecord | None] = {}

    def read(self, rows: Sequence[Cells]) -> OrderRecord | None:
        """All rows of one order; None when they are to be looked at closely."""
        cells = self._head(rows[0])
        if len(rows) > MOST_LINES or any(self._head(row) != cells for row in rows[1:]):
            return None
        try:
            lines = tuple([line for row in rows if (line := self._line_of(self._line(row)))])
            values = _read(self._names, self._readers, cells)
        except Wrong:
            return None
        if not values.keys() >= _REQUIRED or not (lines or "amount" in values):
            return None
        return OrderRecord(lines=lines, **values)

    def _line_of(self, cells: tuple[str, ...]) -> LineRecord | None:
        """None for a row that names no line."""
        if cells in self._remembered:
            return self._remembered[cells]
        if len(self._remembered) >= MOST_REMEMBERED:
            self._remembered.clear()
        found = self._remembered[cells] = self._line_read(cells)
        return found

    def _line_read(self, cells: tuple[str, ...]) -> LineRecord | None:
        if not any(cells):
            return None
        values = _read(self._line_names, self._line_readers, cells)
        if not values.keys() >= LINE.required or not values.keys() & PRODUCT:
            raise Wrong("a line")
        return LineRecord(**values)

    def _reader(self, name: str, read: Read) -> Read:
        if not self._empty and name not in self._values:
            return read
        empty, meaning = self._empty, self._values.get(name, {})

        def read_theirs(cell: str) -> Any:
            ours = "" if cell in empty else meaning.get(cell.strip(), cell)
            return None if ours == "" else read(ours)

        return read_theirs


def _read(names: Sequence[str], readers: Sequence[Read], cells: tuple[str, ...]) -> dict[str, Any]:
    return {
        name: value
        for name, read, cell in zip(names, readers, cells, strict=True)
        if cell and (value := read(cell)) is not None
    }


def _picker(places: Sequence[int]) -> Pick:
    """What takes these cells out of a row."""
    if len(places) > 1:
        return itemgetter(*places)
    return lambda row: tuple(row[place] for place in places)
