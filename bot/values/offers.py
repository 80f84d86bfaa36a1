"""An offer from which the customer chooses one thing (T5)."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

Kind = Literal["voucher", "cash", "gift"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """One of what there is to choose. Money in yuan; `stock` None: as many as want it."""

    id: str  # a letter: A, B, C …
    kind: Kind
    name: str
    value: Decimal = Decimal(0)  # off
    least: Decimal = Decimal(0)  # of an order
    stock: int | None = None
    valid_days: int = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class Open:
    """An offer that runs and that this customer may choose from."""

    id: str
    title: str
    intro: str
    ends: date
    options: tuple[Option, ...]  # with what is left of each as its stock


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """What they took, and the code they take it with."""

    offer_id: str
    title: str
    option: Option
    code: str
