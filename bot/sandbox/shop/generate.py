"""Makes the whole demo shop from a seed: the same seed on the same day gives the same shop, on any machine.

Everything happened before today (in Shanghai) began, so that nothing lies in the future whenever the demo starts.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time
from random import Random

from bot.sandbox.shop import catalogue, crowd, opinions, written
from bot.sandbox.shop.novelties import Assortment
from bot.sandbox.shop.opinions import Judge
from bot.sandbox.shop.people import openid_of, person
from bot.sandbox.shop.purchases import SHANGHAI, numbered
from bot.sandbox.shop.showcase import CHARACTERS
from bot.values.trade import Buyer, Order, Product, Return, Review

CUSTOMERS = 2000
CALM = 0.5  # how often the hand-written customers review: they are tolerant, each of them


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
    reviews: tuple[Review, ...]
    returns: tuple[Return, ...]
    showcases: tuple[Showcase, ...]


class DemoShop:
    def __init__(self, *, seed: int = 1) -> None:
        self._seed = seed

    def generate(self, now: datetime, customers: int = CUSTOMERS) -> Shop:
        today = datetime.combine(now.astimezone(SHANGHAI).date(), time(0), SHANGHAI).astimezone(UTC)
        random = Random(self._seed)
        products = catalogue.products()
        known = {product.external_id: product for product in products}
        characters = CHARACTERS[:customers]
        people = [person(today, random) for _ in range(customers - len(characters))]
        assortment = Assortment(products, today)
        orders: list[Order] = []
        for number, character in enumerate(characters, start=1):
            orders += written.orders_of(_number(number), character, known, today)
        for number, one in enumerate(people, start=len(characters) + 1):
            orders += crowd.orders_of(_number(number), one, assortment, today, random)
        orders = numbered(orders)
        bought = _by_buyer(orders)
        categories = {product.external_id: product.category for product in products}
        buyers = [
            *(
                written.buyer_of(_number(number), character, bought[_number(number)], categories, today)
                for number, character in enumerate(characters, start=1)
            ),
            *(
                crowd.buyer_of(_number(number), one, bought[_number(number)], categories, today, random)
                for number, one in enumerate(people, start=len(characters) + 1)
            ),
        ]
        showcases = tuple(Showcase(openid_of(one.key), one.name or "", one.note) for one in characters)
        judges = [
            *(Judge("tolerant", character.province, CALM) for character in characters),
            *(Judge(one.leaning.temper, one.place.province, one.leaning.reviews) for one in people),
        ]
        reviews, returns = _opinions(orders, judges, categories, today, Random(self._seed))
        return Shop(
            products=products,
            buyers=tuple(buyers),
            orders=tuple(orders),
            reviews=tuple(reviews),
            returns=tuple(returns),
            showcases=showcases,
        )


def _number(number: int) -> str:
    return f"KH{number:06}"


def _opinions(
    orders: Iterable[Order],
    judges: Iterable[Judge],
    categories: Mapping[str, str],
    today: datetime,
    random: Random,
) -> tuple[list[Review], list[Return]]:
    who = {_number(number): judge for number, judge in enumerate(judges, start=1)}
    words = catalogue.reviews()
    reviews, returns = [], []
    for order in orders:
        judge = who[order.buyer]
        if review := opinions.review_of(order, judge, categories, words, today, random):
            reviews.append(review)
        if back := opinions.return_of(order, judge, categories, today, random):
            returns.append(back)
    return reviews, returns


def _by_buyer(orders: Iterable[Order]) -> defaultdict[str, list[Order]]:
    bought: defaultdict[str, list[Order]] = defaultdict(list)
    for order in orders:
        bought[order.buyer].append(order)
    return bought
