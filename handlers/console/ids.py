"""The numbers of rows in addresses: one that no row can have is the address of nothing."""

from typing import Any

from werkzeug.routing import IntegerConverter, Map

from bot.store.tables.columns import LARGEST_ID


class IdConverter(IntegerConverter):
    """Stands for `int` in every route."""

    def __init__(self, routes: Map, **limits: Any) -> None:
        super().__init__(routes, **{"max": LARGEST_ID} | limits)
