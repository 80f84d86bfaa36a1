"""What other systems tell us, one record a thing: the same from a file and over the API.

None says nothing about the field: what is there stays, and a new row gets the table's default.
"""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Literal, NamedTuple, TypeAlias

Kind = Literal[
    "customers", "products", "stock", "orders", "shipments", "payments", "returns", "reviews", "knowledge"
]
Taken = Literal["created", "updated", "unchanged"]


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a record is not taken."""

    field: str
    expected: str
    given: str = ""

    @property
    def reason(self) -> str:
        return f"expected {self.expected}, got {self.given!r}" if self.given else f"expected {self.expected}"


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerRecord:
    """Known by the first of external_id, openid and phone that somebody has."""

    external_id: str | None = None
    openid: str | None = None
    phone: str | None = None
    union_id: str | None = None
    name: str | None = None
    gender: str | None = None  # female, male
    birthday: date | None = None
    province: str | None = None
    city: str | None = None
    district: str | None = None
    level: str | None = None
    points: int | None = None
    source: str | None = None
    tags: tuple[str, ...] | None = None  # all of them; those not named here are taken off


@dataclass(frozen=True, slots=True, kw_only=True)
class ProductRecord:
    external_id: str
    name: str
    price: Decimal
    category: str | None = None
    brand: str | None = None
    description: str | None = None
    stock: int | None = None
    is_on_sale: bool | None = None
    qr_scene: str | None = None
    attributes: dict[str, str] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StockRecord:
    external_id: str  # the product's
    stock: int


class LineRecord(
    NamedTuple
):  # as the order below: made by the million, and a tuple takes a third of the time
    quantity: int
    price: Decimal  # of one
    product_external_id: str | None = None
    product_name: str | None = None  # the product's own name when it is not given


class OrderRecord(NamedTuple):
    """With all its lines: lines that are not named any more are removed, but where none is named what is there stays."""

    external_id: str
    ordered_at: datetime
    status: str  # placed, paid, shipped, delivered, closed, refunded
    lines: tuple[LineRecord, ...]
    customer_external_id: str | None = None
    openid: str | None = None
    phone: str | None = None
    amount: Decimal | None = (
        None  # when not given: the sum of the lines, less discount and coupon; without lines what it was
    )
    discount: Decimal | None = None
    coupon_amount: Decimal | None = None
    paid_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ShipmentRecord:
    external_id: str
    order_external_id: str
    carrier: str | None = None
    tracking_no: str | None = None
    status: str | None = None  # waiting, shipped, delivered, returned
    shipped_at: datetime | None = None
    delivered_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentRecord:
    external_id: str
    order_external_id: str
    amount: Decimal
    paid_at: datetime
    method: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnRecord:
    external_id: str
    order_external_id: str
    status: str  # requested, accepted, closed, refused
    requested_at: datetime
    product_external_id: str | None = None
    quantity: int | None = None
    kind: str | None = None  # return, exchange, repair
    reason: str | None = None
    amount: Decimal | None = None
    closed_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewRecord:
    """By a customer named here, or by whose the order is."""

    external_id: str
    rating: int  # 1 to 5
    reviewed_at: datetime
    customer_external_id: str | None = None
    openid: str | None = None
    phone: str | None = None
    product_external_id: str | None = None
    order_external_id: str | None = None
    text: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class KnowledgeRecord:
    id: str
    question: str
    answer: str
    keywords: str | None = None
    category: str | None = None
    enabled: bool | None = None
    asks: tuple[str, ...] | None = None  # all the shop writes; what customers asked stays


Record: TypeAlias = (
    CustomerRecord
    | ProductRecord
    | StockRecord
    | OrderRecord
    | ShipmentRecord
    | PaymentRecord
    | ReturnRecord
    | ReviewRecord
    | KnowledgeRecord
)
