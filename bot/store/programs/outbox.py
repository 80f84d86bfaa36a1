"""The outbox: what other programs want to hear of, written in the transaction in which it happens.

So nothing is told that was undone, and nothing is lost that was done. Where no endpoint wants to hear of a kind, the
one statement writes nothing. `spread` makes of each event a call to every endpoint that wants it.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from itertools import islice
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Insert,
    Select,
    String,
    Text,
    Update,
    and_,
    bindparam,
    cast,
    delete,
    exists,
    func,
    insert,
    literal,
    select,
    type_coerce,
    update,
)

from bot.store.database import Instant, Session
from bot.store.prepared import Prepared
from bot.store.tables import Json, customers, deliveries, outbox, webhook_calls, webhook_wants

AT_ONCE = 1_000  # events spread in one transaction
CUSTOMERS_AT_ONCE = 1_000  # ids in one statement
DELIVERIES_AT_ONCE = 10_000
OF_THEIR_LEAVING = ("customer.unfollowed", "customer.forgotten")  # told after all else of them is gone

_ANY_OF_DELIVERIES = select(webhook_wants.c.kind).where(webhook_wants.c.kind.like("delivery.%")).limit(1)
_COLUMNS = ["event_id", "kind", "customer_id", "openid", "external_id", "data", "at"]


def record(session: Session, kind: str, subject: int, data: Mapping[str, Any] | None, at: datetime) -> None:
    """`subject` is the customer it happened to; `data` is JSON and names nobody and no words of theirs."""
    _ONE[session.dialect.name].run(session, _values(kind, data, at) | {"who_": subject})


def record_all(
    session: Session,
    kind: str,
    subjects: Select[tuple[int]] | Sequence[int],
    data: Mapping[str, Any] | None,
    at: datetime,
) -> None:
    """The same of many customers at once: a statement that selects their ids, or the ids."""
    values, dialect = _values(kind, data, at), session.dialect.name
    if isinstance(subjects, Select):
        session.execute(_rows(dialect, customers.c.id.in_(subjects)), values)
    elif subjects and is_wanted(session, kind):
        for some in _parts(subjects, CUSTOMERS_AT_ONCE):
            session.execute(_rows(dialect, customers.c.id.in_(some)), values)


def is_wanted(session: Session, kind: str) -> bool:
    """For those to whom preparing what they record costs more than this question."""
    return (
        session.execute(select(webhook_wants.c.kind).where(webhook_wants.c.kind == kind).limit(1)).first()
        is not None
    )


def deliveries_ended(session: Session, ids: Sequence[int]) -> None:
    """Of deliveries that have just come to their end, which their rows say."""
    if not ids or session.execute(_ANY_OF_DELIVERIES).first() is None:
        return
    for some in _parts(ids, DELIVERIES_AT_ONCE):
        _write_deliveries(session, some)


def ending(session: Session, ends: Update, state: str) -> int:
    """Runs a statement that brings deliveries to this state; gives how many."""
    if not is_wanted(session, f"delivery.{state}"):
        return session.execute(ends).rowcount
    ended = list(session.execute(ends.returning(deliveries.c.id)).scalars())
    deliveries_ended(session, ended)
    return len(ended)


def forget(session: Session, customer_id: int) -> None:
    """What was not told of them yet is told no more, but that they left and are forgotten."""
    theirs = and_(outbox.c.customer_id == customer_id, outbox.c.kind.not_in(OF_THEIR_LEAVING))
    session.execute(delete(outbox).where(theirs))


def spread(session: Session, real: datetime) -> int:
    """The oldest events that are not yet calls become calls, `AT_ONCE`; gives how many events."""
    fresh = select(outbox.c.id).where(~outbox.c.is_spread).order_by(outbox.c.id).limit(AT_ONCE)
    ids = list(session.execute(fresh.with_for_update(skip_locked=True)).scalars())
    if not ids:
        return 0
    # the range beside the list: PostgreSQL reads the stretch instead of the table
    these = and_(outbox.c.id.between(ids[0], ids[-1]), outbox.c.id.in_(ids))
    at = literal(real, Instant())
    owed = (
        select(outbox.c.id, webhook_wants.c.endpoint_id, at, at)
        .join(webhook_wants, webhook_wants.c.kind == outbox.c.kind)
        .where(these)
        .order_by(outbox.c.id)
    )
    session.execute(insert(webhook_calls).from_select(["outbox_id", "endpoint_id", "next_at", "since"], owed))
    session.execute(update(outbox).where(these).values(is_spread=True))
    return len(ids)


def _parts(ids: Sequence[int], size: int) -> Iterator[list[int]]:
    rest = iter(ids)
    while some := list(islice(rest, size)):
        yield some


def _rows(dialect: str, who: ColumnElement[bool]) -> Insert:
    rows = select(
        _new_id(dialect),
        bindparam("kind_", type_=String()),
        customers.c.id,
        customers.c.openid,
        customers.c.external_id,
        bindparam("data_", type_=Json),
        bindparam("at_", type_=Instant()),
    ).where(exists().where(webhook_wants.c.kind == bindparam("kind_", type_=String())), who)
    return insert(outbox).from_select(_COLUMNS, rows)


def _values(kind: str, data: Mapping[str, Any] | None, at: datetime) -> dict[str, Any]:
    return {"kind_": kind, "data_": dict(data or {}), "at_": at}


def _write_deliveries(session: Session, ids: list[int]) -> None:
    kind = literal("delivery.", String()) + deliveries.c.state
    ended = deliveries.c
    data = {
        "delivery": ended.id,
        "campaign": ended.campaign_id,
        "content": ended.content_id,
        "channel": ended.channel,
        "purpose": ended.purpose,
        "state": ended.state,
        "reason": ended.reason,
    }
    rows = (
        select(
            _new_id(session.dialect.name),
            kind,
            customers.c.id,
            customers.c.openid,
            customers.c.external_id,
            _object(session, data),
            ended.finished_at,
        )
        .join(customers, customers.c.id == ended.customer_id)
        .where(ended.id.in_(ids), ended.finished_at.is_not(None))
        .where(exists().where(webhook_wants.c.kind == kind))
        .order_by(ended.id)
    )
    session.execute(insert(outbox).from_select(_COLUMNS, rows))


def _new_id(dialect: str) -> ColumnElement[str]:
    """128 random bits, made by the database for each row: a restored backup never gives one twice."""
    if dialect == "sqlite":
        return func.lower(func.hex(func.randomblob(16)))
    return func.replace(cast(func.gen_random_uuid(), Text), "-", "")


def _object(session: Session, fields: Mapping[str, ColumnElement[Any]]) -> ColumnElement[Any]:
    pairs = [part for name, value in fields.items() for part in (literal(name, Text()), value)]
    build = func.json_object if session.dialect.name == "sqlite" else func.jsonb_build_object
    return type_coerce(build(*pairs), Json)


_ONE = {
    dialect: Prepared(_rows(dialect, customers.c.id == bindparam("who_", type_=customers.c.id.type)))
    for dialect in ("sqlite", "postgresql")
}
