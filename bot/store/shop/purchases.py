"""What counts as a purchase and in what money is counted, for everything that counts them."""

from typing import Any

from sqlalchemy import BigInteger, ColumnElement, cast, func

BOUGHT = ("paid", "shipped", "delivered")  # a purchase that stands: not unpaid, closed or refunded
CAME_BACK = ("accepted", "closed")  # of the states of a return


def fen(money: ColumnElement[Any]) -> ColumnElement[int]:
    """Whole fen: SQLite keeps money as floats, and those are not compared or handed on."""
    return cast(func.round(money * 100), BigInteger)
