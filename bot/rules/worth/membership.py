"""Points and levels as the shop's file has them: reads it, and decides what an order earns and which level is due. Pure."""

from collections import Counter
from datetime import date
from decimal import ROUND_FLOOR, Decimal
from functools import lru_cache
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from bot.rules.rule_files import shaped
from bot.toml_files import toml_in
from bot.values.membership import Level, Reward, Rules

COUNTED_HERE = (
    'are counted here (membership.source = "orders"): leave them out; give some with `weilan points give`'
)
OURS = Path(__file__).with_suffix(".toml")


class BadMembership(ValueError):
    """One line that names the file, the place and what was expected."""


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


Id = Annotated[str, Field(pattern=r"^[a-z0-9-]{1,40}$")]
Name = Annotated[str, Field(min_length=1, max_length=40)]
Yuan = Annotated[Decimal, Field(ge=0, le=1_000_000, decimal_places=2)]


class _Points(_Table):
    per_yuan: Annotated[int, Field(ge=0, le=1000)]
    comes_after_days: Annotated[int, Field(ge=0, le=90)]
    double_days: tuple[Annotated[int, Field(ge=1, le=31)], ...] = ()
    lasts_years: Annotated[int, Field(ge=0, le=20)]


class _Growth(_Table):
    window_days: Annotated[int, Field(ge=1, le=3660)]


class _Level(_Table):
    id: Id
    name: Name
    least: Annotated[int, Field(alias="from", ge=0)]
    factor: Annotated[Decimal, Field(ge=0, le=100)]
    gain: Annotated[str, Field(max_length=100)] = ""


class _Reward(_Table):
    id: Id
    name: Name
    points: Annotated[int, Field(ge=1, le=10_000_000)]
    value: Yuan
    least: Yuan = Decimal(0)
    valid_days: Annotated[int, Field(ge=1, le=3660)]


class _File(_Table):
    points: _Points
    growth: _Growth
    level: Annotated[tuple[_Level, ...], Field(min_length=1, max_length=20)]
    reward: Annotated[tuple[_Reward, ...], Field(max_length=9)] = ()


@lru_cache(4)
def load(path: str) -> Rules:
    """From the shop's own file; empty: ours. Raises `BadMembership`."""
    file = Path(path) if path else OURS
    found = shaped(_File, str(file), toml_in(file, BadMembership), BadMembership)
    for what, names in (
        ("level", [one.id for one in found.level]),
        ("reward", [one.id for one in found.reward]),
    ):
        if twice := [name for name, count in Counter(names).items() if count > 1]:
            raise BadMembership(f"{file}: {what}: {twice[0]} stands there twice")
    lines = [one.least for one in found.level]
    if lines[0] != 0 or sorted(set(lines)) != lines:
        raise BadMembership(f"{file}: level: expected from = 0 first, and then each above the one before")
    return Rules(
        **found.points.model_dump(exclude={"double_days"}),
        double_days=frozenset(found.points.double_days),
        window_days=found.growth.window_days,
        levels=tuple(Level(**one.model_dump()) for one in found.level),
        rewards={one.id: Reward(**one.model_dump()) for one in found.reward},
    )


def level_of(paid: Decimal, rules: Rules) -> Level:
    return next(level for level in reversed(rules.levels) if paid >= level.least)


def next_level(level: Level, rules: Rules) -> Level | None:
    return next((one for one in rules.levels if one.least > level.least), None)


def named(name: str | None, rules: Rules) -> Level:
    """The level with this name; the lowest for a name the rules do not know."""
    return next((level for level in rules.levels if level.name == name), rules.levels[0])


def earned(paid: Decimal, level: Level, ordered_on: date, rules: Rules) -> int:
    """What an order brings: whole yuan, the level's factor, twice on a member's day; rounded down once."""
    twice = 2 if ordered_on.day in rules.double_days else 1
    yuan = paid.to_integral_value(ROUND_FLOOR)
    return max(int((yuan * rules.per_yuan * level.factor * twice).to_integral_value(ROUND_FLOOR)), 0)


def taken_back(earned_before: int, paid: Decimal, returned: Decimal) -> int:
    """Of what an order brought, the part that goes with what came back; never more than it brought."""
    if paid <= 0 or returned >= paid:
        return earned_before
    return int((earned_before * returned / paid).to_integral_value(ROUND_FLOOR))


def lasts_to(earned_on: date, rules: Rules) -> date:
    """The last day on which they can be spent."""
    return date(earned_on.year + rules.lasts_years, 12, 31)
