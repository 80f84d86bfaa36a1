"""What a customer's orders make of them: level, points, tags; by the shop's own rules as knowledge.toml tells them."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal

from bot.values.trade import Order

A_YEAR = timedelta(days=365)
STANDS = frozenset({"paid", "shipped", "delivered"})
RETURNABLE = timedelta(days=7)  # points come when it can no longer be sent back
LEVELS = ((Decimal(5000), "金盏会员", 1.5), (Decimal(1000), "青盏会员", 1.2), (Decimal(0), "白盏会员", 1.0))
COUPON = 500  # points are spent in whole coupons

TAGS = {
    "茶叶": "爱茶",
    "茶壶": "茶器",
    "盖碗与杯子": "茶器",
    "烧水": "茶器",
    "茶盘与茶席": "茶器",
    "茶叶罐": "茶器",
    "刀与砧板": "下厨",
    "锅具": "下厨",
    "布艺": "下厨",
    "礼盒与套装": "送礼",
}  # a tag for each category of products


def level_of(orders: Sequence[Order], today: datetime) -> str:
    return _level(orders, today)[0]


def points_of(orders: Sequence[Order], today: datetime, *, spent_share: float = 0.0) -> int:
    """What this year's and last year's purchases brought, less what was spent."""
    earned = sum(
        int(order.amount)
        for order in orders
        if order.status == "delivered"
        and order.delivered_at
        and order.delivered_at + RETURNABLE <= today
        and order.ordered_at.year >= today.year - 1
    )
    earned = int(earned * _level(orders, today)[1])
    return earned - int(earned * spent_share) // COUPON * COUPON


def tags_of(orders: Sequence[Order], categories: Mapping[str, str]) -> tuple[str, ...]:
    bought = {
        TAGS[categories[line.product]] for order in orders if order.status in STANDS for line in order.lines
    }
    return tuple(sorted(bought))


def _level(orders: Sequence[Order], today: datetime) -> tuple[str, float]:
    spent = sum(
        (order.amount for order in orders if order.status in STANDS and order.ordered_at > today - A_YEAR),
        Decimal(0),
    )
    return next((name, factor) for least, name, factor in LEVELS if spent >= least)
