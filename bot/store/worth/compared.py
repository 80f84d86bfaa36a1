"""An instant of a million rows, to be compared with another.

SQLite calls a column of instants numeric, and tries at each comparison to read both sides as a number; that takes
longer than to compare them. A plus before the column spares it. It also keeps indexes of the column from being used.
"""

from datetime import datetime
from typing import Any

from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

from bot.store.database import Instant


class compared(FunctionElement[datetime]):  # noqa: N801 — reads as the function it is in a statement
    """What it is given, a column of instants."""

    name = "compared"
    type = Instant()
    inherit_cache = True


@compiles(compared)
def _as_it_is(element: compared, compiler: SQLCompiler, **options: Any) -> str:
    return compiler.process(element.clauses, **options)


@compiles(compared, "sqlite")
def _as_text(element: compared, compiler: SQLCompiler, **options: Any) -> str:
    return f"+{compiler.process(element.clauses, **options)}"
