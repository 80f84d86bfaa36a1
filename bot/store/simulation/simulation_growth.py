"""More customers than the shop has: each is copied with their traits and their past, under names of their own.

Only ever on the stage. The first copy of customer i is i + stride, the second i + 2 stride, and so on; so are the
rows that are theirs, and what refers to them.
"""

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import ColumnElement, String, Table, cast, func, insert, literal, or_, select

from bot.rules.pushes.buckets import BUCKETS
from bot.store.database import Session
from bot.store.tables import customers, metadata

FAR = 3_571  # so many buckets from a customer to their next copy: those of one are spread over all
UNTOLD = {"last_push_id": "deliveries", "before_push_id": "deliveries"}  # refer, without a foreign key


def grow(
    session: Session, names: Sequence[str], *, stride: int, times: int, once_more: Collection[int]
) -> None:
    """Every customer is copied so many times, and once more who is named. `names`: the tables that hold rows of theirs."""
    if not times and not once_more:
        return
    grown = [metadata.tables[name] for name in names]
    strides = {table.name: _stride(session, table) for table in grown} | {"customers": stride}
    for table in grown:
        session.execute(_copies(table, strides, times, once_more))


def _stride(session: Session, table: Table) -> int:
    if "id" not in table.c:
        return 0
    return int(session.execute(select(func.coalesce(func.max(table.c.id), 0))).scalar_one()) + 1


def _copies(table: Table, strides: dict[str, int], times: int, once_more: Collection[int]) -> Any:
    copies = select(literal(1).label("k")).cte("copies", recursive=True)
    copies = copies.union_all(select(copies.c.k + 1).where(copies.c.k <= times))
    values = [_value(column, strides, copies.c.k) for column in table.c]
    wanted = copies.c.k <= times
    if once_more:
        wanted = or_(wanted, _owner(table).in_(sorted(once_more)))
    rows = select(*values).select_from(table.join(copies, wanted))
    return insert(table).from_select([column.name for column in table.c], rows, include_defaults=False)


def _value(column: ColumnElement[Any], strides: dict[str, int], k: ColumnElement[int]) -> ColumnElement[Any]:
    table, name = column.table.name, column.name
    refers = [key.column.table.name for key in column.foreign_keys]
    stride = strides.get(refers[0] if refers else UNTOLD.get(name, ""), 0)
    if name == "id" and table in strides and not isinstance(column.type, String):
        stride = strides[table]
    if stride:
        return column + k * stride
    if name == "bucket":
        return (column + k * FAR) % BUCKETS
    if isinstance(column.type, String) and getattr(column, "unique", False):
        return column + "~" + cast(k, String)
    return column


def _owner(table: Table) -> ColumnElement[Any]:
    """Whose row it is; of what belongs to an order, the order's customer."""
    if table is customers:
        return table.c.id
    if "customer_id" in table.c:
        return table.c.customer_id
    bought = metadata.tables["orders"]
    return select(bought.c.customer_id).where(bought.c.id == table.c.order_id).scalar_subquery()
