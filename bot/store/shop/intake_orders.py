"""Takes in orders with their lines; an order that comes with lines gets all of them anew, one without keeps what it has."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, TypeAlias

from sqlalchemy import delete, select

from bot.store import rows
from bot.store.database import Session
from bot.store.people.whose import Customers
from bot.store.shop.taking import Batch, Outcome, not_here, not_yet, said
from bot.store.tables import order_lines, orders, products
from bot.values.records import Fault, OrderRecord, Taken

Line: TypeAlias = tuple[int | None, str, int, Decimal]  # product_id, name, quantity, price of one
Products: TypeAlias = dict[str, tuple[int, str]]  # id and name by external_id

NOTHING = Decimal("0.00")


@dataclass(slots=True)
class _Wanted:
    """An order as it shall be."""

    record: OrderRecord
    customer_id: int | None  # below zero until the customer is made
    amount: Decimal
    lines: list[Line]
    order_id: int = 0

    @property
    def row(self) -> rows.Row:
        """What it says; the rest stays as it is."""
        row = said(self.record, "external_id", "status", "ordered_at", "paid_at", "discount", "coupon_amount")
        return (
            row
            | {"amount": self.amount}
            | ({} if self.customer_id is None else {"customer_id": self.customer_id})
        )


def take(batch: Batch, records: Sequence[OrderRecord]) -> list[Outcome]:
    shelf, there = _products(batch.session, records), _there(batch.session, records)
    whose = Customers(batch, records)
    found = [
        not_yet("ordered_at", record.ordered_at, batch)
        or _wanted(record, shelf, whose, there.get(record.external_id))
        for record in records
    ]
    made = whose.make()
    wanted = [order for order in found if not isinstance(order, Fault)]
    for order in wanted:
        if order.customer_id is not None and order.customer_id < 0:
            order.customer_id = made[order.customer_id]
    outcomes = iter(_put(batch, wanted, there))
    return [order if isinstance(order, Fault) else next(outcomes) for order in found]


def _wanted(record: OrderRecord, shelf: Products, whose: Customers, old: rows.Row | None) -> _Wanted | Fault:
    lines: list[Line] = []
    total = NOTHING
    for quantity, price, product, product_name in record.lines:
        if product is None:
            lines.append((None, product_name or "", quantity, price))
        elif product in shelf:
            product_id, name = shelf[product]
            lines.append((product_id, product_name or name, quantity, price))
        else:
            return not_here(f"lines[{len(lines) + 1}].product_external_id", "a product", product)
        total += price * quantity
    amount = _amount(record, total, old)
    if amount is None:
        return Fault("amount", "an amount, as there are no lines")
    customer = whose.of_or_new(record)
    return customer if isinstance(customer, Fault) else _Wanted(record, customer, amount, lines)


def _amount(record: OrderRecord, total: Decimal, old: rows.Row | None) -> Decimal | None:
    """As it is said, else what the lines come to; without them what it was."""
    if record.amount is not None:
        return record.amount
    if not record.lines:
        return old["amount"] if old else None
    less = (
        _kept(record.discount, old, "discount"),
        _kept(record.coupon_amount, old, "coupon_amount"),
    )
    return max(total - sum(less, NOTHING), NOTHING)


def _kept(said: Decimal | None, old: rows.Row | None, name: str) -> Decimal:
    if said is not None:
        return said
    was: Decimal = old[name] if old else NOTHING
    return was


def _put(batch: Batch, wanted: Sequence[_Wanted], there: dict[str, rows.Row]) -> list[Taken]:
    fresh = [order for order in wanted if order.record.external_id not in there]
    for order, order_id in zip(fresh, rows.next_ids(batch.session, orders, len(fresh)), strict=True):
        order.order_id = order_id
    if fresh:
        rows.add_tuples(batch.session, orders, _COLUMNS, [_values(order, batch) for order in fresh])
    changed = _change(batch, [order for order in wanted if order.record.external_id in there], there)
    _add_lines(batch.session, [*fresh, *changed])
    batch.placed.update(
        (order.order_id, order.customer_id) for order in fresh if order.customer_id is not None
    )
    changed_keys = {order.record.external_id for order in changed}
    return [
        "created"
        if order.record.external_id not in there
        else "updated"
        if order.record.external_id in changed_keys
        else "unchanged"
        for order in wanted
    ]


_COLUMNS = (
    "id", "external_id", "customer_id", "status", "amount", "discount", "coupon_amount", "ordered_at", "paid_at", "updated_at",
)  # fmt: skip


def _values(order: _Wanted, batch: Batch) -> tuple[Any, ...]:
    record = order.record
    return (
        order.order_id, record.external_id, order.customer_id, record.status, order.amount, record.discount or NOTHING,
        record.coupon_amount or NOTHING, record.ordered_at, record.paid_at, batch.now,
    )  # fmt: skip


def _there(session: Session, records: Sequence[OrderRecord]) -> dict[str, rows.Row]:
    """As they are, by their external_id."""
    names = [name for name in _COLUMNS if name != "updated_at"]
    statement = select(*(orders.c[name] for name in names))
    found: dict[str, rows.Row] = {}
    for some in rows.parts([record.external_id for record in records]):
        for row in session.execute(statement.where(rows.among(session, orders.c.external_id, some))).all():
            found[row.external_id] = dict(zip(names, row, strict=True))
    return found


def _change(batch: Batch, wanted: Sequence[_Wanted], there: dict[str, rows.Row]) -> list[_Wanted]:
    """Those that are not as they shall be; their lines are gone afterwards where they bring others."""
    old_lines = _lines(batch.session, [there[order.record.external_id]["id"] for order in wanted])
    changed, changes = [], []
    for order in wanted:
        old = there[order.record.external_id]
        order.order_id = old["id"]
        differs = rows.differences(old, order.row)
        if differs or (order.lines and not _same(old_lines.get(old["id"], []), order)):
            changed.append(order)
            changes.append((old, differs | {"updated_at": batch.now}))
            batch.touched.update(who for who in (old["customer_id"], order.customer_id) if who is not None)
    rows.change(batch.session, orders, changes)
    for some in rows.parts([order.order_id for order in changed if order.lines]):
        batch.session.execute(
            delete(order_lines).where(rows.among(batch.session, order_lines.c.order_id, some))
        )
    return changed


def _same(old: Sequence[Line], order: _Wanted) -> bool:
    """A line that leaves the product's name to us keeps the one it has."""
    if len(old) != len(order.lines):
        return False
    for was, shall, record in zip(old, order.lines, order.record.lines, strict=True):
        if was != shall and (record.product_name is not None or (was[0], *was[2:]) != (shall[0], *shall[2:])):
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
        in_order = statement.order_by(order_lines.c.order_id, order_lines.c.position)
        for order_id, *line in session.execute(in_order).all():
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
