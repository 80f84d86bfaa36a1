"""A campaign's variants and its own hold-out as SQL: the arithmetic of `bot/rules/pushes/variants.py`, customer by customer."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Row, String, case, cast, false, func, literal, null, select

from bot.rules.pushes.variants import FACTOR, HELD_OUT, PRIME, SLOTS, VARIANT, salt_of, shares
from bot.store.database import Session
from bot.store.planning import pools
from bot.store.tables import campaigns, customers, deliveries


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    name: str
    weight: int
    contents: tuple[str, ...]
    states: Mapping[str, int]  # its deliveries


@dataclass(frozen=True, slots=True, kw_only=True)
class Tests:
    hold_out_percent: int
    variants: tuple[Compared, ...]


def slot(salt: int) -> ColumnElement[int]:
    """0 to 9999, by the customer's bucket."""
    bucket = cast(customers.c.bucket, BigInteger)
    mixed = (bucket * literal(FACTOR) + literal(salt)) % literal(PRIME)
    mixed = (mixed * mixed) % literal(PRIME)
    return ((mixed * literal(FACTOR) + literal(salt)) % literal(PRIME)) % literal(SLOTS)


def is_held_out(campaign: Row[Any]) -> ColumnElement[bool]:
    if not campaign.hold_out_percent:
        return false()
    below: int = campaign.hold_out_percent * SLOTS // 100
    return slot(salt_of(campaign.id, HELD_OUT)) < below


def variant_of(campaign: Row[Any]) -> ColumnElement[Any]:
    """Null for a campaign without a test."""
    if not campaign.variants:
        return cast(null(), String(8))
    mine = slot(salt_of(campaign.id, VARIANT))
    *some, (last, _) = shares(campaign.variants)
    return case(*((mine < end, literal(name)) for name, end in some), else_=literal(last))


def counts(session: Session, campaign_id: str) -> dict[str, dict[str, int]]:
    """Of each variant: its deliveries by state."""
    asked = (
        select(deliveries.c.variant, deliveries.c.state, func.count().label("number"))
        .where(deliveries.c.campaign_id == campaign_id, deliveries.c.variant.is_not(None))
        .group_by(deliveries.c.variant, deliveries.c.state)
        .order_by(deliveries.c.variant)
    )
    found: dict[str, dict[str, int]] = {}
    for row in session.execute(asked):
        found.setdefault(row.variant, {})[row.state] = row.number
    return found


def tests_of(session: Session, campaign_id: str) -> Tests:
    """What a campaign compares, and how far each variant has come."""
    row = session.execute(
        select(campaigns.c.variants, campaigns.c.hold_out_percent).where(campaigns.c.id == campaign_id)
    ).one()
    pool = pools.of_campaign(session, campaign_id)
    states = counts(session, campaign_id) if row.variants else {}
    return Tests(
        hold_out_percent=row.hold_out_percent,
        variants=tuple(
            Compared(
                name=name,
                weight=weight,
                contents=tuple(content for content, of in pool if of in {"", name}),
                states=states.get(name, {}),
            )
            for name, weight in sorted(row.variants.items())
        ),
    )
