"""What a shop brings along: products, customers and orders, before they are rows."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Product:
    external_id: str
    name: str
    category: str
    description: str
    price: Decimal
    stock: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Buyer:
    """A customer as the shop knows them; `openid` ties them to the account."""

    external_id: str
    openid: str
    name: str | None
    province: str
    city: str
    level: str
    points: int
    source: str
    source_scene: str
    followed_at: datetime
    gender: str | None = None
    birthday: date | None = None
    spoke_at: datetime | None = None
    wants_pushes: bool = True
    asked_for_pushes_at: datetime | None = None
    stopped_pushes_at: datetime | None = None
    engagement: str = "ordinary"
    silent_pushes: int = 0
    complaint_open: bool = False
    tags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderLine:
    product: str  # its external_id
    name: str
    quantity: int
    price: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """Times stand in order: ordered, paid, shipped, delivered; carrier and tracking only once it left."""

    external_id: str
    buyer: str  # the customer's external_id
    status: str  # placed, paid, shipped, delivered, closed, refunded
    lines: tuple[OrderLine, ...]
    ordered_at: datetime
    paid_at: datetime | None = None
    shipped_at: datetime | None = None
    delivered_at: datetime | None = None
    carrier: str | None = None
    tracking_no: str | None = None
    coupon_amount: Decimal = Decimal(0)

    @property
    def amount(self) -> Decimal:
        return sum((line.price * line.quantity for line in self.lines), -self.coupon_amount)


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    external_id: str
    buyer: str
    order: str
    product: str
    rating: int  # 1 to 5
    text: str
    reviewed_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Return:
    external_id: str
    order: str
    product: str
    kind: str  # return, exchange, repair
    status: str  # requested, accepted, closed
    reason: str
    requested_at: datetime
    closed_at: datetime | None = None
    amount: Decimal | None = None  # given back
