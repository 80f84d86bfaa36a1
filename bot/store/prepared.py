"""Core statements for the hot path: compiled once, then handed to the driver as they are.

SQLAlchemy spends three to ten times on a statement of one row what SQLite does. Here the same statements, types
and dialects are used, and only the work that is equal every time is not repeated. For what every message runs, and for statements so long
that writing them out takes as long as running them.
"""

from collections.abc import Callable
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import Delete, Dialect, Insert, Numeric, Select, Update

from bot.store.database import Instant, Session
from bot.store.libpq import LINE, Line, numbered

Statement = Select[*tuple[Any, ...]] | Insert | Update | Delete


class Prepared:
    """One statement; `values` name its bind parameters, all of them that have no value of their own."""

    def __init__(self, statement: Statement) -> None:
        self._statement = statement
        self._plans: dict[str, _Plan] = {}

    def ahead(self, session: Session, values: dict[str, Any], name: str) -> None:
        """Asks what `first` of the same name will want to know; only over a line, which many questions can share."""
        line: Line | None = session.info.get(LINE)
        if line is not None:
            plan = self._plan(session)
            line.ahead(name, plan.numbered, plan.listed(values))

    def first(self, session: Session, values: dict[str, Any], name: str = "") -> tuple[Any, ...] | None:
        """The first row, or None. `name`: of what may have been asked ahead."""
        plan = self._plan(session)
        line: Line | None = session.info.get(LINE)
        if line is None:
            row = session.connection.dbapi_connection.execute(plan.sql, plan.given(values)).fetchone()  # type: ignore[union-attr]
        elif line.asked_ahead(name):
            row = line.answer_to(name)
        else:
            row = line.first(plan.numbered, plan.listed(values))
        return None if row is None else plan.read(row)

    def all(self, session: Session, values: dict[str, Any]) -> list[tuple[Any, ...]]:
        plan = self._plan(session)
        line: Line | None = session.info.get(LINE)
        if line is None:
            rows = session.connection.dbapi_connection.execute(plan.sql, plan.given(values)).fetchall()  # type: ignore[union-attr]
        else:
            rows = line.all(plan.numbered, plan.listed(values))
        return list(map(plan.read, rows))

    def run(self, session: Session, values: dict[str, Any]) -> None:
        """For what answers nothing."""
        plan = self._plan(session)
        line: Line | None = session.info.get(LINE)
        if line is None:
            session.connection.dbapi_connection.execute(plan.sql, plan.given(values))  # type: ignore[union-attr]
        else:
            line.run(plan.numbered, plan.listed(values))

    def execute(self, session: Session, values: dict[str, Any]) -> None:
        """As `run`, by way of SQLAlchemy, which then knows of an error; for a long statement that is run some times."""
        plan = self._plan(session)
        given = plan.given(values)
        session.exec_driver_sql(plan.sql, tuple(given) if isinstance(given, list) else given)

    def _plan(self, session: Session) -> "_Plan":
        plan = self._plans.get(session.dialect.name)
        if plan is None:
            plan = self._plans[session.dialect.name] = _Plan(self._statement, session.dialect)
        return plan


class _Plan:
    def __init__(self, statement: Statement, dialect: Dialect) -> None:
        compiled = statement.compile(dialect=dialect)
        self.sql = str(compiled)
        self.numbered, names = numbered(self.sql)
        self._is_listed = compiled.positiontup is not None
        self._order = names if compiled.positiontup is None else compiled.positiontup
        self._own = {name: value for name, value in compiled.params.items() if value is not None}
        converters = {name: _for_driver(compiled.binds[name].type, dialect) for name in self._order}
        self._converters = [(name, convert) for name, convert in converters.items() if convert]
        readers = [_from_driver(column.type, dialect) for column in statement.exported_columns]
        self._readers = [(place, reader) for place, reader in enumerate(readers) if reader]

    def given(self, values: dict[str, Any]) -> Any:
        """As the driver wants them. What `values` name beyond the statement's own does no harm."""
        return (
            self.listed(values)
            if self._is_listed
            else dict(zip(self._order, self.listed(values), strict=True))
        )

    def listed(self, values: dict[str, Any]) -> list[Any]:
        given = self._own | values
        for name, convert in self._converters:
            given[name] = convert(given[name])
        return list(map(given.__getitem__, self._order))

    def read(self, row: Any) -> tuple[Any, ...]:
        read = list(row)
        for place, reader in self._readers:
            value = read[place]
            if value is not None:
                read[place] = reader(value)
        return tuple(read)


def _for_driver(of_type: Any, dialect: Dialect) -> Callable[[Any], Any] | None:
    if isinstance(of_type, Instant) and dialect.name == "sqlite":
        return _instant_to_text
    found: Callable[[Any], Any] | None = of_type.dialect_impl(dialect).bind_processor(dialect)
    return found


def _from_driver(of_type: Any, dialect: Dialect) -> Callable[[Any], Any] | None:
    if isinstance(of_type, Instant) and dialect.name == "sqlite":
        return _instant_from_text
    if isinstance(of_type, Numeric) and dialect.name == "postgresql":
        return None  # psycopg gives decimals, and SQLAlchemy would want to be told that it does
    found: Callable[[Any], Any] | None = of_type.dialect_impl(dialect).result_processor(dialect, None)
    return found


@lru_cache(64)  # one message writes the same instant several times
def _instant_to_text(instant: datetime | None) -> str | None:
    """As SQLAlchemy writes it, at a tenth of the time; a test holds both to the same text."""
    return (
        None
        if instant is None
        else instant.astimezone(UTC).replace(tzinfo=None).isoformat(" ", "microseconds")
    )


def _instant_from_text(text: str) -> datetime:
    return datetime.fromisoformat(f"{text}+00:00")
