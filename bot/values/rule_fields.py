"""What a rule may ask of a customer: each field, how it may be compared, and what may stand beside it."""

import re
from dataclasses import dataclass
from enum import Enum

FACT = re.compile(r"fact\.[a-z][a-z0-9_.-]{0,39}")  # what is known of a customer, from whatever source


class Kind(Enum):
    """What a field holds, and so how it may be compared."""

    WHOLE = "a whole number"
    MONEY = "a number with at most two decimals"
    DAYS = "a whole number of days, not below 0"
    TEXT = "text"
    FLAG = "true or false"
    SET = "text of a tag"
    SEGMENT = "the id of a segment"


@dataclass(frozen=True, slots=True)
class Field:
    kind: Kind
    beside: tuple[str, ...] = ()  # what may be said beyond field, op and value
    passes: bool = False  # what it says of a customer changes by time alone


_OF_PURCHASES = ("days", "product", "category")

FIELDS: dict[str, Field] = {
    "orders": Field(Kind.WHOLE, _OF_PURCHASES),
    "spend": Field(Kind.MONEY, _OF_PURCHASES),
    "orders_365d": Field(Kind.WHOLE, passes=True),
    "orders_total": Field(Kind.WHOLE),
    "spent_total": Field(Kind.MONEY),
    "returns": Field(Kind.WHOLE, ("days",)),
    "reviews": Field(Kind.WHOLE, ("days",)),
    "messages": Field(Kind.WHOLE, ("days",)),
    "pushes": Field(Kind.WHOLE, ("days",)),
    "days_since_order": Field(Kind.DAYS, passes=True),
    "followed_days": Field(Kind.DAYS, passes=True),
    "spoke_days": Field(Kind.DAYS, passes=True),
    "pushed_days": Field(Kind.DAYS, passes=True),
    "name": Field(Kind.TEXT),
    "gender": Field(Kind.TEXT),
    "region.province": Field(Kind.TEXT),
    "region.city": Field(Kind.TEXT),
    "level": Field(Kind.TEXT),
    "points": Field(Kind.WHOLE),
    "points_expiring": Field(Kind.WHOLE, passes=True),  # within a month
    "tags": Field(Kind.SET),
    "source": Field(Kind.TEXT),
    "source_scene": Field(Kind.TEXT),
    "engagement": Field(Kind.TEXT),
    "wants_pushes": Field(Kind.FLAG),
    "complaint_open": Field(Kind.FLAG),
    "bucket": Field(Kind.WHOLE, ("salt",)),
    "rfm.r": Field(Kind.WHOLE),
    "rfm.f": Field(Kind.WHOLE),
    "rfm.m": Field(Kind.WHOLE),
    "score": Field(Kind.WHOLE),
    "satisfaction": Field(Kind.WHOLE),
    "abc": Field(Kind.TEXT),
    "tier": Field(Kind.TEXT),
    "grid": Field(Kind.TEXT),
    "class": Field(Kind.TEXT),
    "lifecycle": Field(Kind.TEXT),
    "lookalike": Field(Kind.WHOLE, passes=True),
    "nurturing.step": Field(Kind.WHOLE, passes=True),
    "segment": Field(Kind.SEGMENT),
}

COMPARISONS = ("=", "!=", "<", "<=", ">", ">=")
BETWEEN = "between"  # both ends belong
LISTS = ("in", "not_in")

OPERATORS: dict[Kind, tuple[str, ...]] = {
    Kind.WHOLE: (*COMPARISONS, BETWEEN, *LISTS),
    Kind.MONEY: (*COMPARISONS, BETWEEN),
    Kind.DAYS: (*COMPARISONS, BETWEEN),
    Kind.TEXT: ("=", "!=", *LISTS),
    Kind.FLAG: ("=", "!="),
    Kind.SET: ("has", "lacks"),
    Kind.SEGMENT: ("=", "!=", *LISTS),
}


def field_of(name: object) -> Field | None:
    if not isinstance(name, str):
        return None
    return FIELDS.get(name) or (Field(Kind.TEXT) if FACT.fullmatch(name) else None)
