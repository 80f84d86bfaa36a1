"""What became of a file's rows."""

from dataclasses import dataclass

from bot.values.records import Kind


@dataclass(slots=True, kw_only=True)
class Imported:
    """`rows` are the file's; the others count things: an order is one, whatever its lines."""

    kind: Kind
    file: str
    encoding: str
    rows: int = 0
    created: int = 0
    updated: int = 0
    unchanged: int = 0
    rejected: int = 0
    passed_over: int = 0
    rejected_rows_in: str = ""
    unused_columns: tuple[str, ...] = ()
