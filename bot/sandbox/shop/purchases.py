"""How an order of the demo comes about: what is in it, when it leaves, who carries it, when it arrives.

The times keep what knowledge.toml promises: paid before 16:00 leaves the same day, and so on.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from decimal import Decimal
from random import Random
from typing import Literal
from zoneinfo import ZoneInfo

from bot.sandbox.shop.names import FAR, NEAR
from bot.values.trade import Order, OrderLine, Product

Ending = Literal["natural", "unpaid", "refunded"]

SHANGHAI = ZoneInfo("Asia/Shanghai")
LEAVES_TODAY_UNTIL = time(16)
UNPAID_STAYS = timedelta(hours=48)
HEAVY = frozenset({"PAN-01", "TRAY-02"})
EVERYDAY, HEAVY_OR_FAR = "青鸟速运", "云程快递"


def line(product: Product, quantity: int) -> OrderLine:
    return OrderLine(product=product.external_id, name=product.name, quantity=quantity, price=product.price)


def order_of(
    buyer: str,
    province: str,
    lines: Sequence[OrderLine],
    ordered_at: datetime,
    today: datetime,
    random: Random,
    ending: Ending,
    coupon: Decimal = Decimal(0),
) -> Order:
    """As it stands when `today` begins. It has no number yet: `numbered` gives it one."""
    placed = Order(
        external_id="",
        buyer=buyer,
        status="placed",
        lines=tuple(lines),
        ordered_at=ordered_at,
        coupon_amount=coupon,
    )
    if ending == "unpaid":
        return placed if ordered_at > today - UNPAID_STAYS else replace(placed, status="closed")
    paid_at = ordered_at + timedelta(seconds=random.randint(20, 500))
    shipped_at = _leaves(paid_at, random)
    paid = replace(placed, status="paid", paid_at=paid_at)
    if paid_at >= today or shipped_at >= today:
        return paid
    carrier, tracking = _parcel(province, lines, random)
    shipped = replace(paid, status="shipped", shipped_at=shipped_at, carrier=carrier, tracking_no=tracking)
    delivered_at = _arrives(shipped_at, province, random)
    if delivered_at >= today:
        return shipped
    return replace(
        shipped, status="refunded" if ending == "refunded" else "delivered", delivered_at=delivered_at
    )


def basket(
    products: Mapping[str, Sequence[Product]],
    tastes: Mapping[str, float],
    size: int,
    plenty: int,
    random: Random,
    *,
    dearness: float = -0.4,
    surely: Product | None = None,
) -> list[OrderLine]:
    """`size` different things, of categories by `tastes`, `surely` first; `plenty` of some.

    Below 0 of `dearness` cheap ones are taken more often, above it dear ones.
    """
    chosen: dict[str, OrderLine] = {}
    if surely:
        chosen[surely.external_id] = line(surely, 1)
    for category in random.choices(list(tastes), list(tastes.values()), k=size - len(chosen)):
        shelf = products[category]
        product = random.choices(shelf, [float(product.price) ** dearness for product in shelf])[0]
        quantity = random.choices((1, 2, 3), (85, 12, 3))[0] * (
            plenty if category in {"茶叶", "礼盒与套装"} else 1
        )
        chosen[product.external_id] = line(product, quantity)
    return list(chosen.values())


def numbered(orders: Sequence[Order]) -> list[Order]:
    """In the order they were placed, with the day and the day's count as the number."""
    counts: dict[str, int] = {}
    found = []
    for order in sorted(orders, key=lambda order: (order.ordered_at, order.buyer)):
        day = f"{order.ordered_at.astimezone(SHANGHAI):%Y%m%d}"
        counts[day] = counts.get(day, 0) + 1
        found.append(replace(order, external_id=f"TF{day}{counts[day]:04}"))
    return found


def _leaves(paid_at: datetime, random: Random) -> datetime:
    local = paid_at.astimezone(SHANGHAI)
    day = local.date() if local.time() < LEAVES_TODAY_UNTIL else local.date() + timedelta(days=1)
    return datetime.combine(day, time(17, 30), SHANGHAI).astimezone(UTC) + timedelta(
        minutes=random.randint(0, 70)
    )


def _arrives(shipped_at: datetime, province: str, random: Random) -> datetime:
    fewest, most = (5, 7) if province in FAR else (1, 2) if province in NEAR else (2, 4)
    day = shipped_at.astimezone(SHANGHAI).date() + timedelta(days=random.randint(fewest, most))
    return datetime.combine(day, time(10), SHANGHAI).astimezone(UTC) + timedelta(
        minutes=random.randint(0, 530)
    )


def _parcel(province: str, lines: Sequence[OrderLine], random: Random) -> tuple[str, str]:
    if province in FAR or any(line.product in HEAVY for line in lines):
        return HEAVY_OR_FAR, f"YC{random.randrange(10**12):013}"
    return EVERYDAY, f"QN{random.randrange(10**12):012}"
