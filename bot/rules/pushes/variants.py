"""Which variant of a campaign a customer gets, and who of a campaign is held out: by hash, for good. Pure.

The same arithmetic stands in SQL in `bot/store/planning/variants.py`; a test holds the two together.
"""

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from bot.values.definitions import Change, Variant, Variants

PRIME = 2_147_483_647
FACTOR = 48_271
SLOTS = 10_000
MOST_VARIANTS = 4
LARGEST_WEIGHT = 100
HELD_OUT = "hold-out"  # another hash than that of the variants, so that one says nothing about the other
VARIANT = "variant"


def salt_of(campaign_id: str, what: str) -> int:
    digest = hashlib.sha256(f"{what}:{campaign_id}".encode()).digest()
    return int.from_bytes(digest[:8], "big") % PRIME


def slot_of(bucket: int, salt: int) -> int:
    """0 to 9999. `bucket` is the customer's own hash, which every hold-out starts from."""
    mixed = (bucket * FACTOR + salt) % PRIME
    mixed = mixed * mixed % PRIME
    return (mixed * FACTOR + salt) % PRIME % SLOTS


def shares(weights: Mapping[str, int]) -> list[tuple[str, int]]:
    """Each variant with the slot it ends before; the last one ends at 10,000."""
    total, so_far, found = sum(weights.values()), 0, []
    for name, weight in sorted(weights.items()):
        so_far += weight
        found.append((name, so_far * SLOTS // total))
    return found


def variant_of(campaign_id: str, bucket: int, weights: Mapping[str, int]) -> str:
    slot = slot_of(bucket, salt_of(campaign_id, VARIANT))
    return next((name for name, end in shares(weights) if slot < end), "")


def is_held_out(campaign_id: str, bucket: int, percent: int) -> bool:
    return slot_of(bucket, salt_of(campaign_id, HELD_OUT)) < percent * SLOTS // 100


def read(value: Any) -> dict[str, Variant]:
    """`{A = ["c1"], B = {contents = ["c2"], weight = 3}}`. Raises `ValueError`."""
    if not isinstance(value, Mapping):
        raise ValueError(f'expected as in {{ A = ["one"], B = ["two"] }}, found {value!r:.60}')  # noqa: TRY004
    if value and not 2 <= len(value) <= MOST_VARIANTS:
        raise ValueError(f"expected 2 to {MOST_VARIANTS} variants, found {len(value)}")
    return {_name(name): _variant(name, given) for name, given in value.items()}


def objection(variants: Variants, contents: tuple[str, ...]) -> str:
    """A content is of every variant (`contents`) or of one, so that it tells which variant sent it."""
    seen = set(contents)
    for name, variant in variants.items():
        if again := seen & set(variant.contents):
            return (
                f"{name}: {min(again)} is in another variant or in contents too; expected each content once"
            )
        seen |= set(variant.contents)
    return ""


def warnings(changes: Iterable[Change]) -> Iterator[str]:
    """Of a test that is changed: whoever moves between variants has had one and may get the other."""
    for change in changes:
        if change.kind == "campaign" and any(
            field.field == "variants" and field.old for field in change.fields
        ):
            yield (
                f"campaign {change.id}: variants: customers move to another share, and who had one may get the other, too;"
                " for figures that compare make a new campaign"
            )


def _name(name: Any) -> str:
    if not isinstance(name, str) or not re.fullmatch(r"[A-Za-z0-9]{1,8}", name):
        raise ValueError(f"expected names of 1 to 8 letters or digits, found {name!r:.60}")
    return name


def _variant(name: str, given: Any) -> Variant:
    if isinstance(given, list | tuple):
        given = {"contents": given}
    if not isinstance(given, Mapping) or set(given) - {"contents", "weight"}:
        raise ValueError(f"{name}: expected a list of contents, or contents and weight; found {given!r:.60}")
    listed, weight = given.get("contents", ()), given.get("weight", 1)
    if not isinstance(listed, list | tuple) or not listed or not all(isinstance(one, str) for one in listed):
        raise ValueError(f"{name}: expected at least one content")
    if not isinstance(weight, int) or isinstance(weight, bool) or not 1 <= weight <= LARGEST_WEIGHT:
        raise ValueError(f"{name}: weight: expected 1 to {LARGEST_WEIGHT}, found {weight!r:.60}")
    if len(set(listed)) < len(listed):
        raise ValueError(f"{name}: expected each content only once")
    return Variant(tuple(listed), weight)
