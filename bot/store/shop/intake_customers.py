"""Takes in customers as the shop knows them, and joins them with who is here by openid or phone.

An import never gives somebody another openid, and never makes one customer of two: those have to be merged first.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import Column, delete, insert, select, tuple_

from bot.rules.hashing import openid_hash
from bot.rules.intake.cells import given
from bot.rules.people import regions
from bot.rules.people.facts import DISTRICT
from bot.rules.pushes.buckets import bucket_of
from bot.store import rows
from bot.store.people import facts_imported, naming
from bot.store.people.whose import NEW_FROM
from bot.store.programs import outbox
from bot.store.segments import segment_changes
from bot.store.shop.taking import Batch, Outcome, not_yet, said
from bot.store.tables import customer_tags, customers, suppressions
from bot.values.records import CustomerRecord, Fault

NAMES = ("external_id", "openid", "phone", "union_id")  # each of them belongs to one customer
KEPT = ("external_id", "openid", "union_id")  # once known, only a person changes it
FACTS = ("name", "gender", "birthday", "province", "city", "level", "points", "source")

_c = customers.c


class _Known:
    """Who is known by which name, the batch's own newcomers included; those have ids below zero."""

    def __init__(self, batch: Batch, records: Sequence[CustomerRecord]) -> None:
        self._by_name: dict[tuple[str, str], int] = {}
        self._names: dict[int, rows.Row] = {}
        self._seen: set[int] = set()
        for name in NAMES:
            self._read(batch, _c[name], {getattr(record, name) for record in records} - {None})

    def place(self, record: CustomerRecord) -> int | Fault:
        """The customer's id, below zero for a new one; or why the record fits nobody."""
        names = said(record, *NAMES)
        found = {
            name: self._by_name[name, value]
            for name, value in names.items()
            if (name, value) in self._by_name
        }
        if len(set(found.values())) > 1:
            belong = "one customer; these names belong to two: merge them, or leave out what they share"
            return Fault(next(iter(names)), belong, _told(names))
        customer_id = next(iter(found.values()), -len(self._seen) - 1)
        if customer_id in self._seen:
            shared = next(iter(found))
            return Fault(shared, f"each customer once; another row has the same {shared}", _told(names))
        theirs = self._names.setdefault(customer_id, {})
        for name in KEPT:
            if name in names and theirs.get(name) not in (None, names[name]):
                return Fault(
                    name, f"{given(theirs[name])!r}, which this customer has already", given(names[name])
                )
        self._seen.add(customer_id)
        self._by_name.update(dict.fromkeys(names.items(), customer_id))
        return customer_id

    def _read(self, batch: Batch, column: Column[Any], wanted: Iterable[str]) -> None:
        columns = [_c.id, *(_c[name] for name in NAMES)]
        for some in rows.parts(sorted(wanted)):
            for customer_id, *values in batch.session.execute(select(*columns).where(column.in_(some))):
                self._names[customer_id] = dict(zip(NAMES, values, strict=True))
                self._by_name[column.name, self._names[customer_id][column.name]] = customer_id


def take(batch: Batch, records: Sequence[CustomerRecord]) -> list[Outcome]:
    records = [_at_home(record) for record in naming.as_named_now(batch.session, records)]
    known = _Known(batch, records)
    placed = [
        (record.birthday and not_yet("birthday", record.birthday, batch)) or known.place(record)
        for record in records
    ]
    good = [at for at, place in enumerate(placed) if not isinstance(place, Fault)]
    new = [at for at in good if _is_new(placed[at])]
    old = [at for at in good if not _is_new(placed[at])]
    for at, customer_id in zip(new, _make(batch, [records[at] for at in new]), strict=True):
        placed[at] = customer_id
    outcomes: list[Outcome] = [place if isinstance(place, Fault) else "created" for place in placed]
    ids = {at: place for at, place in enumerate(placed) if not isinstance(place, Fault)}
    stronger = facts_imported.overruled(batch.session, [ids[at] for at in old])
    wanted = [
        {name: value for name, value in said(records[at], *NAMES, *FACTS).items() if name not in stronger.get(ids[at], ())}
        | {"id": ids[at]}
        | _drawn(records[at])
        for at in old
    ]  # fmt: skip
    for at, outcome in zip(old, rows.put(batch.session, customers, "id", wanted, {}), strict=True):
        outcomes[at] = outcome
    tagged = _put_tags(batch, {place: record.tags for place, record in zip(placed, records, strict=True) if not isinstance(place, Fault)})  # fmt: skip
    told = {
        place: facts_imported.told_by(said(records[at], *FACTS, DISTRICT), batch.now)
        for at, place in ids.items()
    }
    learnt = facts_imported.note(batch.session, told, stronger, batch.now)
    moved = {ids[at] for at in old if records[at].district is not None and ids[at] in learnt}
    for at in old:
        if placed[at] in tagged | moved and outcomes[at] == "unchanged":
            outcomes[at] = "updated"
    outbox.record_all(
        batch.session, "customer.created", [ids[at] for at in new], {"source": NEW_FROM}, batch.now
    )
    changed = [ids[at] for at in old if outcomes[at] == "updated"]
    outbox.record_all(batch.session, "customer.changed", changed, {"fields": None}, batch.now)
    segment_changes.note(batch.session, [*changed, *(ids[at] for at in new)])
    return outcomes


def _at_home(record: CustomerRecord) -> CustomerRecord:
    city = regions.city_within(record.province, record.city)
    return record if city == record.city else replace(record, city=city)


def _is_new(place: int | Fault) -> bool:
    return isinstance(place, int) and place < 0


def _drawn(record: CustomerRecord) -> rows.Row:
    """The openid says who is held out, also of who was known to the shop before."""
    return {"bucket": bucket_of(record.openid)} if record.openid else {}


def _make(batch: Batch, records: Sequence[CustomerRecord]) -> list[int]:
    ids = rows.next_ids(batch.session, customers, len(records))
    kept = _suppressed(batch, [record.openid for record in records if record.openid])
    made = []
    for record, customer_id in zip(records, ids, strict=True):
        name = record.openid or record.external_id or record.phone or ""
        row = {"id": customer_id, "bucket": bucket_of(name), "created_at": batch.now, "source": NEW_FROM}
        made.append(row | said(record, *NAMES, *FACTS) | kept.get(record.openid or "", {}))
    rows.add(batch.session, customers, made)
    return ids


def _suppressed(batch: Batch, openids: Sequence[str]) -> dict[str, rows.Row]:
    """Who was forgotten gets back what outlived the forgetting: the refusal and the rhythm."""
    hashes = {openid_hash(openid, batch.salt): openid for openid in openids}
    found: dict[str, rows.Row] = {}
    for some in rows.parts(sorted(hashes)):
        theirs = suppressions.c.openid_hash.in_(some)
        for kept in batch.session.execute(select(suppressions).where(theirs)):
            found[hashes[kept.openid_hash]] = {
                "wants_pushes": not kept.opted_out,
                "stopped_pushes_at": kept.forgotten_at if kept.opted_out else None,
                "last_push_at": kept.last_push_at,
                "last_push_day": kept.last_push_day,
                "mass_month": kept.mass_month,
                "mass_used": kept.mass_used,
            }
        batch.session.execute(delete(suppressions).where(theirs))
    return found


def _put_tags(batch: Batch, wanted: dict[int, tuple[str, ...] | None]) -> set[int]:
    """Answers whose tags changed."""
    tagged = {customer_id: set(tags) for customer_id, tags in wanted.items() if tags is not None}
    there: set[tuple[int, str]] = set()
    columns = (customer_tags.c.customer_id, customer_tags.c.tag)
    for some in rows.parts(sorted(tagged)):
        found = batch.session.execute(select(*columns).where(customer_tags.c.customer_id.in_(some)))
        there.update((customer_id, tag) for customer_id, tag in found)
    shall = {(customer_id, tag) for customer_id, tags in tagged.items() for tag in tags}
    if new := sorted(shall - there):
        batch.session.execute(insert(customer_tags), [{"customer_id": who, "tag": tag} for who, tag in new])
    for gone in rows.parts(sorted(there - shall)):
        batch.session.execute(delete(customer_tags).where(tuple_(*columns).in_(gone)))
    return {customer_id for customer_id, _ in shall ^ there}


def _told(names: rows.Row) -> str:
    return ", ".join(f"{name} {given(value)}" for name, value in names.items() if name != "phone")
