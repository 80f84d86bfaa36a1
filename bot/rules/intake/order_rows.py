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
REQUIRED = len(SHAPES["orders"].required)  # of a record's fields, which begin with them


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
        at = {name: place for place, name in enumerate([*self._names, "lines"])}
        self._in_line = itemgetter(*(at.get(name, -1) for name in OrderRecord._fields))  # -1: no such column
        self._readers = [self._reader(name, SHAPES["orders"].fields[name]) for name in self._names]
        self._line_readers = [self._reader(name, LINE.fields[name]) for name in self._line_names]
        self._remembered: dict[tuple[str, ...], LineRecord | None] = {}

    def read(self, rows: Sequence[Cells]) -> OrderRecord | None:
        """All rows of one order; None when they are to be looked at closely."""
        pick, line_of = self._head, self._line_of
        cells = pick(rows[0])
        if len(rows) > 1 and (len(rows) > MOST_LINES or any(pick(row) != cells for row in rows[1:])):
            return None
        try:
            lines = tuple([line for row in rows if (line := line_of(row))])
            values = [read(cell) if cell else None for read, cell in zip(self._readers, cells, strict=True)]
        except Wrong:
            return None
        found = OrderRecord._make(self._in_line([*values, lines, None]))
        return None if None in found[:REQUIRED] else found

    def _line_of(self, row: Cells) -> LineRecord | None:
        """None for a row that names no line."""
        cells = self._line(row)
        try:
            return self._remembered[cells]
        except KeyError:
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
