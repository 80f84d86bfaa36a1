"""A map says which of somebody's own columns is which field, and what their values mean. Written by people, in TOML."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bot.intake.files import Cells, Unusable
from bot.rules.intake.records import known_fields
from bot.toml_files import toml_in
from bot.values.records import Kind

ATTRIBUTES = "attributes."


@dataclass(frozen=True, slots=True)
class Beside:
    """Another file whose rows belong to a row of the first: `key` there is `of` here."""

    file: str
    key: str
    of: str


@dataclass(frozen=True, slots=True)
class Map:
    """Without a map every field is the column of its own name."""

    columns: Mapping[str, str]  # field: own column
    fixed: Mapping[str, Any] = field(default_factory=dict)
    values: Mapping[str, Mapping[str, str]] = field(default_factory=dict)  # field: own value: ours
    empty: frozenset[str] = frozenset()  # cells that say nothing, such as NULL
    only_with: tuple[str, ...] = ()  # rows without these columns filled are passed over
    first_of_each: bool = False  # later rows of the same key are passed over, not refused
    encoding: str = ""
    delimiter: str = ""
    lines: Beside | None = None  # of orders: where the lines are
    line_columns: Mapping[str, str] = field(default_factory=dict)
    is_plain: bool = False  # a row is its fields already

    def fields(self, cells: Cells) -> Cells:
        """The row under the names of our fields."""
        return self._fields(self.columns, cells, self.fixed)

    def line_fields(self, cells: Cells) -> Cells:
        return self._fields(self.line_columns, cells, {})

    def is_wanted(self, cells: Cells) -> bool:
        return all(cells.get(column) and cells[column] not in self.empty for column in self.only_with)

    def _fields(self, columns: Mapping[str, str], cells: Cells, fixed: Mapping[str, Any]) -> Cells:
        found: Cells = dict(fixed)
        for name, column in columns.items():
            cell = cells.get(column)
            if isinstance(cell, (str, int)):  # JSON may have 1 where CSV has "1"
                written = str(cell)
                if written in self.empty:
                    continue
                if name in self.values:
                    cell = self.values[name].get(written.strip(), cell)
            if cell is None or cell == "":
                continue
            if name.startswith(ATTRIBUTES):
                found.setdefault("attributes", {})[name.removeprefix(ATTRIBUTES)] = cell
            else:
                found[name] = cell
        return found


def plain(kind: Kind, columns: tuple[str, ...]) -> Map:
    """For a file that uses our names."""
    names = known_fields(kind)
    if kind == "products":
        names |= {column for column in columns if column.startswith(ATTRIBUTES)}
    has_attributes = any(name.startswith(ATTRIBUTES) for name in names)
    return Map(
        columns={name: name for name in sorted(names)}, is_plain=not has_attributes and "lines" not in columns
    )


def read_map(path: Path, kind: Kind) -> Map:
    return _Reader(path, kind).map(toml_in(path, Unusable))


@dataclass(frozen=True, slots=True)
class _Reader:
    path: Path
    kind: Kind

    def map(self, written: dict[str, Any]) -> Map:
        self._only(written, _KEYS, "")
        if written.get("kind", self.kind) != self.kind:
            raise self._wrong("kind", f"{self.kind}, as the command says")
        lines = self._table(written, "lines")
        self._only(lines, {"file", "key", "of", "columns"}, "lines.")
        values = self._table(written, "values")
        self._known(values, "values.")
        return Map(
            columns=self._columns(written, "columns"),
            fixed=self._fixed(written),
            values={name: self._strings(values, name, "values.") for name in values},
            empty=frozenset(self._list(written, "empty")),
            only_with=tuple(self._list(written, "only_with")),
            first_of_each=self._yes(written, "first_of_each"),
            encoding=self._word(written, "encoding"),
            delimiter=self._delimiter(written),
            lines=self._beside(lines) if lines else None,
            line_columns=self._columns(lines, "columns") if lines else {},
        )

    def _beside(self, lines: dict[str, Any]) -> Beside:
        if self.kind != "orders":
            raise self._wrong("lines", "nothing: only orders have lines")
        found = {name: self._word(lines, name) for name in ("file", "key", "of")}
        for name, value in found.items():
            if not value:
                raise self._wrong(f"lines.{name}", "a text")
        return Beside(**found)

    def _columns(self, written: dict[str, Any], name: str) -> dict[str, str]:
        found = self._strings(written, name, "")
        self._known(found, f"{name}.")
        return found

    def _fixed(self, written: dict[str, Any]) -> dict[str, Any]:
        found = self._table(written, "fixed")
        self._known(found, "fixed.")
        return found

    def _known(self, found: Mapping[str, Any], where: str) -> None:
        names = known_fields(self.kind)
        for name in found:
            if name not in names and not (self.kind == "products" and name.startswith(ATTRIBUTES)):
                raise self._wrong(f"{where}{name}", f"one of {', '.join(sorted(names))}")

    def _only(self, written: Mapping[str, Any], names: set[str], where: str) -> None:
        for name in written:
            if name not in names:
                raise self._wrong(f"{where}{name}", f"one of {', '.join(sorted(names))}")

    def _table(self, written: Mapping[str, Any], name: str) -> dict[str, Any]:
        found = written.get(name, {})
        if not isinstance(found, dict):
            raise self._wrong(name, "a table")
        return found

    def _strings(self, written: Mapping[str, Any], name: str, where: str) -> dict[str, str]:
        found = self._table(written, name)
        for key, value in found.items():
            if not isinstance(value, str):
                raise self._wrong(f"{where}{name}.{key}", "a text")
        return found

    def _list(self, written: Mapping[str, Any], name: str) -> list[str]:
        found = written.get(name, [])
        if not isinstance(found, list) or not all(isinstance(value, str) for value in found):
            raise self._wrong(name, "a list of texts")
        return found

    def _word(self, written: Mapping[str, Any], name: str) -> str:
        found = written.get(name, "")
        if not isinstance(found, str):
            raise self._wrong(name, "a text")
        return found

    def _yes(self, written: Mapping[str, Any], name: str) -> bool:
        found = written.get(name, False)
        if not isinstance(found, bool):
            raise self._wrong(name, "true or false")
        return found

    def _delimiter(self, written: Mapping[str, Any]) -> str:
        found = self._word(written, "delimiter")
        if len(found) > 1:
            raise self._wrong("delimiter", "one character")
        return found

    def _wrong(self, name: str, expected: str) -> Unusable:
        return Unusable(f"{self.path}: {name}: expected {expected}")


_KEYS = {
    "kind", "columns", "fixed", "values", "empty", "only_with", "first_of_each", "encoding", "delimiter", "lines",
}  # fmt: skip
