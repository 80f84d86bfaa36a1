"""What other programs may read, page by page: each list says its columns, its filters, and the order of its pages.

A page begins after a key, never at a number, so the millionth is as quick as the first; what is added meanwhile comes at
the end. Between two times the order is that of the times, because only then an index leads there.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeAlias

from sqlalchemy import Column, ColumnElement, RowMapping, Select, select, tuple_

from bot.store.database import Session
from bot.store.segments import segments
from bot.store.tables import (
    campaign_contents,
    campaigns,
    contents,
    customer_statistics,
    customer_tags,
    customers,
    deliveries,
    follow_ups,
    knowledge,
    messages,
    order_lines,
    orders,
    payments,
    products,
    returns,
    reviews,
    shipments,
    staff,
)
from bot.store.tables import segments as segments_table
from bot.store.worth import asked_of_people

Row: TypeAlias = RowMapping
Key: TypeAlias = tuple[Any, ...]

_c, _d, _k, _m, _o, _p = customers.c, deliveries.c, knowledge.c, messages.c, orders.c, products.c
_s, _pay, _ret, _rev = shipments.c, payments.c, returns.c, reviews.c
_line, _tag, _pool = order_lines.c, customer_tags.c, campaign_contents.c
_con, _cam, _seg, _stat = contents.c, campaigns.c, segments_table.c, customer_statistics.c

_order = _o.external_id.label("order_external_id")
_product = _p.external_id.label("product_external_id")
_customer = _c.external_id.label("customer_external_id")

EVENT = "event:"  # as every event's kind begins


class NoSuchSegment(LookupError):
    """Its members were asked for."""


@dataclass(frozen=True, slots=True)
class List:
    """`name` is the column a single one is asked by; `timed` the column `since` and `until` compare."""

    rows: Select[Any]
    identity: Column[Any]
    name: Column[Any]
    equal: Mapping[str, Column[Any]] = field(default_factory=dict)
    timed: Column[Any] | None = None
    of_customer: Column[Any] | None = None
    of_order: Column[Any] | None = None


@dataclass(frozen=True, slots=True)
class Wanted:
    """`equal` by the names of the list's filters. `since` is included, `until` is not."""

    equal: Mapping[str, Any] = field(default_factory=dict)
    since: datetime | None = None
    until: datetime | None = None
    customer: Mapping[str, Any] = field(default_factory=dict)  # by `CUSTOMER_NAMES`
    order: str = ""  # its external_id
    text: str = ""
    segment: str = ""
    newest_first: bool = False

    @property
    def is_timed(self) -> bool:
        """Somebody's own rows are few: they come in the order of their ids even between two times."""
        return not self.customer and not (self.since is None and self.until is None)


CUSTOMER_NAMES: dict[str, Column[Any]] = {
    "openid": _c.openid,
    "customer_external_id": _c.external_id,
    "customer_id": _c.id,
}

_messages = (
    select(
        _m.id, _m.customer_id, _c.openid, _m.direction, _m.kind, _m.text, _m.wechat_msg_id, _m.handler, _m.source_id,
        _m.delivery_id, _m.answers_id, _m.created_at,
    ).outerjoin_from(messages, customers, _c.id == _m.customer_id)
)  # fmt: skip

LISTS: dict[str, List] = {
    "customers": List(
        select(
            _c.id, _c.openid, _c.external_id, _c.phone, _c.union_id, _c.name, _c.gender, _c.birthday, _c.province, _c.city,
            _c.level, _c.points, _c.source, _c.source_scene, _c.followed_at, _c.unfollowed_at, _c.spoke_at,
            _c.wants_pushes, _c.engagement, _c.complaint_open, _c.created_at,
            _stat.customer_id.label("has_figures"), _stat.orders, _stat.spent, _stat.first_order_at, _stat.last_order_at,
            _stat.returns, _stat.returned, _stat.r, _stat.f, _stat.m, _stat.satisfaction, _stat.score, _stat.abc,
            _stat.tier, _stat.cell, _stat.service_class, _stat.lifecycle,
        )
        .outerjoin_from(customers, customer_statistics, _stat.customer_id == _c.id)
        .where(_c.forgotten_at.is_(None)),
        identity=_c.id, name=_c.id,
        equal={"openid": _c.openid, "external_id": _c.external_id, "phone": _c.phone},
    ),
    "products": List(
        select(
            _p.id, _p.external_id, _p.name, _p.category, _p.brand, _p.description, _p.price, _p.stock, _p.is_on_sale,
            _p.qr_scene, _p.attributes, _p.updated_at,
        ),
        identity=_p.id, name=_p.external_id, equal={"external_id": _p.external_id},
    ),
    "orders": List(
        select(
            _o.id, _o.external_id, _o.customer_id, _customer, _c.openid, _o.status, _o.amount, _o.discount,
            _o.coupon_amount, _o.ordered_at, _o.paid_at, _o.updated_at,
        ).outerjoin_from(orders, customers, _c.id == _o.customer_id),
        identity=_o.id, name=_o.external_id, equal={"external_id": _o.external_id, "status": _o.status},
        timed=_o.ordered_at, of_customer=_o.customer_id,
    ),
    "shipments": List(
        select(
            _s.id, _s.external_id, _order, _s.carrier, _s.tracking_no, _s.status, _s.shipped_at, _s.delivered_at,
            _s.updated_at,
        ).join_from(shipments, orders, _o.id == _s.order_id),
        identity=_s.id, name=_s.external_id, equal={"external_id": _s.external_id}, of_order=_s.order_id,
    ),
    "payments": List(
        select(_pay.id, _pay.external_id, _order, _pay.amount, _pay.method, _pay.paid_at, _pay.updated_at)
        .join_from(payments, orders, _o.id == _pay.order_id),
        identity=_pay.id, name=_pay.external_id, equal={"external_id": _pay.external_id}, of_order=_pay.order_id,
    ),
    "returns": List(
        select(
            _ret.id, _ret.external_id, _order, _product, _ret.quantity, _ret.kind, _ret.reason, _ret.status, _ret.amount,
            _ret.requested_at, _ret.closed_at, _ret.updated_at,
        )
        .join_from(returns, orders, _o.id == _ret.order_id).outerjoin(products, _p.id == _ret.product_id),
        identity=_ret.id, name=_ret.external_id, equal={"external_id": _ret.external_id}, of_order=_ret.order_id,
    ),
    "reviews": List(
        select(
            _rev.id, _rev.external_id, _rev.customer_id, _customer, _c.openid, _product, _order, _rev.rating, _rev.text,
            _rev.reviewed_at, _rev.updated_at,
        )
        .outerjoin_from(reviews, customers, _c.id == _rev.customer_id)
        .outerjoin(products, _p.id == _rev.product_id).outerjoin(orders, _o.id == _rev.order_id),
        identity=_rev.id, name=_rev.external_id, equal={"external_id": _rev.external_id}, of_order=_rev.order_id,
        of_customer=_rev.customer_id,
    ),
    "follow_ups": List(
        asked_of_people.waits(), identity=follow_ups.c.id, name=follow_ups.c.id,
        equal={"service": follow_ups.c.service}, timed=follow_ups.c.due_at, of_customer=follow_ups.c.customer_id,
    ),
    "segments": List(
        select(_seg.id, _seg.name, _seg.rule, _seg.updated_at), identity=_seg.id, name=_seg.id,
    ),
    "contents": List(
        select(
            _con.id, _con.title, _con.category, _con.purpose, _con.kind, _con.text, _con.media_id, _con.useful_until,
            _con.details, _con.version, _con.messages, _con.by_mass, _con.occasion_until,
            _con.notice_template, _con.notice_page, _con.notice_data,
            _con.template_id, _con.template_data, _con.template_url, _con.template_app_id, _con.template_page,
            staff.c.name.label("approved_by"), _con.approved_at, _con.updated_at,
        ).outerjoin_from(contents, staff, staff.c.id == _con.approved_by),
        identity=_con.id, name=_con.id,
    ),
    "campaigns": List(
        select(
            _cam.id, _cam.name, _cam.segment_id.label("segment"), _cam.priority, _cam.starts, _cam.ends, _cam.status,
            _cam.regular, _cam.repeat, _cam.channels, _cam.marketing_in_window, _cam.updated_at,
            _cam.variants, _cam.hold_out_percent, _cam.in_order, _cam.occasion,
        ),
        identity=_cam.id, name=_cam.id, equal={"status": _cam.status},
    ),
    "deliveries": List(
        select(
            _d.id, _d.campaign_id, _d.customer_id, _c.openid, _d.content_id, _d.variant, _d.channel, _d.purpose, _d.state, _d.reason,
            _d.day, _d.planned_at, _d.due_at, _d.claimed_at, _d.finished_at, _d.attempts,
        ).join_from(deliveries, customers, _c.id == _d.customer_id),
        identity=_d.id, name=_d.id, equal={"campaign": _d.campaign_id, "state": _d.state},
        timed=_d.due_at, of_customer=_d.customer_id,
    ),
    "messages": List(
        _messages, identity=_m.id, name=_m.id, equal={"direction": _m.direction, "kind": _m.kind},
        timed=_m.created_at, of_customer=_m.customer_id,
    ),
    "events": List(
        _messages.where(_m.kind.startswith(EVENT), _m.direction == "in"),
        identity=_m.id, name=_m.id, equal={"kind": _m.kind}, timed=_m.created_at, of_customer=_m.customer_id,
    ),
    "knowledge": List(
        select(_k.id, _k.question, _k.keywords, _k.answer, _k.category, _k.enabled, _k.updated_at),
        identity=_k.id, name=_k.id, equal={"category": _k.category, "enabled": _k.enabled},
    ),
}  # fmt: skip


def page(
    session: Session, resource: str, wanted: Wanted, after: Key | None, most: int, now: datetime
) -> list[Row]:
    """`after` is the key of the last row of the page before, as `key_of` gives it. Raises `NoSuchSegment`."""
    listed = LISTS[resource]
    conditions = _conditions(session, listed, wanted, now)
    if conditions is None:
        return []
    order = _order_of(listed, wanted)
    asked = listed.rows.where(*conditions).limit(most)
    if after is not None:
        place, last = tuple_(*order), tuple_(*after)
        asked = asked.where(place < last if wanted.newest_first else place > last)
    asked = asked.order_by(*(column.desc() if wanted.newest_first else column for column in order))
    return list(session.execute(asked).mappings())


def one(session: Session, resource: str, name: Any) -> Row | None:
    listed = LISTS[resource]
    return session.execute(listed.rows.where(listed.name == name)).mappings().one_or_none()


def lines_of(session: Session, order_ids: Sequence[int]) -> dict[int, list[Row]]:
    asked = (
        select(_line.order_id, _product, _line.product_name, _line.quantity, _line.price)
        .outerjoin_from(order_lines, products, _p.id == _line.product_id)
        .where(_line.order_id.in_(order_ids))
        .order_by(_line.order_id, _line.position)
    )
    return _grouped(session, asked, "order_id")


def tags_of(session: Session, customer_ids: Sequence[int]) -> dict[int, list[Row]]:
    asked = select(_tag.customer_id, _tag.tag).where(_tag.customer_id.in_(customer_ids))
    return _grouped(session, asked.order_by(_tag.customer_id, _tag.tag), "customer_id")


def contents_of(session: Session, campaign_ids: Sequence[str]) -> dict[str, list[Row]]:
    asked = select(_pool.campaign_id, _pool.content_id, _pool.variant).where(
        _pool.campaign_id.in_(campaign_ids)
    )
    return _grouped(session, asked.order_by(_pool.campaign_id, _pool.position), "campaign_id")


def _grouped(session: Session, asked: Select[Any], by: str) -> dict[Any, list[Row]]:
    found: dict[Any, list[Row]] = {}
    for row in session.execute(asked).mappings():
        found.setdefault(row[by], []).append(row)
    return found


def key_of(resource: str, wanted: Wanted, row: Row) -> Key:
    return tuple(row[str(column.name)] for column in _order_of(LISTS[resource], wanted))


def _order_of(listed: List, wanted: Wanted) -> Sequence[Column[Any]]:
    if listed.timed is not None and wanted.is_timed:
        return (listed.timed, listed.identity)
    return (listed.identity,)


def _conditions(
    session: Session, listed: List, wanted: Wanted, now: datetime
) -> list[ColumnElement[bool]] | None:
    """None when nothing can meet them. A customer's or order's name becomes an id first: that leads to an index."""
    conditions = [listed.equal[name] == value for name, value in wanted.equal.items()]
    if wanted.customer and listed.of_customer is not None:
        theirs = (CUSTOMER_NAMES[name] == value for name, value in wanted.customer.items())
        customer_id = session.scalar(select(_c.id).where(*theirs))
        if customer_id is None:
            return None
        conditions.append(listed.of_customer == customer_id)
    if wanted.order and listed.of_order is not None:
        order_id = session.scalar(select(_o.id).where(_o.external_id == wanted.order))
        if order_id is None:
            return None
        conditions.append(listed.of_order == order_id)
    if listed.timed is not None and wanted.since is not None:
        conditions.append(listed.timed >= wanted.since)
    if listed.timed is not None and wanted.until is not None:
        conditions.append(listed.timed < wanted.until)
    if wanted.text:
        conditions.append(_m.text.icontains(wanted.text, autoescape=True))
    if wanted.segment:
        rule = segments.rule_of(session, wanted.segment)
        if rule is None:
            raise NoSuchSegment(wanted.segment)
        conditions.append(segments.members(rule, now))
    return conditions
