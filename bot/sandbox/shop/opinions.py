"""What the demo's customers say and do once a parcel came: stars and words, things sent back, exchanged, repaired.

Who judges strictly gives fewer stars and sends more back; nothing lies after today began.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from bot.sandbox.shop.leanings import Temper
from bot.sandbox.shop.names import FAR
from bot.values.trade import Order, OrderLine, Return, Review

Words = Mapping[str, Mapping[str, Sequence[str]]]  # by category, then good, fair, bad

STARS: Mapping[Temper, tuple[int, int, int, int, int]] = {  # of a hundred: five stars, four … one
    "tolerant": (76, 20, 3, 1, 0),
    "enduring": (10, 14, 70, 5, 1),
    "perfectionist": (8, 10, 12, 42, 28),
}
MENDED = frozenset({"茶壶", "盖碗与杯子", "刀与砧板", "锅具", "烧水"})
NEEDS_MENDING: Mapping[Temper, float] = {"tolerant": 0.012, "enduring": 0.03, "perfectionist": 0.04}
SENT_BACK = ("颜色和想的不一样", "尺寸不合适", "收到有磕碰", "买重了", "送的人已经有了")
REPAIRED = ("磕了一个口", "盖子碎了", "用着不灵了", "刀口崩了", "底部开裂")
EXCHANGED = ("收到有瑕疵，想换一件", "想换另一个颜色", "运输时压坏了")


@dataclass(frozen=True, slots=True)
class Judge:
    """Who judges: how strictly, how far away, and how often they write it down."""

    temper: Temper
    province: str
    reviews: float


def review_of(
    order: Order, judge: Judge, categories: Mapping[str, str], words: Words, today: datetime, random: Random
) -> Review | None:
    """Of the dearest thing in it, one to twelve days after it came."""
    if not order.delivered_at or random.random() >= judge.reviews:
        return None
    reviewed_at = order.delivered_at + timedelta(hours=random.randint(20, 290))
    if reviewed_at >= today:
        return None
    line = _dearest(order)
    rating = random.choices((5, 4, 3, 2, 1), STARS[judge.temper])[0]
    is_late = judge.province in FAR and random.random() < 0.4
    rating = min(rating, 2 if order.status == "refunded" else 3 if is_late else 5)
    mood = "good" if rating >= 4 else "fair" if rating == 3 else "bad"
    of_category = words["路远" if is_late and mood == "fair" else categories[line.product]]
    return Review(
        external_id=f"PJ{order.external_id[2:]}",
        buyer=order.buyer,
        order=order.external_id,
        product=line.product,
        rating=rating,
        text=random.choice(of_category[mood]),
        reviewed_at=reviewed_at,
    )


def return_of(
    order: Order, judge: Judge, categories: Mapping[str, str], today: datetime, random: Random
) -> Return | None:
    """What was refunded came back; of the rest, now and then something needs mending or changing."""
    if not order.delivered_at:
        return None
    if order.status == "refunded":
        return _sent_back(order, order.delivered_at, today, random)
    if random.random() >= NEEDS_MENDING[judge.temper]:
        return None
    line = _dearest(order)
    is_mended = categories[line.product] in MENDED and random.random() < 0.7
    asked_at = order.delivered_at + timedelta(hours=random.randint(30, 1500 if is_mended else 160))
    if asked_at >= today:
        return None
    closed_at = asked_at + timedelta(days=random.randint(10, 16) if is_mended else random.randint(3, 7))
    return Return(
        external_id=f"SH{order.external_id[2:]}",
        order=order.external_id,
        product=line.product,
        kind="repair" if is_mended else "exchange",
        status="closed" if closed_at < today else "accepted" if random.random() < 0.5 else "requested",
        reason=random.choice(REPAIRED if is_mended else EXCHANGED),
        requested_at=asked_at,
        closed_at=closed_at if closed_at < today else None,
    )


def _sent_back(order: Order, delivered_at: datetime, today: datetime, random: Random) -> Return:
    """The money is back already, so all of it lies before today."""
    asked_at = min(
        delivered_at + timedelta(hours=random.randint(4, 150)),
        delivered_at + (today - delivered_at) / 3,
    )
    return Return(
        external_id=f"SH{order.external_id[2:]}",
        order=order.external_id,
        product=_dearest(order).product,
        kind="return",
        status="closed",
        reason=random.choice(SENT_BACK),
        amount=order.amount,
        requested_at=asked_at,
        closed_at=min(asked_at + timedelta(days=random.randint(2, 5)), asked_at + (today - asked_at) / 2),
    )


def _dearest(order: Order) -> OrderLine:
    return max(order.lines, key=lambda line: line.price)
