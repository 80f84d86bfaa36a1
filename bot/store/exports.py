"""What is handed out as files: each kind of fact row by row, and everything about one person. Changes nothing."""

import csv
import json
from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from typing import Any, TextIO

from sqlalchemy import Select, select

from bot.store.database import Session
from bot.store.tables import (
    customer_tags,
    customers,
    deliveries,
    knowledge,
    messages,
    metadata,
    order_lines,
    orders,
    products,
)

AT_ONCE = 1_000  # rows in memory
INTERNAL = frozenset({"claim_token", "lease_until", "handed_until", "once_key", "raw", "bucket"})

Row = dict[str, Any]

_c, _d, _k, _m, _o, _p = customers.c, deliveries.c, knowledge.c, messages.c, orders.c, products.c

KINDS: dict[str, Select[Any]] = {
    "customers": select(
        _c.id, _c.openid, _c.external_id, _c.name, _c.province, _c.city, _c.level, _c.points, _c.source, _c.source_scene,
        _c.followed_at, _c.unfollowed_at, _c.spoke_at, _c.wants_pushes, _c.engagement, _c.complaint_open, _c.created_at,
    ).order_by(_c.id),
    "products": select(_p.external_id, _p.name, _p.category, _p.description, _p.price, _p.stock).order_by(_p.id),
    "stock": select(_p.external_id, _p.stock).order_by(_p.id),
    "orders": select(
        _o.external_id, _c.openid, _c.external_id.label("customer_external_id"), _o.status, _o.amount, _o.ordered_at, _o.paid_at,
    ).outerjoin_from(orders, customers).order_by(_o.id),
    "shipments": select(_o.external_id, _o.carrier, _o.tracking_no, _o.shipped_at, _o.delivered_at)
    .where(_o.shipped_at.is_not(None)).order_by(_o.id),
    "knowledge": select(_k.id, _k.question, _k.keywords, _k.answer, _k.category, _k.enabled).order_by(_k.id),
    "messages": select(
        _m.id, _m.customer_id, _c.openid, _m.direction, _m.kind, _m.text, _m.wechat_msg_id, _m.handler, _m.delivery_id, _m.created_at,
    ).outerjoin_from(messages, customers).order_by(_m.id),
    "deliveries": select(
        _d.id, _d.campaign_id, _d.customer_id, _c.openid, _d.content_id, _d.channel, _d.state, _d.reason, _d.planned_at, _d.due_at,
        _d.claimed_at, _d.finished_at,
    ).join_from(deliveries, customers).order_by(_d.id),
}  # fmt: skip


def columns_of(kind: str) -> list[str]:
    return [str(column.key) for column in KINDS[kind].selected_columns]


def rows_of(session: Session, kind: str) -> Iterator[Row]:
    """By id, a part in memory at a time; the values are what JSON has. `kind` is one of `KINDS`."""
    for row in session.execute(KINDS[kind], execution_options={"yield_per": AT_ONCE}).mappings():
        yield _plain(row)


def write_csv(session: Session, kind: str, out: TextIO) -> None:
    writer = csv.DictWriter(out, columns_of(kind))
    writer.writeheader()
    writer.writerows(rows_of(session, kind))


def write_json_lines(session: Session, kind: str, out: TextIO) -> None:
    out.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row in rows_of(session, kind))


def everything_about(session: Session, openid: str) -> dict[str, Any] | None:
    """Every row that is about the person, from every table that knows customers; None when nobody has this openid."""
    customer = session.execute(select(customers).where(_c.openid == openid)).mappings().one_or_none()
    if customer is None:
        return None
    found: dict[str, Any] = {"customer": _plain(customer)}
    for table in metadata.sorted_tables:
        if "customer_id" in table.c:
            theirs = (
                select(table)
                .where(table.c.customer_id == customer["id"])
                .order_by(*table.primary_key.columns)
            )
            found[table.name] = [_plain(row) for row in session.execute(theirs).mappings()]
    lines = (
        select(order_lines)
        .join(orders)
        .where(_o.customer_id == customer["id"])
        .order_by(*order_lines.primary_key.columns)
    )
    found[order_lines.name] = [_plain(row) for row in session.execute(lines).mappings()]
    found[customer_tags.name] = [row["tag"] for row in found[customer_tags.name]]
    return found


def _plain(row: Any) -> Row:
    return {name: _value(value) for name, value in row.items() if name not in INTERNAL}


def _value(value: Any) -> Any:
    match value:
        case datetime() | date():
            return value.isoformat()
        case Decimal():
            return str(value)
    return value
