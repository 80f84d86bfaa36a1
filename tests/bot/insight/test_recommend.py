"""Suggestions from purchases: what is learnt, what is never said, and what comes first."""

import dataclasses

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.insight import recommend, taste_learning, taste_training, tastes
from bot.insight.taste_learning import CannotLearn
from bot.insight.tastes import Lines
from bot.values.recommending import Basis, Suggestion

TODAY = 20_000
POT, CUP, TEA, PAN, LID = 1, 2, 3, 4, 5


def lines(*bought: tuple[int, int, int, int]) -> Lines:
    """Customer, order, product, days ago."""
    rows = np.array(bought, np.int64).reshape(-1, 4)
    return Lines(customers=rows[:, 0], orders=rows[:, 1], products=rows[:, 2], days=TODAY - rows[:, 3])


def two_tastes() -> Lines:
    """Twenty who drink tea: pot, cup and tea; twenty who cook: pan and lid."""
    drink = [(n, n, thing, 10 + n) for n in range(20) for thing in (POT, CUP, TEA)]
    cook = [(n, n, thing, 5) for n in range(100, 120) for thing in (PAN, LID)]
    return lines(*drink, *cook)


@pytest.fixture
def learnt() -> tastes.Learnt:
    return taste_training.learn(two_tastes(), TODAY)


def ids(found: list[Suggestion]) -> list[int]:
    return [one.product_id for one in found]


def test_who_bought_the_pot_is_shown_what_goes_with_tea_and_why(learnt: tastes.Learnt) -> None:
    found = recommend.suggestions(learnt, {POT: 30}, set(), 2)
    assert set(ids(found)) == {CUP, TEA}
    assert [(one.basis, one.because) for one in found] == [(Basis.ALSO, POT)] * 2


def test_never_what_they_have_and_never_what_is_barred(learnt: tastes.Learnt) -> None:
    found = ids(recommend.suggestions(learnt, {POT: 30, CUP: 3}, {TEA}, 9))
    assert not {POT, CUP, TEA} & set(found)


def test_of_whom_nothing_is_known_the_popular_things_are_named(learnt: tastes.Learnt) -> None:
    found = recommend.suggestions(learnt, {}, set(), 2)
    assert {one.basis for one in found} == {Basis.POPULAR}
    assert set(ids(found)) == {PAN, LID}  # bought later than the rest


def test_an_unknown_product_in_the_history_harms_nothing(learnt: tastes.Learnt) -> None:
    assert ids(recommend.suggestions(learnt, {77: 1, POT: 2}, set(), 1))[0] in {CUP, TEA}


def test_what_is_consumed_comes_again_when_its_time_has_passed_and_not_before() -> None:
    monthly = [(n, 10 * n + k, TEA, 90 - 30 * k) for n in range(10) for k in range(3)]
    learnt = taste_training.learn(lines(*monthly, *[(n, 10 * n, POT, 90) for n in range(10)]), TODAY)
    due = recommend.suggestions(learnt, {TEA: 29, POT: 90}, set(), 3)
    assert due[0] == Suggestion(TEA, Basis.DUE, after_days=30)
    assert TEA not in ids(recommend.suggestions(learnt, {TEA: 5, POT: 90}, set(), 3))
    assert TEA not in ids(recommend.suggestions(learnt, {TEA: 29}, {TEA}, 3))
    assert POT not in ids(recommend.suggestions(learnt, {TEA: 5, POT: 900}, set(), 3))  # nobody wears it out


def test_what_goes_with_a_thing_comes_from_its_baskets(learnt: tastes.Learnt) -> None:
    found = recommend.goes_with(learnt, PAN, set(), 3)
    assert [(one.product_id, one.basis, one.because) for one in found] == [(LID, Basis.TOGETHER, PAN)]
    assert recommend.goes_with(learnt, 77, set(), 3) == []


def test_one_buyer_in_common_says_less_than_many() -> None:
    few = [(500, 500, thing, 10) for thing in (PAN, 6)]
    learnt = taste_training.learn(
        lines(*few, *[(n, n, thing, 10) for n in range(30) for thing in (PAN, LID)]), TODAY
    )
    assert ids(recommend.suggestions(learnt, {PAN: 10}, set(), 2)) == [LID, 6]


def test_what_was_learnt_survives_being_kept(learnt: tastes.Learnt) -> None:
    again = tastes.from_bytes(tastes.to_bytes(learnt))
    assert all(
        np.array_equal(getattr(again, name), getattr(learnt, name)) for name in tastes.Learnt.__slots__
    )


def test_a_process_of_its_own_learns_the_same(learnt: tastes.Learnt) -> None:
    assert taste_learning.learned(two_tastes(), TODAY) == tastes.to_bytes(learnt)


def test_a_process_that_fails_says_why() -> None:
    crooked = dataclasses.replace(two_tastes(), days=np.zeros(3, np.int64))
    with pytest.raises(CannotLearn, match="the process that learns what goes together failed: ValueError"):
        taste_learning.learned(crooked, TODAY)


def test_a_buyer_for_a_whole_office_counts_by_the_newest_things() -> None:
    office = [(1, n, n, 400 - n) for n in range(1, 101)]
    learnt = taste_training.learn(lines(*office), TODAY)
    assert np.diff(learnt.crowd_starts).tolist() == [tastes.LARGEST_HISTORY]


bought = st.lists(
    st.tuples(st.integers(1, 8), st.integers(1, 20), st.integers(1, 9), st.integers(0, 900)),
    min_size=1,
    max_size=60,
)


@settings(max_examples=60, deadline=None)
@given(bought, st.dictionaries(st.integers(1, 12), st.integers(0, 900)), st.sets(st.integers(1, 9)))
def test_whatever_was_bought_the_rules_hold(
    rows: list[tuple[int, int, int, int]], mine: dict[int, int], never: set[int]
) -> None:
    learnt = taste_training.learn(lines(*rows), TODAY)
    found = recommend.suggestions(learnt, mine, never, 9)
    assert len(set(ids(found))) == len(found)
    assert not never & set(ids(found))
    assert all(one.basis is Basis.DUE for one in found if one.product_id in mine)
    assert found == recommend.suggestions(learnt, mine, never, 9)
