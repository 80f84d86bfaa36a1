"""Makes the whole demo shop from a seed: the same seed on the same day gives the same shop, on any machine.

Everything happened before today (in Shanghai) began, so that nothing lies in the future whenever the demo starts.
"""

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from random import Random

from bot.sandbox.shop import catalogue
from bot.sandbox.shop.people import Person, moment, openid_of, person
from bot.sandbox.shop.purchases import SHANGHAI, Ending, basket, line, numbered, order_of
from bot.sandbox.shop.regard import level_of, points_of, tags_of
from bot.sandbox.shop.showcase import CHARACTERS, Character
from bot.values.trade import Buyer, Order, Product

CUSTOMERS = 2000
MOST_ORDERS = 40


@dataclass(frozen=True, slots=True)
class Showcase:
    """One of the hand-written customers, with what the demo can show with them."""

    openid: str
    name: str
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Shop:
    products: tuple[Product, ...]
    buyers: tuple[Buyer, ...]  # the hand-written ones first
    orders: tuple[Order, ...]  # oldest first
    showcases: tuple[Showcase, ...]


class DemoShop:
    def __init__(self, *, seed: int = 1) -> None:
        self._seed = seed

    def generate(self, now: datetime, customers: int = CUSTOMERS) -> Shop:
        today = datetime.combine(now.astimezone(SHANGHAI).date(), time(0), SHANGHAI).astimezone(UTC)
        random = Random(self._seed)
        products = catalogue.products()
        known = {product.external_id: product for product in products}
        shelves = _shelves(products)
        written = CHARACTERS[:customers]
        people = [person(today, random) for _ in range(customers - len(written))]
        orders: list[Order] = []
        for number, character in enumerate(written, start=1):
            orders += _written_orders(_number(number), character, known, today)
        for number, one in enumerate(people, start=len(written) + 1):
            orders += _orders(_number(number), one, shelves, today, random)
        orders = numbered(orders)
        bought = _by_buyer(orders)
        categories = {product.external_id: product.category for product in products}
        buyers = [
            *(
                _written_buyer(_number(number), character, bought, categories, today)
                for number, character in enumerate(written, start=1)
            ),
            *(
                _buyer(_number(number), one, bought, categories, today, random)
                for number, one in enumerate(people, start=len(written) + 1)
            ),
        ]
        showcases = tuple(Showcase(openid_of(one.key), one.name or "", one.note) for one in written)
        return Shop(products=products, buyers=tuple(buyers), orders=tuple(orders), showcases=showcases)


def _number(number: int) -> str:
    return f"KH{number:06}"


def _shelves(products: Iterable[Product]) -> dict[str, list[Product]]:
    shelves = defaultdict(list)
    for product in products:
        shelves[product.category].append(product)
    return dict(shelves)


def _by_buyer(orders: Iterable[Order]) -> Mapping[str, Sequence[Order]]:
    bought = defaultdict(list)
    for order in orders:
        bought[order.buyer].append(order)
    return bought


def _written_orders(
    buyer: str, character: Character, known: Mapping[str, Product], today: datetime
) -> list[Order]:
    random = Random(character.key)
    found = []
    for bought in character.bought:
        day = today.astimezone(SHANGHAI).date() - timedelta(days=bought.days_ago)
        lines = [line(known[product], quantity) for product, quantity in bought.items]
        found.append(
            order_of(
                buyer,
                character.province,
                lines,
                datetime.combine(day, bought.at, SHANGHAI).astimezone(UTC),
                today,
                random,
                bought.ending,
            )
        )
    return found


def _orders(
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


def _written_buyer(
    number: str,
    character: Character,
    bought: Mapping[str, Sequence[Order]],
    categories: Mapping[str, str],
    today: datetime,
) -> Buyer:
    random = Random(character.key)

    def days_ago(days: int | None) -> datetime | None:
        return None if days is None else moment(today, days, random)

    orders = bought.get(number, ())
    return Buyer(
        external_id=number,
        openid=openid_of(character.key),
        name=character.name,
        province=character.province,
        city=character.city,
        level=level_of(orders, today),
        points=points_of(orders, today),
        source="ADD_SCENE_QR_CODE" if character.scene else "ADD_SCENE_SEARCH",
        source_scene=character.scene,
        followed_at=moment(today, character.followed_days, random),
        spoke_at=days_ago(character.spoke_days),
        wants_pushes=character.stopped_days is None,
        asked_for_pushes_at=days_ago(character.asked_days),
        stopped_pushes_at=days_ago(character.stopped_days),
        engagement="engaged"
        if character.spoke_days is not None and character.spoke_days < 14
        else "ordinary",
        complaint_open=character.complaint_open,
        tags=tags_of(orders, categories),
    )


def _buyer(
    number: str,
    one: Person,
    bought: Mapping[str, Sequence[Order]],
    categories: Mapping[str, str],
    today: datetime,
    random: Random,
) -> Buyer:
    orders = bought.get(number, ())
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


def _since(one: Person, days_ago: int | None, today: datetime, random: Random) -> datetime | None:
    """A moment that long ago, not before they followed and not today."""
    if days_ago is None:
        return None
    return min(
        max(moment(today, days_ago, random), one.followed_at + timedelta(minutes=2)),
        today - timedelta(minutes=1),
    )
