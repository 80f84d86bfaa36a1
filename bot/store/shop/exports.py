"""What is handed out as files: each kind of fact row by row, and everything about one person. Changes nothing."""

import csv
import json
from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from typing import Any, TextIO

from sqlalchemy import Select, func, or_, select

from bot.rules.people.facts import DISTRICT
from bot.store.database import Session
from bot.store.tables import (
    customer_tags,
    customers,
    deliveries,
    facts,
    knowledge,
    knowledge_asks,
    merges,
    messages,
    metadata,
    order_lines,
    orders,
    payments,
    products,
    returns,
    reviews,
    shipments,
)

AT_ONCE = 1_000  # rows in memory
INTERNAL = frozenset({"claim_token", "lease_until", "handed_until", "once_key", "raw", "bucket", "code_hash"})

Row = dict[str, Any]

_c, _d, _k, _m, _o, _p = customers.c, deliveries.c, knowledge.c, messages.c, orders.c, products.c
_s, _pay, _ret, _rev = shipments.c, payments.c, returns.c, reviews.c

_order = _o.external_id.label("order_external_id")
_product = _p.external_id.label("product_external_id")
_customer = _c.external_id.label("customer_external_id")

_wordings = select(knowledge_asks.c.text).where(knowledge_asks.c.entry_id == _k.id)
_in_order = _wordings.order_by(knowledge_asks.c.id).correlate(knowledge).subquery()
_one_a_line = func.aggregate_strings(_in_order.c.text, "\n")
_asks = select(func.coalesce(_one_a_line, "")).scalar_subquery()

_theirs = select(customer_tags.c.tag).where(customer_tags.c.customer_id == _c.id)
_by_name = _theirs.order_by(customer_tags.c.tag).correlate(customers).subquery()
_lives = select(facts.c.value).where(
    facts.c.customer_id == _c.id, facts.c.attribute == DISTRICT, facts.c.holds
)
_district = _lives.correlate(customers).scalar_subquery()
_tags = select(func.coalesce(func.aggregate_strings(_by_name.c.tag, ";"), "")).scalar_subquery()

KINDS: dict[str, Select[Any]] = {
    "customers": select(
        _c.id, _c.openid, _c.external_id, _c.phone, _c.union_id, _c.name, _c.gender, _c.birthday, _c.province, _c.city, _c.level, _c.points, _c.source, _c.source_scene,
        _c.followed_at, _c.unfollowed_at, _c.spoke_at, _c.wants_pushes, _c.engagement, _c.complaint_open, _c.created_at,
        _tags.label("tags"), _district.label("district"),
    ).order_by(_c.id),
    "products": select(
        _p.external_id, _p.name, _p.category, _p.brand, _p.description, _p.price, _p.stock, _p.is_on_sale, _p.qr_scene, _p.attributes,
    ).order_by(_p.id),
    "stock": select(_p.external_id, _p.stock).order_by(_p.id),
    "orders": select(  # one row a line, as they are taken in
        _o.external_id, _customer, _c.openid, _o.status, _o.amount, _o.discount, _o.coupon_amount, _o.ordered_at, _o.paid_at,
        _product, order_lines.c.product_name, order_lines.c.quantity, order_lines.c.price,
    ).select_from(orders.outerjoin(customers).outerjoin(order_lines).outerjoin(products)).order_by(_o.id, order_lines.c.position),
    "shipments": select(_s.external_id, _order, _s.carrier, _s.tracking_no, _s.status, _s.shipped_at, _s.delivered_at)
    .join_from(shipments, orders).order_by(_s.id),
    "payments": select(_pay.external_id, _order, _pay.amount, _pay.method, _pay.paid_at)
    .join_from(payments, orders).order_by(_pay.id),
    "returns": select(
        _ret.external_id, _order, _product, _ret.quantity, _ret.kind, _ret.reason, _ret.status, _ret.amount, _ret.requested_at,
        _ret.closed_at,
    ).select_from(returns.join(orders).outerjoin(products)).order_by(_ret.id),
    "reviews": select(
        _rev.external_id, _customer, _c.openid, _product, _order, _rev.rating, _rev.text, _rev.reviewed_at,
    ).select_from(
        reviews.outerjoin(customers, _rev.customer_id == _c.id).outerjoin(products).outerjoin(orders, _rev.order_id == _o.id)
    ).order_by(_rev.id),
    "knowledge": select(
        _k.id, _k.question, _k.keywords, _k.answer, _k.category, _k.enabled, _asks.label("asks"),
    ).order_by(_k.id),
    "messages": select(
        _m.id, _m.customer_id, _c.openid, _m.direction, _m.kind, _m.text, _m.wechat_msg_id, _m.handler, _m.delivery_id, _m.created_at,
    ).outerjoin_from(messages, customers).order_by(_m.id),
    "deliveries": select(
        _d.id, _d.campaign_id, _d.customer_id, _c.openid, _d.content_id, _d.channel, _d.state, _d.reason, _d.planned_at, _d.due_at,
        _d.claimed_at, _d.finished_at, _d.variant,
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
    for row in rows_of(session, kind):
        writer.writerow({name: _cell(value) for name, value in row.items()})


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
    for table in (order_lines, shipments, payments, returns):
        of_theirs = select(table).join(orders).where(_o.customer_id == customer["id"])
        rows = session.execute(of_theirs.order_by(*table.primary_key.columns)).mappings()
        found[table.name] = [_plain(row) for row in rows]
    of_them = or_(merges.c.survivor_id == customer["id"], merges.c.loser_id == customer["id"])
    merged = session.execute(select(merges).where(of_them).order_by(merges.c.id)).mappings()
    found[merges.name] = [_plain(row) for row in merged]
    found[customer_tags.name] = [row["tag"] for row in found[customer_tags.name]]
    return found


def _plain(row: Any) -> Row:
    return {name: _value(value) for name, value in row.items() if name not in INTERNAL}


def _cell(value: Any) -> Any:
    return json.dumps(value, ensure_ascii=False) if isinstance(value, (dict, list)) else value


def _value(value: Any) -> Any:
    match value:
        case datetime() | date():
            return value.isoformat()
        case Decimal():
            return str(value)
    return value
