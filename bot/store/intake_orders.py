"""Takes in orders with their lines; a changed order gets all its lines anew."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, TypeAlias

from sqlalchemy import delete, select

from bot.store import rows
from bot.store.database import Session
from bot.store.tables import order_lines, orders, products
from bot.store.taking import Batch, Outcome, not_here, said
from bot.store.whose import Customers
from bot.values.records import Fault, LineRecord, OrderRecord, Taken

Line: TypeAlias = tuple[int | None, str, int, Decimal]  # product_id, name, quantity, price of one
Products: TypeAlias = dict[str, tuple[int, str]]  # id and name by external_id

NOTHING = Decimal("0.00")


@dataclass(slots=True)
class _Wanted:
    """An order as it shall be."""

    row: rows.Row
    lines: list[Line]
    unnamed: frozenset[int]  # positions of lines that leave the product's name to us
    order_id: int = 0


def take(batch: Batch, records: Sequence[OrderRecord]) -> list[Outcome]:
    shelf = _products(batch.session, records)
    whose = Customers(batch, records)
    found = [_wanted(record, shelf, whose) for record in records]
    made = whose.make()
    wanted = [order for order in found if not isinstance(order, Fault)]
    for order in wanted:
        if order.row.get("customer_id", 0) < 0:
            order.row["customer_id"] = made[order.row["customer_id"]]
    outcomes = iter(_put(batch, wanted))
    return [order if isinstance(order, Fault) else next(outcomes) for order in found]


def _wanted(record: OrderRecord, shelf: Products, whose: Customers) -> _Wanted | Fault:
    lines: list[Line] = []
    for number, line in enumerate(record.lines, start=1):
        if line.product_external_id is not None and line.product_external_id not in shelf:
            return not_here(f"lines[{number}].product_external_id", "a product", line.product_external_id)
        lines.append(_line(line, shelf))
    customer = whose.of_or_new(record)
    if isinstance(customer, Fault):
        return customer
    row = said(
        record, "external_id", "status", "ordered_at", "paid_at", "discount", "coupon_amount", "amount"
    )
    row.setdefault("amount", _amount(record))
    if customer is not None:
        row["customer_id"] = customer
    unnamed = frozenset(at for at, line in enumerate(record.lines) if line.product_name is None)
    return _Wanted(row, lines, unnamed)


def _line(line: LineRecord, shelf: Products) -> Line:
    product_id, name = shelf[line.product_external_id] if line.product_external_id else (None, "")
    return product_id, line.product_name or name, line.quantity, line.price


def _amount(record: OrderRecord) -> Decimal:
    off = (record.discount or NOTHING) + (record.coupon_amount or NOTHING)
    return max(sum((line.price * line.quantity for line in record.lines), NOTHING) - off, NOTHING)


def _put(batch: Batch, wanted: Sequence[_Wanted]) -> list[Taken]:
    there = rows.known(
        batch.session, orders, "external_id", [order.row | {"customer_id": 0} for order in wanted]
    )
    fresh = [order for order in wanted if order.row["external_id"] not in there]
    for order, order_id in zip(fresh, rows.next_ids(batch.session, orders, len(fresh)), strict=True):
        order.order_id = order_id
    if fresh:
        rows.add_tuples(batch.session, orders, _COLUMNS, (_values(order, batch) for order in fresh))
    changed = _change(batch, [order for order in wanted if order.row["external_id"] in there], there)
    _add_lines(batch.session, [*fresh, *changed])
    _touch(batch, [order.row.get("customer_id") for order in fresh])
    changed_keys = {order.row["external_id"] for order in changed}
    return [
        "created"
        if order.row["external_id"] not in there
        else "updated"
        if order.row["external_id"] in changed_keys
        else "unchanged"
        for order in wanted
    ]


_COLUMNS = (
    "id", "external_id", "customer_id", "status", "amount", "discount", "coupon_amount", "ordered_at", "paid_at", "updated_at",
)  # fmt: skip


def _values(order: _Wanted, batch: Batch) -> tuple[Any, ...]:
    row = order.row
    return (
        order.order_id, row["external_id"], row.get("customer_id"), row["status"], row["amount"], row.get("discount", NOTHING),
        row.get("coupon_amount", NOTHING), row["ordered_at"], row.get("paid_at"), batch.now,
    )  # fmt: skip


def _change(batch: Batch, wanted: Sequence[_Wanted], there: dict[str, rows.Row]) -> list[_Wanted]:
    """Those that are not as they shall be; their lines are gone afterwards."""
    old_lines = _lines(batch.session, [there[order.row["external_id"]]["id"] for order in wanted])
    changed, changes = [], []
    for order in wanted:
        old = there[order.row["external_id"]]
        order.order_id = old["id"]
        differs = rows.differences(old, order.row)
        if differs or not _same(old_lines.get(old["id"], []), order):
            changed.append(order)
            changes.append((old, differs | {"updated_at": batch.now}))
            _touch(batch, [old["customer_id"], order.row.get("customer_id")])
    rows.change(batch.session, orders, changes)
    for some in rows.parts([order.order_id for order in changed]):
        batch.session.execute(
            delete(order_lines).where(rows.among(batch.session, order_lines.c.order_id, some))
        )
    return changed


def _same(old: Sequence[Line], order: _Wanted) -> bool:
    if len(old) != len(order.lines):
        return False
    for at, (was, shall) in enumerate(zip(old, order.lines, strict=True)):
        if was != shall and (at not in order.unnamed or (was[0], *was[2:]) != (shall[0], *shall[2:])):
            return False
    return True


def _add_lines(session: Session, wanted: Sequence[_Wanted]) -> None:
    names = ("order_id", "position", "product_id", "product_name", "quantity", "price")
    values = [
        (order.order_id, position, *line)
        for order in wanted
        for position, line in enumerate(order.lines, start=1)
    ]
    if values:
        rows.add_tuples(session, order_lines, names, values)


def _lines(session: Session, order_ids: Sequence[int]) -> dict[int, list[Line]]:
    found: dict[int, list[Line]] = {}
    columns = (
        order_lines.c.order_id,
        order_lines.c.product_id,
        order_lines.c.product_name,
        order_lines.c.quantity,
        order_lines.c.price,
    )
    for some in rows.parts(order_ids):
        statement = select(*columns).where(rows.among(session, order_lines.c.order_id, some))
        for order_id, *line in session.execute(
            statement.order_by(order_lines.c.order_id, order_lines.c.position)
        ):
            found.setdefault(order_id, []).append(tuple(line))
    return found


def _products(session: Session, records: Sequence[OrderRecord]) -> Products:
    wanted = {line.product_external_id for record in records for line in record.lines}
    found: Products = {}
    for some in rows.parts(sorted(name for name in wanted if name)):
        of_these = select(products.c.external_id, products.c.id, products.c.name).where(
            rows.among(session, products.c.external_id, some)
        )
        found.update(
            (external_id, (product_id, name)) for external_id, product_id, name in session.execute(of_these)
        )
    return found


def _touch(batch: Batch, customer_ids: Sequence[Any]) -> None:
    batch.touched.update(customer_id for customer_id in customer_ids if customer_id is not None)
