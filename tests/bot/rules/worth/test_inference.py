"""What the evidence says, and when it says nothing."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.rules.people.facts_told import evidence
from bot.rules.worth.inference import DriverSignals, StrictnessSignals, driver, lower_bound, strictness

LEAST, SURE = 4, 0.5


@pytest.mark.parametrize(
    ("seen", "value"),
    [
        pytest.param(DriverSignals(orders=9, discounted=7, plain=2), "price", id="seven of nine at a discount"),
        pytest.param(DriverSignals(orders=3, discounted=3), "", id="three orders are too few"),
        pytest.param(DriverSignals(orders=4, discounted=4), "price", id="four of four are enough"),
        pytest.param(DriverSignals(orders=9, discounted=5, plain=4), "", id="five of nine are not sure"),
        pytest.param(DriverSignals(orders=7, novel=6, discounted=1), "trend", id="always what is new"),
        pytest.param(DriverSignals(orders=8, repeated=6, plain=2, asked_function=2), "function", id="buys again and asks how it works"),
        pytest.param(DriverSignals(orders=8, repeated=4, novel=4), "", id="of two minds"),
        pytest.param(DriverSignals(orders=100, plain=100), "", id="many orders that say nothing"),
        pytest.param(DriverSignals(asked_price=5), "price", id="words alone"),
        pytest.param(DriverSignals(), "", id="nothing at all"),
    ],
)  # fmt: skip
def test_what_decides_their_purchases(seen: DriverSignals, value: str) -> None:
    assert driver(seen, LEAST, SURE).value == value


@pytest.mark.parametrize(
    ("seen", "value"),
    [
        pytest.param(StrictnessSignals(good_reviews=6), "tolerant", id="always content"),
        pytest.param(StrictnessSignals(fair_reviews=4, exchanged=1), "enduring", id="so-so, and says no more"),
        pytest.param(StrictnessSignals(bad_reviews=2, returned=3, complaints=1), "perfectionist", id="sends back and complains"),
        pytest.param(StrictnessSignals(good_reviews=3, bad_reviews=3), "", id="both"),
        pytest.param(StrictnessSignals(complaints=1), "", id="one complaint is no habit"),
    ],
)  # fmt: skip
def test_how_strict_they_are(seen: StrictnessSignals, value: str) -> None:
    assert strictness(seen, LEAST, SURE).value == value


def test_the_lower_end_of_the_interval() -> None:
    assert lower_bound(7, 9) == pytest.approx(0.5660, abs=1e-4)
    assert lower_bound(4, 4) == pytest.approx(4 / (4 + 1.2816**2), abs=1e-9)
    assert lower_bound(0, 0) == 0


@given(st.integers(0, 500), st.integers(0, 500))
def test_more_of_the_same_evidence_is_never_less_sure(part: int, rest: int) -> None:
    whole = part + rest
    assert 0 <= lower_bound(part, whole) <= 1
    assert lower_bound(2 * part, 2 * whole) >= lower_bound(part, whole) - 1e-12


def test_the_evidence_in_both_languages() -> None:
    numbers = driver(DriverSignals(orders=9, discounted=7, plain=2, asked_price=2), LEAST, SURE).evidence
    assert dict(numbers) == {
        "orders": 9,
        "discounted": 7,
        "asked_price": 2,
    }  # what speaks for nothing is left out
    assert evidence(numbers) == "9 笔订单中 7 笔用了优惠；问过 2 次价格或优惠"
    assert evidence(numbers, "en") == "7 of 9 orders at a discount; asked 2 times about prices"
