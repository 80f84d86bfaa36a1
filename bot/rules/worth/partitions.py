"""Reads the rules by which customers are told apart, and refuses what would leave one out or count one twice.

The defaults stand in partitions.toml beside this; an operator's file replaces them as a whole.
"""

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from bot.rules.rule_files import shaped
from bot.rules.worth import boxes
from bot.toml_files import toml_in
from bot.values.partitions import Box, Place, PlanStep, Rules, SatisfactionRule, ServiceClass, Shares, Span

DOMAINS: Mapping[str, Span] = {
    "orders": Span(0),
    "spent": Span(0),
    "top_percent": Span(0, 101),
    "days_since_order": Span(0),
    "days_known": Span(0),
    "days_silent": Span(0),
    "follows": Span(0, 2),
    "satisfaction": Span(0, 101),
    "returns": Span(0),
    "refunds": Span(0),
    "reviews": Span(0),
    "r": Span(0, 6),
    "f": Span(0, 6),
    "m": Span(0, 6),
    "score": Span(0, 1001),
}
INDICATORS = (
    "recency",
    "frequency",
    "monetary",
    "satisfaction",
    "reliability",
    "full_price",
    "voice",
    "nearness",
)

_COMPARISON = re.compile(r"(>=|<|=)\s*(\d{1,9})")


class BadPartitions(ValueError):
    """One line that names the file, the place and what was expected."""


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


def _list(raw: Any) -> Any:
    return [raw] if isinstance(raw, dict) else raw


Percent = Annotated[int, Field(ge=0, le=100)]
Name = Annotated[str, Field(min_length=1, max_length=9, pattern=r"^[a-zA-Z_]+$")]


class _Place(_Table):
    name: Name
    title: str
    when: Annotated[list[dict[str, str]], BeforeValidator(_list), Field(min_length=1)]


class _Step(_Table):
    after_days: Annotated[int, Field(ge=0, le=3660)]
    kind: Literal["content", "contact"]
    about: Annotated[str, Field(min_length=1, max_length=20)]
    title: str


class _Class(_Table):
    name: Annotated[str, Field(pattern=r"^[A-Z]$")]
    title: str
    service: Annotated[str, Field(pattern=r"^[a-z_]{1,20}$")]
    cells: list[str]
    within_days: Annotated[int, Field(ge=0, le=365)] | None = None
    steps: Annotated[list[_Step], Field(max_length=20)] = []


class _Satisfaction(_Table):
    unknown: Percent
    a_return: Percent
    a_return_at_most: Percent


class _Abc(_Table):
    a: Percent
    b: Percent


class _Products(_Table):
    days: Annotated[int, Field(ge=1, le=3660)]
    best: Percent
    steady: Percent


class _Regions(_Table):
    key: Percent


class _Grid(_Table):
    satisfaction: Annotated[list[_Place], Field(min_length=1)]
    volume: Annotated[list[_Place], Field(min_length=1)]


class _File(_Table):
    version: Annotated[str, Field(min_length=1, max_length=40)]
    score: dict[str, Annotated[int, Field(ge=0, le=1000)]]
    satisfaction: _Satisfaction
    abc: _Abc
    products: _Products
    regions: _Regions
    tier: Annotated[list[_Place], Field(min_length=1)]
    grid: _Grid
    class_: Annotated[list[_Class], Field(min_length=1, alias="class")]
    lifecycle: Annotated[list[_Place], Field(min_length=1)]


def load(path: str) -> Rules:
    """The rules in the file at `path`, or the defaults when it is empty. Raises `BadPartitions`."""
    file = Path(path) if path else Path(__file__).with_name("partitions.toml")
    return read(str(file), toml_in(file, BadPartitions))


def read(name: str, raw: dict[str, Any]) -> Rules:
    """The rules in a parsed file called `name`. Raises `BadPartitions`."""
    file = shaped(_File, name, raw, BadPartitions)
    try:
        return replace(_rules(file), content=_fingerprint(raw))
    except BadPartitions as bad:
        raise BadPartitions(f"{name}: {bad}") from None


def _fingerprint(raw: dict[str, Any]) -> str:
    """Spaces, comments and the order of keys make no difference."""
    return hashlib.sha256(json.dumps(raw, sort_keys=True, default=str).encode()).hexdigest()


def _rules(file: _File) -> Rules:
    classes = tuple(
        ServiceClass(each.name, each.title, each.service, tuple(each.cells), each.within_days, _steps(each))
        for each in file.class_
    )
    satisfied = _partition("grid.satisfaction", file.grid.satisfaction)
    volumes = _partition("grid.volume", file.grid.volume)
    _check_classes(classes, [f"{one.name}-{other.name}" for one in satisfied for other in volumes])
    return Rules(
        version=file.version,
        weights=_weights(file.score),
        satisfaction=SatisfactionRule(
            file.satisfaction.unknown, file.satisfaction.a_return, file.satisfaction.a_return_at_most
        ),
        abc=_shares("abc", file.abc.a, file.abc.b),
        products=_shares("products", file.products.best, file.products.steady),
        products_days=file.products.days,
        key_regions=file.regions.key,
        tiers=_partition("tier", file.tier),
        satisfied=satisfied,
        volumes=volumes,
        classes=classes,
        lifecycle=_partition("lifecycle", file.lifecycle),
    )


def _steps(given: _Class) -> tuple[PlanStep, ...]:
    days = [step.after_days for step in given.steps]
    if days != sorted(set(days)):
        raise BadPartitions(
            f"class.{given.name}.steps: expected each after_days above the one before it, found {days}"
        )
    return tuple(PlanStep(step.after_days, step.kind, step.about, step.title) for step in given.steps)


def _weights(given: Mapping[str, int]) -> Mapping[str, int]:
    for name in given:
        if name not in INDICATORS:
            raise BadPartitions(f"score.{name}: no such indicator; there are {', '.join(INDICATORS)}")
    if not sum(given.values()):
        raise BadPartitions("score: at least one weight above 0 is needed")
    return {name: given.get(name, 0) for name in INDICATORS}


def _shares(where: str, first: int, second: int) -> Shares:
    if first > second:
        raise BadPartitions(f"{where}: the first share, {first}, is above the second, {second}")
    return Shares(first, second)


def _partition(where: str, given: Sequence[_Place]) -> tuple[Place, ...]:
    places = tuple(
        Place(each.name, each.title, tuple(_box(f"{where}.{each.name}", when) for when in each.when))
        for each in given
    )
    _check_names(where, [place.name for place in places])
    wrong = next(filter(None, (boxes.outside(place, DOMAINS) for place in places)), None)
    if wrong := wrong or boxes.fault(places, DOMAINS):
        raise BadPartitions(f"{where}: {wrong}")
    return places


def _check_names(where: str, names: Sequence[str]) -> None:
    if twice := next((name for name in names if names.count(name) > 1), None):
        raise BadPartitions(f"{where}: {twice} stands there twice")


def _box(where: str, when: Mapping[str, str]) -> Box:
    return {field: _span(f"{where}.{field}", field, words) for field, words in when.items()}


def _span(where: str, field: str, words: str) -> Span:
    if field not in DOMAINS:
        raise BadPartitions(f"{where}: no such field; there are {', '.join(DOMAINS)}")
    span = DOMAINS[field]
    least, below = span.least, span.below
    for part in words.split(","):
        found = _COMPARISON.fullmatch(part.strip())
        if not found:
            raise BadPartitions(
                f"{where}: expected >= 1, < 5, = 0 or two of them with a comma, found {words!r}"
            )
        number = int(found[2])
        if found[1] in {">=", "="}:
            least = max(least, number)
        if found[1] in {"<", "="}:
            end = number if found[1] == "<" else number + 1
            below = end if below is None else min(below, end)
    return Span(least, None if below == span.below else below)


def _check_classes(classes: Sequence[ServiceClass], cells: Sequence[str]) -> None:
    _check_names("class", [each.name for each in classes])
    named = [cell for each in classes for cell in each.cells]
    for cell in named:
        if cell not in cells:
            raise BadPartitions(f"class: no cell {cell}; there are {', '.join(cells)}")
    for cell in cells:
        if (count := named.count(cell)) != 1:
            owners = " and ".join(each.name for each in classes if cell in each.cells)
            raise BadPartitions(
                f"class: {owners} both take in the cell {cell}"
                if count
                else f"class: nothing takes in the cell {cell}"
            )
