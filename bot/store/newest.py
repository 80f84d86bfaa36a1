"""A page of a list, the newest first."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Row, Select

from bot.store.database import Session


def newest(
    session: Session, asked: Select[Any], number: ColumnElement[int], *, before: int | None, most: int
) -> Sequence[Row[Any]]:
    """Those with the highest numbers; `before` is the number the last page ended with."""
    if before is not None:
        asked = asked.where(number < before)
    return session.execute(asked.order_by(number.desc()).limit(most)).all()
