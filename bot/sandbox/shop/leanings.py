"""What the demo's generated customers are like: their age, their purse, what decides their purchases, how they judge.

Modest on purpose: each leaning shifts chances, none decides, and of many customers the shop knows neither age nor gender.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from random import Random
from typing import Literal, TypeAlias, TypeVar

from bot.sandbox.shop.names import Place

Driver: TypeAlias = Literal["price", "function", "trend", ""]
Temper: TypeAlias = Literal["tolerant", "enduring", "perfectionist"]
T = TypeVar("T")

TELLS_BIRTHDAY = 0.7
TELLS_GENDER = 0.75
HABITUAL_REVIEWERS = 0.25
YOUNG = 30

_AGES = ((18, 24, 14), (25, 29, 18), (30, 39, 34), (40, 49, 20), (50, 59, 9), (60, 72, 5))  # of a hundred
_DRIVERS: tuple[tuple[Driver, int], ...] = (("price", 26), ("function", 32), ("trend", 20), ("", 22))
_YOUNG_DRIVERS: tuple[tuple[Driver, int], ...] = (("price", 34), ("function", 14), ("trend", 34), ("", 18))
_TEMPERS: tuple[tuple[Temper, int], ...] = (("tolerant", 58), ("enduring", 26), ("perfectionist", 16))

# how much more, or less, of these is spent: as a power of e
_OF_AGE = ((30, -0.45), (50, 0.35), (200, -0.1))
_OF_CITY = {"杭州": 0.35, "上海": 0.5, "苏州": 0.3, "北京": 0.3, "深圳": 0.2}
_ELSEWHERE = -0.25
_OF_SCENE = {"tea-class": 0.8, "store-hangzhou": 0.3, "store-suzhou": 0.3, "market-stall": -0.4}
_OF_SOURCE = {"ADD_SCENE_WECHAT_ADVERTISEMENT": -0.5, "ADD_SCENE_CHANNELS": -0.2}
_OF_DRIVER: Mapping[Driver, float] = {"price": -0.4, "function": 0.1, "trend": 0.35, "": 0.0}


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaning:
    """`purse` is 0 in the middle: above it they buy more often, and dearer things."""

    birthday: date | None
    gender: str | None
    driver: Driver
    temper: Temper
    purse: float
    reviews: float  # the chance that they review an order that came


def leaning(place: Place, source: str, scene: str, today: datetime, random: Random) -> Leaning:
    age, birthday = _born(today, random)
    driver = _one_of(_YOUNG_DRIVERS if age < YOUNG else _DRIVERS, random)
    purse = (
        next(more for below, more in _OF_AGE if age < below)
        + _OF_CITY.get(place.city, _ELSEWHERE)
        + _OF_SCENE.get(scene, _OF_SOURCE.get(source, 0.0))
        + _OF_DRIVER[driver]
    )
    gender = "female" if random.random() < 0.62 else "male"
    return Leaning(
        birthday=birthday if random.random() < TELLS_BIRTHDAY else None,
        gender=gender if random.random() < TELLS_GENDER else None,
        driver=driver,
        temper=_one_of(_TEMPERS, random),
        purse=purse,
        reviews=random.uniform(0.55, 0.85)
        if random.random() < HABITUAL_REVIEWERS
        else random.uniform(0, 0.2),
    )


def _born(today: datetime, random: Random) -> tuple[int, date]:
    least, most, _ = random.choices(_AGES, [weight for _, _, weight in _AGES])[0]
    age = random.randint(least, most)
    return age, (today - timedelta(days=age * 365.25 + random.randint(1, 364))).date()


def _one_of(weighed: tuple[tuple[T, int], ...], random: Random) -> T:
    return random.choices([one for one, _ in weighed], [weight for _, weight in weighed])[0]
