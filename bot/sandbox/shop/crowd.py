"""What the generated customers buy, and what the account knows about them."""

import math
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from random import Random

from bot.sandbox.shop import novelties
from bot.sandbox.shop.leanings import Driver, Temper
from bot.sandbox.shop.novelties import Assortment
from bot.sandbox.shop.people import Person, moment
from bot.sandbox.shop.purchases import Ending, basket, order_of
from bot.sandbox.shop.regard import level_of, points_of, tags_of
from bot.values.trade import Buyer, Order, OrderLine, Product

MOST_ORDERS = 40
LURED, TAKES_THE_NEW, BUYS_AGAIN = 0.65, 0.85, 0.75
HUNTS, NOW_AND_THEN = 0.85, 0.06  # the chance of a coupon
LEAST_WITH_COUPON, LARGE_WITH_COUPON = 60, 250
_GO_BACK: Mapping[Temper, int] = {"tolerant": 1, "enduring": 2, "perfectionist": 7}  # of a hundred orders


def orders_of(
    buyer: str, one: Person, assortment: Assortment, today: datetime, random: Random
) -> list[Order]:
    """By whatever decides their purchases: coupons, what they had before and liked, what is new."""
    found: list[Order] = []
    had: list[Product] = []
    purse = one.leaning.purse
    for ordered_at in _moments(one, today, random):
        lines = basket(
            assortment.shelves(ordered_at),
            one.tastes,
            random.choices((1, 2, 3, 4), (52, 30, 13, 5))[0],
            1 + int(one.zest * math.exp(purse) / 4),
            random,
            dearness=-0.4 + 1.1 * purse,
            surely=_drawn_to(one, had, assortment, ordered_at, random),
        )
        had += [assortment.product(line.product) for line in lines]
        ending, coupon = _ending(one.leaning.temper, random), _coupon(one.leaning.driver, lines, random)
        found.append(order_of(buyer, one.place.province, lines, ordered_at, today, random, ending, coupon))
    return found


def _moments(one: Person, today: datetime, random: Random) -> list[datetime]:
    """When they order, the first time first; who loves the new often comes for it."""
    days = max((today - one.followed_at).days, 1)
    often = 1.9 * one.zest * math.exp(0.8 * one.leaning.purse) * math.sqrt(days / 365)
    found = []
    for _ in range(min(_about(often, random), MOST_ORDERS)):
        lured = one.leaning.driver == "trend" and random.random() < LURED
        days_ago = novelties.days_after_a_launch(days, random) if lured else None
        at = moment(today, days_ago or random.randint(1, days), random)
        found.append(max(at, one.followed_at + timedelta(minutes=random.randint(3, 90))))
    return sorted(at for at in found if at < today)


def _drawn_to(
    one: Person,
    had: Sequence[Product],
    assortment: Assortment,
    ordered_at: datetime,
    random: Random,
) -> Product | None:
    if one.leaning.driver == "function" and had and random.random() < BUYS_AGAIN:
        return random.choice(had)
    if one.leaning.driver == "trend" and random.random() < TAKES_THE_NEW:
        return assortment.newest(ordered_at)
    return None


def _coupon(driver: Driver, lines: Sequence[OrderLine], random: Random) -> Decimal:
    """What the shop exchanges points for; who hunts for coupons rarely buys without one."""
    worth = sum((line.price * line.quantity for line in lines), Decimal(0))
    if random.random() >= (HUNTS if driver == "price" else NOW_AND_THEN) or worth < LEAST_WITH_COUPON:
        return Decimal(0)
    return Decimal(25 if worth >= LARGE_WITH_COUPON else 10)


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
        gender=one.leaning.gender,
        birthday=one.leaning.birthday,
        spoke_at=_since(one, spoke_days, today, random),
        wants_pushes=not stopped,
        asked_for_pushes_at=_since(one, random.randint(0, days), today, random) if asked else None,
        stopped_pushes_at=_since(one, random.randint(0, days), today, random) if stopped else None,
        engagement="engaged" if engaged else "tired" if tired else "ordinary",
        silent_pushes=random.randint(3, 6) if tired else 0 if engaged else random.randint(0, 2),
        complaint_open=random.random() < 0.002,
        tags=tags_of(orders, categories),
    )


def _ending(temper: Temper, random: Random) -> Ending:
    endings: tuple[Ending, ...] = ("natural", "unpaid", "refunded")
    back = _GO_BACK[temper]
    return random.choices(endings, (97 - back, 3, back))[0]


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
