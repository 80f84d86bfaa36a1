"""Membership in a long list of ids as one parameter: ten thousand of them are neither compiled nor parsed one by one."""

import json
from collections.abc import Iterable
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Text, any_, bindparam, func, literal, select
from sqlalchemy.dialects.postgresql import ARRAY

from bot.store.database import Session


def among(session: Session, column: ColumnElement[int], ids: Iterable[int]) -> ColumnElement[bool]:
    if session.dialect.name == "postgresql":
        return column == any_(literal(list(ids), ARRAY(BigInteger)))
    every = func.json_each(json.dumps(list(ids))).table_valued("value")
    return column.in_(select(every.c.value))


def those(dialect: str, column: ColumnElement[int], name: str) -> ColumnElement[bool]:
    """The same for a statement that is kept; `listed` makes of ids the value of its parameter."""
    if dialect == "postgresql":
        return column == any_(bindparam(name, type_=ARRAY(BigInteger)))
    every = func.json_each(bindparam(name, type_=Text())).table_valued("value")
    return column.in_(select(every.c.value))


def listed(dialect: str, ids: Iterable[int]) -> Any:
    return list(ids) if dialect == "postgresql" else json.dumps(list(ids))
