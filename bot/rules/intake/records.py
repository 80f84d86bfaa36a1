"""A row of somebody's table becomes a record, or says what is wrong with it: field, what was expected, what was given.

Pure. An absent field, an empty cell and null say nothing; fields nobody knows are passed over.
"""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from bot.rules.intake.cells import Wrong, day, given, instant, money, one_of, phone, text, whole, yes
from bot.rules.people import regions
from bot.values.knowledge import LONGEST_ASK, MOST_ASKS
from bot.values.records import (
    CustomerRecord,
    Fault,
    Kind,
    KnowledgeRecord,
    LineRecord,
    OrderRecord,
    PaymentRecord,
    ProductRecord,
    Record,
    ReturnRecord,
    ReviewRecord,
    ShipmentRecord,
    StockRecord,
)

Read = Callable[[Any], Any]
Row = Mapping[str, Any]

MOST_LINES = 1_000
MOST_TAGS = 100
MOST_ATTRIBUTES = 100

_ORDER_STATUS = {
    "待付款": "placed", "待支付": "placed", "未付款": "placed", "unpaid": "placed", "pending": "placed",
    "待发货": "paid", "已付款": "paid", "已支付": "paid", "processing": "paid",
    "已发货": "shipped", "待收货": "shipped", "运输中": "shipped",
    "已完成": "delivered", "已收货": "delivered", "已签收": "delivered", "交易成功": "delivered", "completed": "delivered",
    "已关闭": "closed", "已取消": "closed", "交易关闭": "closed", "cancelled": "closed", "canceled": "closed",
    "已退款": "refunded",
}  # fmt: skip
_SHIPMENT_STATUS = {
    "待发货": "waiting", "已发货": "shipped", "运输中": "shipped", "派送中": "shipped",
    "已签收": "delivered", "已送达": "delivered", "已退回": "returned", "退回": "returned",
}  # fmt: skip
_RETURN_STATUS = {
    "待处理": "requested", "申请中": "requested", "退货中": "accepted", "已同意": "accepted", "处理中": "accepted",
    "已完成": "closed", "已退款": "closed", "已拒绝": "refused",
}  # fmt: skip
_RETURN_KIND = {
    "退货": "return",
    "退款": "return",
    "退货退款": "return",
    "换货": "exchange",
    "维修": "repair",
}
_GENDER = {"女": "female", "f": "female", "女士": "female", "男": "male", "m": "male", "先生": "male"}

_NOBODY_SAID = frozenset({"未知", "保密", "unknown"})

_name, _id = text(100), text(64)
_known_gender = one_of(_GENDER)


def _gender(cell: Any) -> str | None:
    if isinstance(cell, str) and cell.strip().lower() in _NOBODY_SAID:
        return None
    return _known_gender(cell)


def _tags(cell: Any) -> tuple[str, ...]:
    """A list, or words parted by ; or ； or |."""
    parts = (
        cell if isinstance(cell, list) else text(4_000)(cell).replace("；", ";").replace("|", ";").split(";")
    )
    found = tuple(dict.fromkeys(text(40)(part) for part in parts if part is not None and str(part).strip()))
    if len(found) > MOST_TAGS:
        raise Wrong(f"at most {MOST_TAGS} tags")
    return found


def _asks(cell: Any) -> tuple[str, ...]:
    """A list, or questions one a line or parted by |."""
    parts = cell if isinstance(cell, list) else text(40_000, lines=True)(cell).replace("|", "\n").split("\n")
    found = tuple(
        dict.fromkeys(text(LONGEST_ASK)(part) for part in parts if part is not None and str(part).strip())
    )
    if len(found) > MOST_ASKS:
        raise Wrong(f"at most {MOST_ASKS} questions")
    return found


def _attributes(cell: Any) -> dict[str, str]:
    """An object, or its JSON text."""
    if isinstance(cell, str):
        try:
            cell = json.loads(cell)
        except (ValueError, RecursionError):
            raise Wrong('attributes as JSON, such as {"颜色": "红"}') from None
    if not isinstance(cell, dict) or len(cell) > MOST_ATTRIBUTES:
        raise Wrong(f"an object of at most {MOST_ATTRIBUTES} attributes")
    return {text(40)(name): text(500)(value) for name, value in cell.items() if value not in ("", None)}


@dataclass(frozen=True, slots=True)
class Shape:
    """What a kind consists of: how each field is read, and which must be there."""

    record: type[Any]
    fields: Mapping[str, Read]
    required: frozenset[str]
    key: str = "external_id"


def _remembered(read: Read) -> Read:
    """For what millions of lines repeat: a shop has few products and few prices."""
    remembered = lru_cache(maxsize=8_192)(read)
    return lambda cell: remembered(cell) if type(cell) is str else read(cell)


_place = text(40)
_province: Read = _remembered(lambda cell: regions.province(_place(cell)))
_city: Read = _remembered(lambda cell: regions.city(_place(cell)))
_LINE: dict[str, Read] = {
    "product_external_id": _remembered(_id),
    "product_name": _remembered(text(200)),
    "quantity": _remembered(whole(1, 1_000_000)),
    "price": _remembered(money),
}
_WHOSE: dict[str, Read] = {"customer_external_id": _id, "openid": _id, "phone": phone}
LINE = Shape(LineRecord, _LINE, frozenset({"quantity", "price"}))

SHAPES: dict[Kind, Shape] = {
    "customers": Shape(
        CustomerRecord,
        {
            "external_id": _id, "openid": _id, "phone": phone, "union_id": _id, "name": _name, "gender": _gender,
            "birthday": day, "province": _province, "city": _city, "district": text(40), "level": text(40), "points": whole(0),
            "source": text(40), "tags": _tags,
        },
        frozenset(),
    ),
    "products": Shape(
        ProductRecord,
        {
            "external_id": _id, "name": text(200), "price": money, "category": text(40), "brand": _name,
            "description": text(20_000, lines=True), "stock": whole(0), "is_on_sale": yes, "qr_scene": _id,
            "attributes": _attributes,
        },
        frozenset({"external_id", "name", "price"}),
    ),
    "stock": Shape(StockRecord, {"external_id": _id, "stock": whole(0)}, frozenset({"external_id", "stock"})),
    "orders": Shape(
        OrderRecord,
        {
            "external_id": _id, **_WHOSE, "status": _remembered(one_of(_ORDER_STATUS)), "amount": money,
            "discount": _remembered(money), "coupon_amount": _remembered(money), "ordered_at": instant, "paid_at": instant,
        },
        frozenset({"external_id", "ordered_at", "status"}),
    ),
    "shipments": Shape(
        ShipmentRecord,
        {
            "external_id": _id, "order_external_id": _id, "carrier": text(40), "tracking_no": _id,
            "status": one_of(_SHIPMENT_STATUS), "shipped_at": instant, "delivered_at": instant,
        },
        frozenset({"external_id", "order_external_id"}),
    ),
    "payments": Shape(
        PaymentRecord,
        {"external_id": _id, "order_external_id": _id, "amount": money, "method": text(20), "paid_at": instant},
        frozenset({"external_id", "order_external_id", "amount", "paid_at"}),
    ),
    "returns": Shape(
        ReturnRecord,
        {
            "external_id": _id, "order_external_id": _id, "product_external_id": _id, "quantity": whole(1, 1_000_000),
            "kind": one_of(_RETURN_KIND), "reason": text(200), "status": one_of(_RETURN_STATUS), "amount": money,
            "requested_at": instant, "closed_at": instant,
        },
        frozenset({"external_id", "order_external_id", "status", "requested_at"}),
    ),
    "reviews": Shape(
        ReviewRecord,
        {
            "external_id": _id, **_WHOSE, "product_external_id": _id, "order_external_id": _id, "rating": whole(1, 5),
            "text": text(5_000, lines=True), "reviewed_at": instant,
        },
        frozenset({"external_id", "rating", "reviewed_at"}),
    ),
    "knowledge": Shape(
        KnowledgeRecord,
        {
            "id": _id, "question": text(500, lines=True), "answer": text(5_000, lines=True), "keywords": text(2_000),
            "category": text(20), "enabled": yes, "asks": _asks,
        },
        frozenset({"id", "question", "answer"}),
        key="id",
    ),
}  # fmt: skip

LINE_FIELDS = frozenset(_LINE)
PRODUCT = frozenset({"product_external_id", "product_name"})  # a line names one of them


def known_fields(kind: Kind) -> frozenset[str]:
    """What a flat row of the kind may name; attributes also as `attributes.NAME`."""
    return frozenset(SHAPES[kind].fields) | (LINE_FIELDS if kind == "orders" else frozenset())


def record(kind: Kind, row: Row) -> Record | list[Fault]:
    """One row, or one JSON object; of an order with its lines in `lines`, each an object."""
    if kind == "orders":
        return order([row], row.get("lines"))
    shape = SHAPES[kind]
    faults: list[Fault] = []
    values = _values(shape, row, faults)
    if kind == "customers" and not faults and not values.keys() & {"external_id", "openid", "phone"}:
        faults.append(Fault("external_id", "an external_id, an openid or a phone"))
    if faults:
        return faults
    found: Record = shape.record(**values)
    return found


def order(rows: Sequence[Row], lines: Any = None) -> OrderRecord | list[Fault]:
    """Flat rows of one order, one a line, which say the same about the order; or one row and its `lines`.

    A flat row that names neither product nor quantity nor price brings no line. The fault of a line names it: `lines[2].price`.
    """
    shape = SHAPES["orders"]
    faults: list[Fault] = []
    values = _values(shape, rows[0], faults)
    if lines is None:
        faults.extend(_disagreements(shape, rows))
        lines = [row for row in rows if any(row.get(name) not in ("", None) for name in LINE_FIELDS)]
    values["lines"] = _lines(lines, faults)
    return faults or OrderRecord(**values)


def _lines(rows: Any, faults: list[Fault]) -> tuple[LineRecord, ...]:
    if not isinstance(rows, (list, tuple)) or len(rows) > MOST_LINES:
        faults.append(Fault("lines", f"a list of at most {MOST_LINES} lines"))
        return ()
    found = []
    for number, row in enumerate(rows, start=1):
        wrong: list[Fault] = []
        if not isinstance(row, Mapping):
            wrong.append(Fault("", "an object", given(row)))
        else:
            values = _values(LINE, row, wrong)
            if not wrong and not values.keys() & PRODUCT:
                wrong.append(Fault("product_external_id", "a product_external_id or a product_name"))
            if not wrong:
                found.append(LineRecord(**values))
        faults.extend(
            Fault(f"lines[{number}].{fault.field}".rstrip("."), fault.expected, fault.given)
            for fault in wrong
        )
    return tuple(found)


def _disagreements(shape: Shape, rows: Sequence[Row]) -> Iterable[Fault]:
    """An order whose rows say different things about it is not guessed at."""
    first = rows[0]
    for row in rows[1:]:
        for name in shape.fields:
            if row.get(name) != first.get(name):
                yield Fault(
                    name,
                    f"the same on every line of the order, {given(first.get(name))!r}",
                    given(row.get(name)),
                )


def _values(shape: Shape, row: Row, faults: list[Fault]) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for name, read in shape.fields.items():
        cell = row.get(name)
        if cell is None or cell == "":
            continue
        try:
            values[name] = read(cell)
        except Wrong as wrong:
            if not isinstance(cell, str) or cell.strip():
                faults.append(Fault(name, str(wrong), given(cell)))
    if not values.keys() >= shape.required:
        wrong_already = {fault.field for fault in faults}
        faults.extend(
            Fault(name, "a value, and there is none")
            for name in shape.fields
            if name in shape.required and name not in values and name not in wrong_already
        )
    return values
