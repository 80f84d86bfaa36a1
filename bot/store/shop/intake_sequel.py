"""Takes in what follows an order: shipments, payments, returns and reviews."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, select

from bot.store import rows
from bot.store.people.whose import Customers
from bot.store.shop.taking import Batch, Outcome, not_here, not_yet, put_good, said
from bot.store.tables import orders, payments, products, returns, reviews, shipments
from bot.values.records import Fault, PaymentRecord, ReturnRecord, ReviewRecord, ShipmentRecord


@dataclass(frozen=True, slots=True)
class _Order:
    id: int
    customer_id: int | None


def take_shipments(batch: Batch, records: Sequence[ShipmentRecord]) -> list[Outcome]:
    there = _orders(batch, [record.order_external_id for record in records])
    return put_good(batch, shipments, [_shipment(record, there) for record in records])


def take_payments(batch: Batch, records: Sequence[PaymentRecord]) -> list[Outcome]:
    there = _orders(batch, [record.order_external_id for record in records])
    outcomes = put_good(batch, payments, [_payment(batch, record, there) for record in records])
    _touch(batch, outcomes, [_owner(there, record.order_external_id) for record in records])
    return outcomes


def take_returns(batch: Batch, records: Sequence[ReturnRecord]) -> list[Outcome]:
    there = _orders(batch, [record.order_external_id for record in records])
    shelf = rows.ids_by(
        batch.session, products.c.external_id, [record.product_external_id for record in records]
    )
    theirs = select(returns.c.external_id, orders.c.customer_id).join_from(returns, orders)
    before = _owners_before(batch, theirs, records)
    outcomes = put_good(batch, returns, [_return(batch, record, there, shelf) for record in records])
    _touch(batch, outcomes, before)
    _touch(batch, outcomes, [_owner(there, record.order_external_id) for record in records])
    return outcomes


def take_reviews(batch: Batch, records: Sequence[ReviewRecord]) -> list[Outcome]:
    there = _orders(batch, [record.order_external_id for record in records])
    shelf = rows.ids_by(
        batch.session, products.c.external_id, [record.product_external_id for record in records]
    )
    whose = Customers(batch, records)
    found = [_review(batch, record, there, shelf, whose) for record in records]
    before = _owners_before(batch, select(reviews.c.external_id, reviews.c.customer_id), records)
    outcomes = put_good(batch, reviews, found)
    _touch(batch, outcomes, before)
    _touch(batch, outcomes, [None if isinstance(row, Fault) else row.get("customer_id") for row in found])
    return outcomes


def _shipment(record: ShipmentRecord, there: dict[str, _Order]) -> rows.Row | Fault:
    order_id = _order_id(record.order_external_id, there)
    if isinstance(order_id, Fault):
        return order_id
    row = said(record, "external_id", "carrier", "tracking_no", "status", "shipped_at", "delivered_at")
    if record.status is None and record.delivered_at is not None:
        row["status"] = "delivered"
    return row | {"order_id": order_id}


def _payment(batch: Batch, record: PaymentRecord, there: dict[str, _Order]) -> rows.Row | Fault:
    order_id = _order_id(record.order_external_id, there)
    if isinstance(order_id, Fault):
        return order_id
    if fault := _not_yet(batch, record, "paid_at"):
        return fault
    return said(record, "external_id", "amount", "method", "paid_at") | {"order_id": order_id}


def _return(
    batch: Batch, record: ReturnRecord, there: dict[str, _Order], shelf: dict[str, int]
) -> rows.Row | Fault:
    order_id = _order_id(record.order_external_id, there)
    product_id = _product_id(record.product_external_id, shelf)
    if isinstance(order_id, Fault) or isinstance(product_id, Fault):
        return order_id if isinstance(order_id, Fault) else product_id  # type: ignore[return-value]
    if fault := _not_yet(batch, record, "requested_at", "closed_at"):
        return fault
    row = said(
        record, "external_id", "quantity", "kind", "reason", "status", "amount", "requested_at", "closed_at"
    )
    return row | {"order_id": order_id} | ({"product_id": product_id} if product_id else {})


def _review(
    batch: Batch,
    record: ReviewRecord,
    there: dict[str, _Order],
    shelf: dict[str, int],
    whose: Customers,
) -> rows.Row | Fault:
    if fault := _not_yet(batch, record, "reviewed_at"):
        return fault
    row = said(record, "external_id", "rating", "text", "reviewed_at")
    product_id = _product_id(record.product_external_id, shelf)
    customer_id = whose.of(record)
    for found in (product_id, customer_id):
        if isinstance(found, Fault):
            return found
    if record.order_external_id is not None:
        order_id = _order_id(record.order_external_id, there)
        if isinstance(order_id, Fault):
            return order_id
        row["order_id"] = order_id
        customer_id = customer_id or _owner(there, record.order_external_id)
    return row | {
        name: found
        for name, found in (("product_id", product_id), ("customer_id", customer_id))
        if found is not None
    }


def _not_yet(batch: Batch, record: PaymentRecord | ReturnRecord | ReviewRecord, *names: str) -> Fault | None:
    """What has not happened is not counted: it would stay "within the last month" for years."""
    for name in names:
        at = getattr(record, name)
        if at is not None and (fault := not_yet(name, at, batch)):
            return fault
    return None


def _orders(batch: Batch, wanted: Iterable[str | None]) -> dict[str, _Order]:
    found: dict[str, _Order] = {}
    for some in rows.parts(sorted({name for name in wanted if name})):
        columns = (orders.c.external_id, orders.c.id, orders.c.customer_id)
        for external_id, order_id, customer_id in batch.session.execute(
            select(*columns).where(orders.c.external_id.in_(some))
        ):
            found[external_id] = _Order(order_id, customer_id)
    return found


def _order_id(name: str, there: dict[str, _Order]) -> int | Fault:
    return there[name].id if name in there else not_here("order_external_id", "an order", name)


def _product_id(name: str | None, shelf: dict[str, int]) -> int | Fault | None:
    if name is None:
        return None
    return shelf[name] if name in shelf else not_here("product_external_id", "a product", name)


def _owner(there: dict[str, _Order], name: str) -> int | None:
    return there[name].customer_id if name in there else None


def _owners_before(
    batch: Batch, owners: Select[Any], records: Sequence[ReturnRecord | ReviewRecord]
) -> list[int | None]:
    """Whose each was until now; `owners` selects their keys and owners."""
    key = owners.selected_columns[0]
    found: dict[str, int | None] = {}
    for some in rows.parts([record.external_id for record in records]):
        theirs = batch.session.execute(owners.where(rows.among(batch.session, key, some)))
        found.update((name, owner) for name, owner in theirs)
    return [found.get(record.external_id) for record in records]


def _touch(batch: Batch, outcomes: Sequence[Outcome], owners: Sequence[int | None]) -> None:
    for outcome, owner in zip(outcomes, owners, strict=True):
        if outcome in {"created", "updated"} and owner is not None:
            batch.touched.add(owner)
