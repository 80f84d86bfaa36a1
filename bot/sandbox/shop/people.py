"""Who follows the demo shop: two thousand people with names, places, tastes and an uneven wish to buy."""

import string
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from random import Random

from bot.sandbox.shop.leanings import Leaning, leaning
from bot.sandbox.shop.names import GIVEN, PLACES, SURNAMES, Place
from bot.sandbox.shop.purchases import SHANGHAI

TWO_YEARS = 730
NAMELESS = 0.1  # WeChat tells nobody's name any more; these never told us theirs
LOOKS_ONLY = 0.2  # follow, and never buy
OPENID_LETTERS = string.ascii_letters + string.digits + "_-"

TASTES: tuple[tuple[int, Mapping[str, float]], ...] = (
    (46, {"茶叶": 60, "盖碗与杯子": 14, "茶壶": 6, "茶盘与茶席": 8, "茶叶罐": 5, "烧水": 3, "礼盒与套装": 4}),
    (20, {"盖碗与杯子": 30, "茶壶": 20, "烧水": 14, "茶盘与茶席": 18, "茶叶": 14, "茶叶罐": 4}),
    (24, {"锅具": 34, "刀与砧板": 34, "布艺": 22, "茶叶": 6, "礼盒与套装": 4}),
    (10, {"礼盒与套装": 60, "茶叶": 24, "盖碗与杯子": 10, "布艺": 6}),
)  # of a hundred customers, and what they reach for
SOURCES = (
    (26, "ADD_SCENE_QR_CODE", "parcel-card"),
    (6, "ADD_SCENE_QR_CODE", "tea-class"),
    (4, "ADD_SCENE_QR_CODE", "market-stall"),
    (24, "ADD_SCENE_SEARCH", ""),
    (16, "ADD_SCENE_PROFILE_CARD", ""),
    (12, "ADD_SCENE_PAID", ""),
    (8, "ADD_SCENE_CHANNELS", ""),
    (4, "ADD_SCENE_WECHAT_ADVERTISEMENT", ""),
)
STORES = {"杭州": "store-hangzhou", "苏州": "store-suzhou"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Before we know what they bought. `zest` is 1 for the middle customer, 0 for who never buys."""

    openid: str
    name: str | None
    place: Place
    source: str
    scene: str
    followed_at: datetime
    tastes: Mapping[str, float]
    zest: float
    leaning: Leaning


def person(today: datetime, random: Random) -> Person:
    place = random.choices(PLACES, [place.weight for place in PLACES])[0]
    source, scene = _came_by(place, random)
    days_ago = 1 + int((TWO_YEARS - 1) * random.random() ** 1.1)
    return Person(
        openid="o" + "".join(random.choices(OPENID_LETTERS, k=27)),
        name=None if random.random() < NAMELESS else _name(random),
        place=place,
        source=source,
        scene=scene,
        followed_at=moment(today, days_ago, random),
        tastes=random.choices([tastes for _, tastes in TASTES], [weight for weight, _ in TASTES])[0],
        zest=0.0 if random.random() < LOOKS_ONLY else random.lognormvariate(0, 0.75),
        leaning=leaning(place, source, scene, today, random),
    )


def moment(today: datetime, days_ago: int, random: Random) -> datetime:
    """Some time between eight in the morning and eleven at night, more often after work."""
    hour = random.choices(range(8, 23), (2, 4, 6, 6, 8, 6, 4, 4, 5, 5, 5, 6, 9, 10, 7))[0]
    day = today.astimezone(SHANGHAI).date() - timedelta(days=days_ago)
    return datetime.combine(day, time(hour, random.randrange(60), random.randrange(60)), SHANGHAI).astimezone(
        UTC
    )


def openid_of(key: str) -> str:
    """A showcase customer's openid: the same on every machine, and as long as WeChat's own."""
    return f"o-demo-{key}-".ljust(28, "0")


def _came_by(place: Place, random: Random) -> tuple[str, str]:
    if place.city in STORES and random.random() < 0.45:
        return "ADD_SCENE_QR_CODE", STORES[place.city]
    _, source, scene = random.choices(SOURCES, [weight for weight, _, _ in SOURCES])[0]
    return source, scene


def _name(random: Random) -> str:
    characters, _ = random.choices(SURNAMES, [len(characters) * often for characters, often in SURNAMES])[0]
    return random.choice(characters) + random.choice(GIVEN)
