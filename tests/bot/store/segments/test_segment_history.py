from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select, update

from bot.store.database import Session
from bot.store.segments import segment_history, segments
from bot.store.tables import customer_moves, customer_statistics, customers
from bot.store.worth import statistics
from bot.values.rule import EVERYONE, parse
from tests.conftest import NOON
from tests.support.build import Build

TOP = parse({"field": "tier", "op": "=", "value": "top"})


@pytest.fixture
def shop(session: Session, build: Build) -> Session:
    """anna brings 800 and is A; bo and chen bring 120 and 80; dong never bought."""
    ids = {name: build.customer(openid=name) for name in ("anna", "bo", "chen", "dong")}
    build.order(ids["anna"], amount=800, ordered_at=NOON - timedelta(days=5))
    build.order(ids["bo"], amount="100.10", ordered_at=NOON - timedelta(days=10))
    build.order(ids["bo"], amount="19.90", ordered_at=NOON - timedelta(days=100))
    build.order(ids["chen"], amount=80, ordered_at=NOON - timedelta(days=120))
    build.order(ids["chen"], amount=500, ordered_at=NOON - timedelta(days=1), status="refunded")
    spoke = {"spoke_at": NOON - timedelta(days=3), "last_push_at": NOON - timedelta(days=31)}
    session.execute(update(customers).where(customers.c.id == ids["bo"]).values(spoke))
    statistics.touch(session, ids.values(), NOON)
    row = customer_statistics.c
    for name, abc in (("anna", "A"), ("bo", "B"), ("chen", "C"), ("dong", "C")):
        session.execute(update(customer_statistics).where(row.customer_id == ids[name]).values(abc=abc))
    session.execute(
        customer_moves.insert().values(
            customer_id=ids["anna"], partition="abc", was="B", became="A", version="v", at=NOON - timedelta(days=2),
            orders=1, spent=80000, satisfaction=75,
        )
    )  # fmt: skip
    return session


def test_the_long_tail_as_a_group(shop: Session) -> None:
    tail = segment_history.tail(shop, NOON)

    assert (tail.buyers, tail.customers, tail.share_of_buyers) == (3, 2, 66.7)
    assert (tail.spent, tail.share_of_spend, tail.average) == (Decimal("200.00"), 20.0, Decimal("100.00"))
    assert (tail.follow, tail.reached, tail.wrote, tail.rose) == (2, 0, 1, 1)
    assert (tail.spent_lately, tail.spent_before, tail.growth) == (Decimal("100.10"), Decimal("99.90"), 0.2)


def test_a_shop_without_a_sale_has_no_tail(session: Session) -> None:
    tail = segment_history.tail(session, NOON)
    assert (tail.customers, tail.share_of_spend, tail.growth) == (0, 0.0, None)


def test_a_count_in_time_is_told_and_one_out_of_time_is_given_up(shop: Session, build: Build) -> None:
    assert segment_history.count_within(shop, EVERYONE, NOON, 60) == 4

    for _ in range(12):  # 2^14 followers: too many for no time at all
        names = ("bucket", "followed_at", "created_at", "source")
        doubled = select(*(customers.c[name] for name in names))
        shop.execute(customers.insert().from_select(names, doubled))
    slow = parse({"not": {"field": "messages", "op": ">", "value": 3}})
    assert segment_history.count_within(shop, slow, NOON, 0.0) is None
    assert segment_history.count_within(shop, slow, NOON, 60) == 4 * 2**12


def test_what_one_customer_meets(shop: Session) -> None:
    anna = shop.scalars(select(customers.c.id).where(customers.c.openid == "anna")).one()
    rules = [EVERYONE, TOP, parse({"not": {"field": "abc", "op": "=", "value": "B"}})]
    assert segments.those_met(shop, anna, rules, NOON) == [True, False, True]
    assert segments.those_met(shop, 0, rules, NOON) is None


def test_a_sample_names_followers_who_are_in(shop: Session) -> None:
    rule = parse({"field": "abc", "op": "=", "value": "C"})
    assert [member.openid for member in segment_history.sample(shop, rule, NOON)] == ["chen", "dong"]
    assert len(segment_history.sample(shop, rule, NOON, most=1)) == 1
