"""What an order earns, which level is due, and what a bad file of rules is told."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.rules.worth import membership
from bot.rules.worth.membership import (
    BadMembership,
    earned,
    lasts_to,
    level_of,
    named,
    next_level,
    taken_back,
)
from bot.values.membership import Level

RULES = membership.load("")
WHITE, CELADON, GOLD = RULES.levels
ORDINARY, MEMBERS_DAY = date(2026, 11, 20), date(2026, 11, 18)


@pytest.mark.parametrize(
    ("paid", "level", "day", "points"),
    [
        ("168.00", WHITE, ORDINARY, 168),
        ("168.90", WHITE, ORDINARY, 168),
        ("168.90", CELADON, ORDINARY, 201),  # 168 x 1.2 = 201.6
        ("168.90", GOLD, MEMBERS_DAY, 504),  # 168 x 1.5 x 2
        ("0.99", GOLD, MEMBERS_DAY, 0),
    ],
)
def test_an_order_earns_by_whole_yuan_level_and_day(paid: str, level: Level, day: date, points: int) -> None:
    assert earned(Decimal(paid), level, day, RULES) == points


@pytest.mark.parametrize(
    ("paid", "level"), [("0", WHITE), ("999.99", WHITE), ("1000", CELADON), ("5000", GOLD), ("9e6", GOLD)]
)
def test_levels_begin_at_their_line(paid: str, level: Level) -> None:
    assert level_of(Decimal(paid), RULES) == level


def test_the_way_up() -> None:
    assert (next_level(WHITE, RULES), next_level(GOLD, RULES)) == (CELADON, None)
    assert (named("青盏会员", RULES), named("老名字", RULES), named(None, RULES)) == (CELADON, WHITE, WHITE)


def test_points_last_to_the_end_of_the_next_year() -> None:
    assert lasts_to(date(2026, 1, 1), RULES) == lasts_to(date(2026, 12, 31), RULES) == date(2027, 12, 31)


@given(st.integers(0, 10_000), st.decimals("0.01", "99999", places=2), st.decimals("0", "99999", places=2))
def test_what_comes_back_takes_its_part_and_never_more(points: int, paid: Decimal, back: Decimal) -> None:
    taken = taken_back(points, paid, back)
    assert 0 <= taken <= points
    assert taken == points or back < paid


GOOD = membership.OURS.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("per_yuan = 1 ", "per_yuan = -1 ", "points.per_yuan"),
        ("from = 1000", "from = 6000", "each above the one before"),
        ("from = 0\n", "from = 5\n", "from = 0 first"),
        ('id = "gold"', 'id = "white"', "white stands there twice"),
        ("points = 500", "points = 0", "reward.0.points"),
        ("[growth]", "[grow]", "growth"),
        ("[points]", "[points", "not TOML"),
    ],
)
def test_a_bad_file_is_one_line_that_names_the_place(tmp_path: Path, old: str, new: str, told: str) -> None:
    file = tmp_path / "membership.toml"
    assert old in GOOD
    file.write_text(GOOD.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(BadMembership) as caught:
        membership.load(str(file))
    assert str(file) in str(caught.value)
    assert told in str(caught.value)
    assert "\n" not in str(caught.value)
