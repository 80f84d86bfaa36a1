"""Membership in a long list of ids as one parameter: ten thousand of them are neither compiled nor parsed one by one."""

import json
from collections.abc import Iterable

from sqlalchemy import BigInteger, ColumnElement, any_, func, literal, select
from sqlalchemy.dialects.postgresql import ARRAY

from bot.store.database import Session


def among(session: Session, column: ColumnElement[int], ids: Iterable[int]) -> ColumnElement[bool]:
    if session.dialect.name == "postgresql":
        return column == any_(literal(list(ids), ARRAY(BigInteger)))
    listed = func.json_each(json.dumps(list(ids))).table_valued("value")
    return column.in_(select(listed.c.value))
