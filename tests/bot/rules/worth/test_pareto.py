import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.rules.worth.pareto import classes, last_of_fifths, last_of_top
from bot.values.partitions import Shares

SHARES = Shares(80, 95)


@pytest.mark.parametrize(
    ("amounts", "expected"),
    [
        pytest.param({"a": 80, "b": 15, "c": 5}, {"a": 0, "b": 1, "c": 2}, id="80, 15 and 5 percent"),
        pytest.param(
            {"a": 79, "b": 16, "c": 5}, {"a": 0, "b": 0, "c": 2}, id="who crosses the line still belongs"
        ),
        pytest.param({"a": 50, "b": 50}, {"a": 0, "b": 0}, id="who is equal stays together"),
        pytest.param({"a": 10, "b": 0}, {"a": 0, "b": 2}, id="who brings nothing is last"),
        pytest.param({"a": 0}, {"a": 2}, id="nobody brings anything"),
        pytest.param({}, {}, id="nobody"),
    ],
)
def test_classes(amounts: dict[str, int], expected: dict[str, int]) -> None:
    assert classes(amounts, SHARES) == expected


@given(st.lists(st.integers(0, 1000), min_size=1))
def test_who_brings_more_is_never_in_a_lower_class(amounts: list[int]) -> None:
    found = classes(dict(enumerate(amounts)), SHARES)
    for one, mine in enumerate(amounts):
        for other, theirs in enumerate(amounts):
            assert mine <= theirs or found[one] <= found[other]
            assert mine != theirs or found[one] == found[other]


def test_five_have_a_fifth_each_and_the_top_is_never_empty() -> None:
    assert last_of_fifths(5) == [0, 1, 2, 3]
    assert last_of_fifths(0) == []
    assert [last_of_top(percent, 30) for percent in (1, 5, 20, 100)] == [0, 1, 5, 29]
