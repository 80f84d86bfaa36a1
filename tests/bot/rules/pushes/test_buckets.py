"""The hold-out: drawn by the openid alone, even, independent of when somebody came, and nested when its share changes."""

from collections import Counter
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.rules.pushes.buckets import BUCKETS, bucket_of
from bot.rules.segments.segment_draws import drawn

MANY = 100_000
OPENIDS = [
    f"oABCD{number:022}" for number in range(MANY)
]  # such as an account gives out, one after the other


def chi_square(counts: Counter[int], cells: int, number: int) -> float:
    expected = number / cells
    return sum((counts[cell] - expected) ** 2 / expected for cell in range(cells))


def test_every_bucket_is_as_likely_as_any_other() -> None:
    """99 degrees of freedom: below 149 in all but one draw of a thousand, and this one never changes."""
    assert chi_square(Counter(bucket_of(openid) * 100 // BUCKETS for openid in OPENIDS), 100, MANY) < 149


@pytest.mark.parametrize("percent", [1, 5, 10, 50])
def test_the_share_held_out_is_the_one_asked_for(percent: int) -> None:
    held = sum(bucket_of(openid) < percent * 100 for openid in OPENIDS) / MANY
    spread = (percent / 100 * (1 - percent / 100) / MANY) ** 0.5
    assert abs(held - percent / 100) < 4 * spread


def test_who_came_early_is_not_held_out_more_often_than_who_came_late() -> None:
    """Neither by the order of the openids nor by their neighbours."""
    held = [bucket_of(openid) < 1000 for openid in OPENIDS]
    early, late = sum(held[: MANY // 2]), sum(held[MANY // 2 :])
    assert abs(early - late) < 4 * (MANY * 0.1 * 0.9) ** 0.5
    both = sum(one and other for one, other in pairwise(held))
    assert abs(both - MANY * 0.01) < 4 * (MANY * 0.01 * 0.99) ** 0.5


@given(st.text(min_size=1, max_size=40), st.integers(0, 50), st.integers(0, 50))
def test_who_is_held_out_stays_so_when_the_share_grows(openid: str, one: int, other: int) -> None:
    less, more = sorted((one, other))
    assert bucket_of(openid) == bucket_of(openid)
    assert not (bucket_of(openid) < less * 100) or bucket_of(openid) < more * 100


def test_an_experiment_is_drawn_independently_of_the_hold_out() -> None:
    """Of those held out and of the others, an equal share is in an experiment's first half."""
    table = Counter(
        (bucket_of(openid) < 1000, drawn(number, "price") < BUCKETS // 2)
        for number, openid in enumerate(OPENIDS)
    )
    held = table[True, True] / (table[True, True] + table[True, False])
    others = table[False, True] / (table[False, True] + table[False, False])
    assert abs(held - others) < 4 * (0.25 / (MANY * 0.1) + 0.25 / (MANY * 0.9)) ** 0.5
