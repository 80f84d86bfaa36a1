"""What the generated customers buy, and what the account knows about them."""

import math
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from random import Random

from bot.sandbox.shop.people import Person, moment
from bot.sandbox.shop.purchases import Ending, basket, order_of
from bot.sandbox.shop.regard import level_of, points_of, tags_of
from bot.values.trade import Buyer, Order, Product

MOST_ORDERS = 40


def orders_of(
    buyer: str, one: Person, shelves: Mapping[str, Sequence[Product]], today: datetime, random: Random
) -> list[Order]:
    days = max((today - one.followed_at).days, 1)
    found = []
    for _ in range(min(_about(1.9 * one.zest * math.sqrt(days / 365), random), MOST_ORDERS)):
        size = random.choices((1, 2, 3, 4), (52, 30, 13, 5))[0]
        lines = basket(shelves, one.tastes, size, 1 + int(one.zest / 4), random)
        ordered_at = max(
            moment(today, random.randint(1, days), random),
            one.followed_at + timedelta(minutes=random.randint(3, 90)),
        )
        if ordered_at < today:
            found.append(
                order_of(buyer, one.place.province, lines, ordered_at, today, random, _ending(random))
            )
    return found


def buyer_of(
    number: str,
    one: Person,
    orders: Sequence[Order],
    categories: Mapping[str, str],
    today: datetime,
    random: Random,
) -> Buyer:
    days = (today - one.followed_at).days
    spoke_days = random.randint(4, max(days, 4)) if days > 4 and random.random() < 0.45 else None
    stopped = random.random() < 0.03
    asked = not stopped and random.random() < 0.06
    engaged = spoke_days is not None and spoke_days < 14
    tired = not engaged and random.random() < 0.12
    return Buyer(
        external_id=number,
        openid=one.openid,
        name=one.name,
        province=one.place.province,
        city=one.place.city,
        level=level_of(orders, today),
        points=points_of(orders, today, spent_share=random.choice((0, 0, 0.5, 0.9))),
        source=one.source,
        source_scene=one.scene,
        followed_at=one.followed_at,
        spoke_at=_since(one, spoke_days, today, random),
        wants_pushes=not stopped,
        asked_for_pushes_at=_since(one, random.randint(0, days), today, random) if asked else None,
        stopped_pushes_at=_since(one, random.randint(0, days), today, random) if stopped else None,
        engagement="engaged" if engaged else "tired" if tired else "ordinary",
        silent_pushes=random.randint(3, 6) if tired else 0 if engaged else random.randint(0, 2),
        complaint_open=random.random() < 0.002,
        tags=tags_of(orders, categories),
    )


def _ending(random: Random) -> Ending:
    endings: tuple[Ending, ...] = ("natural", "unpaid", "refunded")
    return random.choices(endings, (95, 3, 2))[0]


def _about(mean: float, random: Random) -> int:
    """A Poisson number."""
    limit, product, count = math.exp(-mean), random.random(), 0
    while product > limit:
        product *= random.random()
        count += 1
    return count


def _since(one: Person, days_ago: int | None, today: datetime, random: Random) -> datetime | None:
    """A moment that long ago, not before they followed and not today."""
    if days_ago is None:
        return None
    return min(
        max(moment(today, days_ago, random), one.followed_at + timedelta(minutes=2)),
        today - timedelta(minutes=1),
    )
