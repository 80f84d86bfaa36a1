"""Takes in what other systems send: records of one kind, each wholly or not at all; the same twice changes nothing.

The caller opens the transaction and hands in a batch; two batches at once wait for each other on PostgreSQL.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from bot.store.database import Session
from bot.store.shop import intake_customers, intake_orders, intake_products, intake_sequel
from bot.store.shop.taking import Batch
from bot.store.worth import statistics
from bot.values.records import Fault, Kind, Record, Taken

_ONE_AT_A_TIME = 0x696E74616B65  # "intake"

TAKE: Mapping[Kind, Callable[[Batch, Sequence[Any]], list[Taken | Fault]]] = {
    "customers": intake_customers.take,
    "products": intake_products.take,
    "stock": intake_products.take_stock,
    "orders": intake_orders.take,
    "shipments": intake_sequel.take_shipments,
    "payments": intake_sequel.take_payments,
    "returns": intake_sequel.take_returns,
    "reviews": intake_sequel.take_reviews,
    "knowledge": intake_products.take_knowledge,
}


def take(
    session: Session,
    kind: Kind,
    records: Sequence[Record],
    now: datetime,
    *,
    salt: str,
    leave_it: Callable[[], None] = lambda: None,
) -> list[Taken | Fault]:
    """What became of each record, in their order. No two of them have the same key.

    Somebody who writes to us for the first time at this very moment may come in between: then it is done again.
    `leave_it` is called when what is left is long, and the database's to do: there is time for something else.
    """
    if session.dialect.name == "postgresql":
        session.execute(text("SELECT pg_advisory_xact_lock(:number)"), {"number": _ONE_AT_A_TIME})
    try:
        with session.begin_nested():
            return _take(Batch(session, now, salt, leave_it=leave_it), kind, records)
    except IntegrityError:
        with session.begin_nested():
            return _take(Batch(session, now, salt, leave_it=leave_it), kind, records)


def _take(batch: Batch, kind: Kind, records: Sequence[Record]) -> list[Taken | Fault]:
    outcomes = TAKE[kind](batch, records)
    _customers_changed(batch)
    return outcomes


def _customers_changed(batch: Batch) -> None:
    """The one place that knows whose orders, returns and reviews changed, in this transaction.

    To the figures of somebody who only has new orders these are added; everybody else's are made anew.
    """
    session, owners = batch.session, set(batch.placed.values())
    kept = batch.newcomers | statistics.kept(session, owners - batch.newcomers - batch.touched)
    anew = batch.touched | (owners - kept)
    batch.leave_it()
    statistics.add(session, {order: who for order, who in batch.placed.items() if who not in anew}, batch.now)
    statistics.touch(session, anew, batch.now)
