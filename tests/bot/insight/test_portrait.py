"""The arithmetic of the portrait, against small tables counted by hand."""

import math
from collections.abc import Sequence

import numpy as np
import pytest

from bot.insight.portrait import FALSE_DISCOVERIES, People, adjusted, columns_of, ratio, shared, tally
from bot.rules.worth.portrait import LEAST_PEOPLE
from bot.values.portrait import Attribute, Shared, Stretch

CITY = Attribute(name="city")
TAG = Attribute(name="tag", several=True, by_orders=True)
BOUGHT = Attribute(name="bought", several=True, by_orders=True, of_buyers=True)
VALUES = {"city": ("杭州", "苏州"), "tag": ("a", "b"), "bought": ("茶", "壶")}


def near(number: float) -> object:
    return pytest.approx(number, rel=1e-4)


def test_the_lift_is_the_ratio_of_two_shares_with_katz_interval() -> None:
    """30 of 100 against 20 of 200: 0.3 / 0.1 = 3; the variance of its log is 1/30 - 1/100 + 1/20 - 1/200."""
    found = ratio([30], [100], [20], [200])
    assert found is not None
    deviation = math.sqrt(1 / 30 - 1 / 100 + 1 / 20 - 1 / 200)
    assert found.lift == near(3.0)
    assert (found.low, found.high) == (
        near(3 * math.exp(-1.959964 * deviation)),
        near(3 * math.exp(1.959964 * deviation)),
    )
    assert (found.low, found.high) == (near(1.79726), near(5.00761))
    assert found.p == pytest.approx(2.63e-5, rel=1e-2)


def test_over_strata_the_lift_is_that_of_mantel_and_haenszel() -> None:
    """10 of 50 against 40 of 200, and 48 of 60 against 8 of 10: alike in each, 2.3 times as often taken together."""
    found = ratio([10, 48], [50, 60], [40, 8], [200, 10])
    assert found is not None
    assert found.lift == near(1.0)
    crude = ratio([58], [110], [48], [210])
    assert crude is not None
    assert crude.lift == near((58 / 110) / (48 / 210))
    assert crude.low > 1


def test_the_variance_over_strata_is_that_of_greenland_and_robins() -> None:
    """By hand: strata 20 of 40 against 10 of 60, and 5 of 10 against 20 of 90."""
    found = ratio([20, 5], [40, 10], [10, 20], [60, 90])
    assert found is not None
    above, below = 20 * 60 / 100 + 5 * 90 / 100, 10 * 40 / 100 + 20 * 10 / 100
    assert found.lift == near(above / below) == near(16.5 / 6.0)
    variance = ((30 * 40 * 60 - 20 * 10 * 100) / 100**2 + (25 * 10 * 90 - 5 * 20 * 100) / 100**2) / (
        above * below
    )
    assert found.low == near(above / below * math.exp(-1.959964 * math.sqrt(variance)))


def test_a_stratum_with_people_on_one_side_only_says_nothing() -> None:
    assert ratio([30, 5], [100, 9], [20, 0], [200, 0]) == ratio([30], [100], [20], [200])
    assert ratio([5, 0], [9, 0], [0, 3], [0, 40]) is None


def test_where_none_of_one_side_has_it_each_cell_gets_a_half() -> None:
    found = ratio([0], [50], [25], [100])
    assert found is not None
    assert found.lift == near((0.5 / 51) / (25.5 / 101))
    assert found.low < found.lift < found.high


def test_what_nobody_has_and_what_everybody_has_is_not_compared() -> None:
    assert ratio([0], [50], [0], [100]) is None
    assert ratio([50], [50], [100], [100]) is None


def test_many_comparisons_are_adjusted_as_benjamini_and_hochberg_say() -> None:
    """By hand: 0.005 × 4 / 1, 0.01 × 4 / 2, 0.03 × 4 / 3, 0.04 × 4 / 4, none above the next larger one."""
    assert adjusted([0.01, 0.04, 0.03, 0.005]) == pytest.approx([0.02, 0.04, 0.04, 0.02])
    assert adjusted([0.9, 0.8]) == pytest.approx([0.9, 0.9])
    assert adjusted([]) == []


def people(
    cities: Sequence[str | None],
    best: list[bool],
    *,
    orders: list[int] | None = None,
    bought: list[int] | None = None,
    of_everybody: bool = False,
) -> People:
    count = len(cities)
    found = People(columns_of((CITY, TAG, BOUGHT), VALUES.__getitem__), of_everybody=of_everybody)
    found.add(
        Stretch(
            ids=range(1, count + 1),
            is_best=best,
            orders=orders or [1] * count,
            values={"city": cities},
            sets={"tag": [0] * count, "bought": bought or [0] * count},
        )
    )
    return found


def told(found: People) -> dict[str, Shared]:
    return {str(each.trait): each for each in shared(found.columns, tally(found))}


def test_those_of_whom_nothing_is_known_count_nowhere() -> None:
    cities = ["杭州"] * 30 + [None] * 70 + ["杭州"] * 20 + ["绍兴"] * 80 + [None] * 300
    found = told(people(cities, [True] * 100 + [False] * 400))
    assert (found["city=杭州"].best_have, found["city=杭州"].best_of) == (30, 30)
    assert (found["city=杭州"].rest_have, found["city=杭州"].rest_of) == (20, 100)
    assert found["city=杭州"].is_more_common


def test_a_group_of_less_than_twenty_is_not_named() -> None:
    few = ["苏州"] * (LEAST_PEOPLE - 1)
    cities = [*few, *["杭州"] * 60, *["绍兴"] * 100]
    best = [True] * 60 + [False] * (len(cities) - 60)
    assert list(told(people(cities, best))) == ["city=杭州"]
    assert "city=苏州" in told(people(["苏州", *cities], [True, *best]))


def test_buying_more_often_is_no_trait() -> None:
    """Half of an order's buyers take tea each time: who buys five times has it nearly always, best or not."""
    draw = np.random.default_rng(7)
    orders = draw.choice([1, 2, 5], 4000).tolist()
    best = [bool(draw.random() < {1: 0.02, 2: 0.1, 5: 0.5}[count]) for count in orders]
    bought = [int((draw.random(count) < 0.5).any()) for count in orders]
    found = told(people([None] * 4000, best, orders=orders, bought=bought))["bought=茶"]
    assert found.best_have / found.best_of > 1.2 * found.rest_have / found.rest_of
    assert not found.stands


def test_a_planted_pattern_is_found_and_chance_is_not() -> None:
    """Of 200 attributes by chance, false discoveries stay rare; the planted one is always there."""
    by_chance = [Attribute(name=f"chance{number}") for number in range(200)]
    draw = np.random.default_rng(20261122)
    count = 3000
    best = draw.random(count) < 0.2
    planted = np.where(draw.random(count) < np.where(best, 0.5, 0.25), "杭州", "绍兴")
    found = People(
        columns_of([CITY, *by_chance], lambda name: VALUES.get(name, ("yes",))), of_everybody=False
    )
    found.add(
        Stretch(
            ids=range(count),
            is_best=best.tolist(),
            orders=[1] * count,
            values={"city": planted.tolist()}
            | {each.name: np.where(draw.random(count) < 0.3, "yes", "no").tolist() for each in by_chance},
            sets={},
        )
    )
    standing = [str(each.trait) for each in shared(found.columns, tally(found)) if each.stands]
    assert standing[0] == "city=杭州"
    assert len(standing) - 1 <= FALSE_DISCOVERIES * 200 / 5


def test_what_is_told_first_is_surest_not_largest() -> None:
    """苏州 5.0 times with a wide interval stands behind 杭州 2.0 times with a narrow one."""
    cities = (
        ["杭州"] * 1000 + ["苏州"] * 10 + ["绍兴"] * 990 + ["杭州"] * 2000 + ["苏州"] * 10 + ["绍兴"] * 5990
    )
    everybody = people(cities, [True] * 2000 + [False] * 8000)
    found = shared(everybody.columns, tally(everybody))
    assert [str(each.trait) for each in found] == ["city=杭州", "city=苏州"]
    assert found[0].lift < found[1].lift


def test_who_never_bought_is_no_other_buyer() -> None:
    """Among everybody, a purchase is compared between those who bought."""
    cities: list[str | None] = [None] * 300
    orders = [1] * 200 + [0] * 100
    best = [True] * 100 + [False] * 200
    bought = [1] * 50 + [0] * 50 + [1] * 50 + [0] * 150
    found = told(people(cities, best, orders=orders, bought=bought, of_everybody=True))["bought=茶"]
    assert (found.best_of, found.rest_of, found.lift) == (100, 100, near(1.0))
