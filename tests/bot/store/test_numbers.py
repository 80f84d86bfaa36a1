"""Numbers that people read out: ordered as what they stand for, and full of chance."""

import pytest

from bot.store import numbers


@pytest.mark.parametrize(
    ("number", "written"),
    [(0, "2222"), (1, "2223"), (31, "222Z"), (32, "2232"), (32**4 - 1, "ZZZZ")],
)
def test_a_number_is_written_with_as_many_letters_as_asked(number: int, written: str) -> None:
    assert numbers.written(number, 4) == written


def test_what_is_written_is_ordered_as_the_numbers() -> None:
    written = [numbers.written(number, 12) for number in range(0, 32**12, 32**12 // 999)]
    assert written == sorted(written)


def test_chance_fills_every_letter() -> None:
    some = [numbers.by_chance(12) for _ in range(2_000)]
    assert {len(one) for one in some} == {12}
    assert all(len({one[place] for one in some}) == len(numbers.LETTERS) for place in range(12))
