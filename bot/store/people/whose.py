"""Whose an order or a review is: by external_id, else by openid, else by phone; the first that somebody has."""

from collections.abc import Sequence
from typing import Protocol

from bot.rules.pushes.buckets import bucket_of
from bot.store import rows
from bot.store.people import naming
from bot.store.programs import outbox
from bot.store.shop.taking import Batch, not_here
from bot.store.tables import customers
from bot.values.records import Fault

NEW_FROM = "import"


class Owned(Protocol):
    @property
    def customer_external_id(self) -> str | None: ...
    @property
    def openid(self) -> str | None: ...
    @property
    def phone(self) -> str | None: ...


class Customers:
    """Those a batch's records name. Who is new gets an id below zero until `make` knows the real one."""

    def __init__(self, batch: Batch, records: Sequence[Owned]) -> None:
        self._batch = batch
        ids_by = rows.ids_by
        self._external = ids_by(
            batch.session, customers.c.external_id, [each.customer_external_id for each in records]
        )
        self._openid = ids_by(batch.session, customers.c.openid, [each.openid for each in records])
        self._phone = ids_by(batch.session, customers.c.phone, [each.phone for each in records])
        for known, name, values in (
            (self._external, "external_id", [each.customer_external_id for each in records]),
            (self._phone, "phone", [each.phone for each in records]),
        ):
            for value, customer_id in naming.formerly(batch.session, name, values).items():
                known.setdefault(value, customer_id)  # who bears the name now comes first
        self._new: list[tuple[str | None, str | None, str | None]] = []  # external_id, openid, phone

    def of(self, record: Owned) -> int | Fault | None:
        """None when the record names nobody."""
        named = (
            (self._external, "customer_external_id", record.customer_external_id),
            (self._openid, "openid", record.openid),
            (self._phone, "phone", record.phone),
        )
        for known, _, value in named:
            if value in known:
                return known[value]
        return next((not_here(name, "a customer", value) for _, name, value in named if value), None)

    def of_or_new(self, record: Owned) -> int | Fault | None:
        """As `of`, but who is named by the shop and nobody knows becomes a customer without a chat.

        An openid alone makes nobody: it is WeChat that gives it.
        """
        found = self.of(record)
        if not isinstance(found, Fault) or not (record.customer_external_id or record.phone):
            return found
        self._new.append((record.customer_external_id, record.openid, record.phone))
        number = -len(self._new)
        for known, value in (
            (self._external, record.customer_external_id),
            (self._openid, record.openid),
            (self._phone, record.phone),
        ):
            if value:
                known[value] = number
        return number

    def make(self) -> dict[int, int]:
        """Makes who is new; answers the real id for each number below zero."""
        ids = rows.next_ids(self._batch.session, customers, len(self._new))
        names = ("id", "external_id", "openid", "phone", "bucket", "created_at", "source")
        values = [
            (customer_id, external_id, openid, phone, bucket_of(openid or external_id or phone or ""), self._batch.now, NEW_FROM)
            for customer_id, (external_id, openid, phone) in zip(ids, self._new, strict=True)
        ]  # fmt: skip
        rows.add_tuples(self._batch.session, customers, names, values)
        self._batch.newcomers.update(ids)
        session, now = self._batch.session, self._batch.now
        outbox.record_all(session, "customer.created", ids, {"source": NEW_FROM}, now)
        return {-number: customer_id for number, customer_id in enumerate(ids, start=1)}
