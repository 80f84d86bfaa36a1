"""The statements of a look at the customers: put together for its first stretch, run as they stand for every later one."""

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from sqlalchemy import CursorResult, Executable

from bot.store.database import Session

_NOTHING: Mapping[str, Any] = MappingProxyType({})
_COUNTS: Mapping[str, Any] = MappingProxyType({"preserve_rowcount": True})


@dataclass(frozen=True, slots=True)
class _Ready:
    """As the driver took it the first time. `places`: of the values that differ, by name, where they are counted."""

    sql: str
    given: tuple[Any, ...] | dict[str, Any]
    places: Mapping[str, tuple[int, ...]]

    def with_(self, values: Mapping[str, int]) -> tuple[Any, ...] | dict[str, Any]:
        if isinstance(self.given, dict):
            return {**self.given, **values}
        given = list(self.given)
        for name, places in self.places.items():
            for place in places:
                given[place] = values[name]
        return tuple(given)


class Built:
    """Of one look; its threads share it. A statement's `name` says all it differs by but its `values`: whole numbers."""

    def __init__(self) -> None:
        self._ready: dict[Hashable, _Ready] = {}

    def run(
        self,
        session: Session,
        name: Hashable,
        make: Callable[[], Executable],
        values: Mapping[str, int] = _NOTHING,
    ) -> CursorResult[*tuple[Any, ...]]:
        """Its rows are read by place or label; `rowcount` is known."""
        ready = self._ready.get(name)
        if ready is not None:
            return session.exec_driver_sql(ready.sql, ready.with_(values), execution_options=_COUNTS)
        result = session.execute(make(), values, execution_options=_COUNTS)
        self._ready[name] = _as_it_ran(result.context, values)
        return result


def _as_it_ran(context: Any, values: Mapping[str, int]) -> _Ready:
    """`context`: of the execution, as SQLAlchemy keeps it."""
    (given,) = context.parameters
    if isinstance(given, dict):
        return _Ready(context.statement, given, {})
    order = context.compiled.construct_expanded_state(context.compiled_parameters[0]).positiontup
    places = {name: tuple(place for place, one in enumerate(order) if one == name) for name in values}
    return _Ready(context.statement, given, places)
