"""What is suggested to a customer, and on what ground."""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Literal, NamedTuple


class Basis(StrEnum):
    DUE = "due"  # they use it up, and its time has come
    ALSO = "also"  # bought by those who bought `because`
    TOGETHER = "together"  # bought in one basket with `because`
    PEOPLE = "people"  # bought by people who buy what they buy
    POPULAR = "popular"
    ASKED = "asked"  # nothing speaks for it but that they asked for its kind


class Spend(NamedTuple):
    """What a thing may cost; `first`: which of them are told, where they ask for the cheapest."""

    least: Decimal | None = None
    most: Decimal | None = None
    first: Literal["", "cheapest", "dearest"] = ""


ANYTHING = Spend()


@dataclass(frozen=True, slots=True)
class Suggestion:
    product_id: int
    basis: Basis
    because: int | None = None  # a product they have, or asked about
    after_days: int = 0  # of DUE: the usual time from one purchase to the next


@dataclass(frozen=True, slots=True, kw_only=True)
class Recommended:
    """A suggestion as it is told: with the shop's own name and price of today."""

    external_id: str
    name: str
    price: Decimal
    basis: Basis
    because: str = ""  # the name of the other product
    after_days: int = 0
