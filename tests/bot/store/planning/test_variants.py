"""Who gets which variant of a campaign, who of it is held out, and that both are counted."""

from collections import Counter
from typing import Any

import pytest
from sqlalchemy import Row, insert, select

from bot.clock import FixedClock
from bot.rules.pushes.variants import is_held_out, variant_of
from bot.store.database import Database, Session
from bot.store.planning import variants
from bot.store.tables import campaign_contents, campaigns, customers, deliveries
from scheduler.plan import plan
from tests.conftest import NOON
from tests.support import pushing
from tests.support.build import Build


def campaign_of(session: Session, campaign_id: str) -> Row[Any]:
    return session.execute(select(campaigns).where(campaigns.c.id == campaign_id)).one()


def test_sql_and_python_put_everybody_into_the_same_variant(session: Session, build: Build) -> None:
    build.segment()
    weights = {"A": 1, "B": 2, "C": 1}
    build.campaign("test", variants=weights, hold_out_percent=20)
    rows = [{"openid": f"o{n}", "bucket": n, "created_at": NOON} for n in range(0, 10_000, 3)]
    session.execute(insert(customers), rows)
    campaign = campaign_of(session, "test")
    asked = select(customers.c.bucket, variants.variant_of(campaign), variants.is_held_out(campaign))
    found = {bucket: (variant, bool(held)) for bucket, variant, held in session.execute(asked)}
    assert len(found) == len(rows)
    for bucket, (variant, held) in found.items():
        assert (variant, held) == (
            variant_of("test", bucket, weights),
            is_held_out("test", bucket, 20),
        )


def test_shares_are_as_the_weights_say_and_say_nothing_about_each_other() -> None:
    buckets = range(10_000)
    weights = {"A": 1, "B": 3}
    got = Counter(variant_of("tea", bucket, weights) for bucket in buckets)
    assert got["A"] / 10_000 == pytest.approx(0.25, abs=0.02)
    held = [bucket for bucket in buckets if is_held_out("tea", bucket, 10)]
    assert len(held) / 10_000 == pytest.approx(0.1, abs=0.015)
    for some in (
        held,  # of the campaign
        range(1_000),  # the hold-out of everything
        [bucket for bucket in buckets if variant_of("coffee", bucket, weights) == "A"],
    ):
        share = sum(variant_of("tea", bucket, weights) == "A" for bucket in some) / len(some)
        assert share == pytest.approx(0.25, abs=0.05)


def test_each_customer_gets_the_content_of_their_variant_and_the_delivery_says_which(
    database: Database, clock: FixedClock
) -> None:
    services = pushing.services_with(database, clock)
    weights = {"A": 1, "B": 1}
    with database.transaction() as session:
        build = Build(session)
        build.segment()
        approved = {"approved_by": build.staff(), "approved_at": NOON, "purpose": "service"}
        for content in ("one", "two", "both"):
            build.content(content, **approved)
        build.campaign("test", ["both"], variants=weights, hold_out_percent=30, channels=["mass"])
        for place, (content, variant) in enumerate((("one", "A"), ("two", "B"))):
            session.execute(
                insert(campaign_contents).values(
                    campaign_id="test", content_id=content, variant=variant, position=place - 2
                )
            )
        whose = {build.customer(bucket=bucket): bucket for bucket in range(0, 10_000, 50)}
    plan(services, NOON)
    with database.reading() as session:
        planned = {row.customer_id: row for row in session.execute(select(deliveries))}
        said = {customer: pushing.verdict_of(session, customer, "test") for customer in whose}
        counted = variants.counts(session, "test")
    held = {customer for customer, bucket in whose.items() if is_held_out("test", bucket, 30)}
    assert planned.keys() == whose.keys() - held
    for customer, row in planned.items():
        variant = variant_of("test", whose[customer], weights)
        assert (row.variant, row.content_id) == (variant, {"A": "one", "B": "two"}[variant])
    assert {said[customer] for customer in held} == {"hold_out:test"}
    assert sum(states["planned"] for states in counted.values()) == len(planned)
    assert set(counted) == {"A", "B"}
