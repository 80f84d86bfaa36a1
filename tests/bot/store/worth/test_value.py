"""What is made of customers, against a table computed by hand; kept up to date and made anew; moves and follow-ups."""

import random
import tomllib
from dataclasses import asdict, replace
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Row, delete, select, update

from bot.rules.worth import partitions
from bot.store.database import Session
from bot.store.people import forgetting
from bot.store.shop import intake
from bot.store.tables import (
    customer_moves,
    customer_statistics,
    customers,
    follow_ups,
    order_lines,
    orders,
    product_statistics,
    region_statistics,
)
from bot.store.worth import assortment, crossings, cut_points, scoring, standing, statistics
from bot.store.worth.measures import Measured
from bot.store.worth.scoring import GIVEN, WRITTEN, Scored
from bot.values.partitions import Rules
from bot.values.records import LineRecord, OrderRecord, ReturnRecord, ReviewRecord
from tests.conftest import NOON
from tests.support import thirty
from tests.support.build import Build

EVERYBODY = 2**31 - 1
DAY = timedelta(days=1)


@pytest.fixture(scope="module")
def rules() -> Rules:
    """The defaults, with other shares in the pyramid."""
    raw = tomllib.loads(Path(partitions.__file__).with_name("partitions.toml").read_text(encoding="utf-8"))
    for tier, share in zip(raw["tier"], (thirty.TOP, thirty.BIG, thirty.MEDIUM), strict=False):
        tier["when"]["top_percent"] = share
    return partitions.read("thirty", raw)


def measured(session: Session, rules: Rules, now: datetime = NOON) -> Measured:
    return Measured(now, rules, cut_points.read(session, rules))


def score(session: Session, rules: Rules, now: datetime = NOON, before: Measured | None = None) -> Scored:
    return scoring.score(session, measured(session, rules, now), 0, EVERYBODY, before)


def written(session: Session) -> dict[str, Row[Any]]:
    columns = (customers.c.openid, *(customer_statistics.c[name] for name in WRITTEN))
    return {
        row.openid: row
        for row in session.execute(
            select(*columns).join_from(
                customers, customer_statistics, customers.c.id == customer_statistics.c.customer_id
            )
        )
    }


def figures(session: Session) -> list[dict[str, Any]]:
    kept = [
        column for column in customer_statistics.c if column.name not in {"updated_at", "is_stale", *WRITTEN}
    ]
    return [dict(row) for row in session.execute(select(*kept).order_by("customer_id")).mappings()]


def place(session: Session, customer_id: int, name: str) -> str:
    one = select(customer_statistics.c[name]).where(customer_statistics.c.customer_id == customer_id)
    return str(session.execute(one).scalar_one())


def test_thirty_customers_come_out_as_computed_by_hand(session: Session, build: Build, rules: Rules) -> None:
    thirty.arrive(build, NOON)
    statistics.recompute(session, NOON)

    score(session, rules)

    found = written(session)
    for person in thirty.THIRTY:
        assert {name: getattr(found[person.name], name) for name in WRITTEN} == asdict(person.becomes), (
            person.name
        )


def test_figures_are_counted_in_whole_fen(session: Session, build: Build) -> None:
    customer = build.customer()
    for amount in ("0.10", "0.20", "1299.99"):
        build.order(customer, amount=Decimal(amount), coupon_amount=Decimal("0.07"), ordered_at=NOON - DAY)
    build.order(customer, amount=500, status="refunded")
    back = build.order(customer, amount=8, status="closed")
    build.returned(back, amount=Decimal("7.99"))
    build.returned(back, kind="repair")
    build.returned(back, status="refused")
    build.review(customer, 4)

    statistics.touch(session, [customer], NOON)

    (row,) = figures(session)
    assert row | {"known_at": None} == {
        "customer_id": customer, "placed": 5, "orders": 3, "refunds": 1, "spent": 130029, "first_order_at": NOON - DAY,
        "last_order_at": NOON - DAY, "coupon_orders": 3, "coupon_spent": 21, "returns": 1, "returned": 799, "reviews": 1,
        "rating_sum": 4, "follows": 1, "spoke_at": None, "known_at": None,
    }  # fmt: skip


def test_what_was_kept_up_to_date_is_what_is_added_up_anew(session: Session, build: Build) -> None:
    chance = random.Random(11)
    ids = [build.customer() for _ in range(12)]
    bought: list[int] = []
    for step in range(120):
        now, who = NOON + step * DAY, chance.choice(ids)
        match chance.randrange(5):
            case 0 | 1:
                cents = Decimal(chance.randrange(1, 99999)) / 100
                bought.append(
                    build.order(who, amount=cents, coupon_amount=chance.choice((0, 5)), ordered_at=now)
                )
            case 2 if bought:
                order = chance.choice(bought)
                state = chance.choice(("refunded", "closed", "delivered"))
                changed = (
                    update(orders)
                    .where(orders.c.id == order)
                    .values(status=state)
                    .returning(orders.c.customer_id)
                )
                who = session.execute(changed).scalar_one()
            case 3 if bought:
                order = chance.choice(bought)
                build.returned(order, amount=chance.choice((None, Decimal("3.33"))))
                who = session.execute(select(orders.c.customer_id).where(orders.c.id == order)).scalar_one()
            case _:
                build.review(who, chance.randrange(1, 6))
        statistics.touch(session, [who], now)
    statistics.touch(session, ids, NOON)
    kept = figures(session)

    statistics.recompute(session, NOON)

    assert figures(session) == kept
    assert sum(row["spent"] for row in kept) > 0
    assert sum(row["returned"] for row in kept) > 0


def test_what_other_systems_send_is_counted_in_the_same_transaction(session: Session, build: Build) -> None:
    customer = build.customer(external_id="m-1")
    line = (LineRecord(quantity=2, price=Decimal("49.95"), product_name="茶"),)
    for status in ("paid", "delivered"):
        order = OrderRecord(
            external_id="D1", ordered_at=NOON, status=status, lines=line, customer_external_id="m-1"
        )
        intake.take(session, "orders", [order], NOON, salt="s")
    back = ReturnRecord(external_id="T1", order_external_id="D1", status="closed", requested_at=NOON)
    intake.take(session, "returns", [back], NOON, salt="s")
    review = ReviewRecord(external_id="V1", rating=2, reviewed_at=NOON, order_external_id="D1")
    intake.take(session, "reviews", [review], NOON, salt="s")

    (row,) = figures(session)
    assert (row["customer_id"], row["orders"], row["spent"]) == (customer, 1, 9990)
    assert (row["returns"], row["reviews"], row["rating_sum"]) == (1, 1, 2)


def test_looking_only_where_a_line_passed_gives_what_looking_at_everybody_gives(
    session: Session, build: Build, rules: Rules
) -> None:
    chance = random.Random(5)
    ids = list(thirty.arrive(build, NOON).values())
    statistics.recompute(session, NOON)
    before, now = measured(session, rules), NOON
    score(session, rules)
    for _ in range(12):
        now += chance.choice((timedelta(hours=7), DAY, 40 * DAY))
        who = chance.sample(ids, 2)
        for one in who:
            build.order(one, amount=chance.randrange(1, 900), ordered_at=now - chance.randrange(60) * DAY)
        statistics.touch(session, who, now)
        after = measured(session, rules, now)

        scoring.score(session, after, 0, EVERYBODY, before)

        kept = {name: tuple(row) for name, row in written(session).items()}
        again = scoring.score(session, after, 0, EVERYBODY)
        assert again.changed == 0, (now, kept)
        before = after


def test_the_same_figures_score_the_same_whatever_the_order_of_rows(
    session: Session, build: Build, rules: Rules
) -> None:
    for _ in range(23):
        build.order(build.customer(), amount=100, ordered_at=NOON - 3 * DAY)
    statistics.recompute(session, NOON)

    score(session, rules)

    places: set[tuple[Any, ...]] = {tuple(row[1:]) for row in written(session).values()}
    assert len(places) == 1
    assert next(iter(places))[5] == "A"


def test_without_a_single_purchase_everybody_has_a_place(
    session: Session, build: Build, rules: Rules
) -> None:
    build.customer(openid="new", followed_at=NOON - DAY)
    statistics.recompute(session, NOON)

    score(session, rules)

    row = written(session)["new"]
    assert (row.r, row.f, row.m, row.abc, row.tier, row.cell) == (0, 0, 0, "C", "potential", "high-small")


def test_a_move_is_dated_and_says_why_and_a_first_place_is_none(
    session: Session, build: Build, rules: Rules
) -> None:
    ids = thirty.arrive(build, NOON)
    statistics.recompute(session, NOON)
    assert not score(session, rules).moved
    before = measured(session, rules)

    later = NOON + DAY
    scored = score(session, rules, later, before)

    # c12 ordered 180 days ago now, c16 365 days; c23 has been silent for 90, c25 known for 90
    assert scored.moved == {"lifecycle": 2, "tier": 3}
    moves = session.execute(
        select(customer_moves).order_by(customer_moves.c.customer_id, customer_moves.c.partition)
    ).all()
    assert [(move.customer_id, move.partition, move.was, move.became) for move in moves] == [
        (ids["c12"], "lifecycle", "loyal", "dormant"),
        (ids["c16"], "lifecycle", "dormant", "lost"),
        (ids["c16"], "tier", "small", "inactive"),
        (ids["c23"], "tier", "potential", "doubtful"),
        (ids["c25"], "tier", "potential", "doubtful"),
    ]
    move = moves[0]
    assert (move.at, move.version, move.orders, move.spent) == (later, rules.version, 4, 10000)
    assert move.last_order_at == NOON - 179 * DAY


def test_a_class_that_a_person_serves_opens_a_follow_up_once_and_leaving_it_closes_that(
    session: Session, build: Build, rules: Rules
) -> None:
    ids = thirty.arrive(build, NOON)
    statistics.recompute(session, NOON)
    assert score(session, rules).follow_ups == 5
    tasks = {row.customer_id: row for row in session.execute(select(follow_ups))}
    assert {ids[name] for name in ("c01", "c02", "c03", "c04", "c07")} == set(tasks)
    assert (tasks[ids["c03"]].service, tasks[ids["c03"]].due_at) == ("follow_up", NOON + DAY)
    assert (tasks[ids["c01"]].service, tasks[ids["c01"]].due_at) == ("account_manager", NOON + 3 * DAY)

    build.review(ids["c03"], 5)
    build.review(ids["c03"], 5)
    statistics.touch(session, [ids["c03"]], NOON)
    assert score(session, rules).follow_ups == 1

    found = session.execute(
        select(follow_ups).where(follow_ups.c.customer_id == ids["c03"]).order_by("id")
    ).all()
    assert [(row.service, row.closed_by) for row in found] == [
        ("follow_up", "move"),
        ("account_manager", None),
    ]
    assert score(session, rules).follow_ups == 0


def test_a_class_the_rules_do_not_know_any_more_asks_nobody(
    session: Session, build: Build, rules: Rules
) -> None:
    """And where two classes have one service, who moves between them is asked about anew."""
    ids = thirty.arrive(build, NOON)
    statistics.recompute(session, NOON)
    score(session, rules)
    a, b, c, d = rules.classes
    without_a = replace(
        rules, version="2027", classes=(replace(b, cells=(*a.cells, *b.cells)), c, replace(d, name="E"))
    )

    assert score(session, without_a, NOON + DAY).follow_ups == 3

    found = session.execute(select(follow_ups).order_by(follow_ups.c.id)).all()
    assert {row.customer_id for row in found if row.closed_at is None} == {
        ids[name] for name in ("c03", "c04", "c07")
    }
    assert {row.service for row in found if row.closed_by == "move"} == {"account_manager", "follow_up"}


def test_a_refresh_that_did_not_end_makes_the_next_one_look_at_everybody(
    session: Session, rules: Rules, build: Build
) -> None:
    thirty.arrive(build, NOON)
    statistics.recompute(session, NOON)
    by = measured(session, rules)
    crossings.finished(session, by)
    assert crossings.last(session, rules) == by
    assert crossings.last(session, partitions.load("")) is None

    crossings.begun(session, by)

    assert crossings.last(session, rules) is None


def test_one_customer_is_told_the_numbers_and_what_would_move_them(
    session: Session, build: Build, rules: Rules
) -> None:
    thirty.arrive(build, NOON)
    statistics.recompute(session, NOON)
    score(session, rules)

    found = standing.of(session, "c04", rules, NOON)

    assert found is not None
    assert (found.score, found.rank, found.of, found.places["tier"], found.service) == (
        745,
        3,
        30,
        "medium",
        "follow_up",
    )
    assert found.is_fresh
    assert (
        found.numbers["days_since_order"],
        found.numbers["days_silent"],
        found.numbers["top_percent"],
    ) == (4, None, 15)
    steps = {(step.partition, step.to): step for step in found.steps}
    assert steps["tier", "big"].would_be == ">= 1500, as the top 15 % did"
    assert steps["satisfaction", "high"].would_be == ">= 75"
    assert steps["lifecycle", "loyal"].would_be == ">= 3"
    assert ("tier", "potential") not in steps
    assert standing.of(session, "nobody", rules, NOON) is None


def test_the_shops_number_tells_where_a_customer_stands(session: Session, build: Build, rules: Rules) -> None:
    """And an openid is never taken for somebody else's number."""
    known = build.customer(openid=None, external_id="C-1")
    build.order(known, external_id="D-1", ordered_at=NOON - timedelta(days=3))
    build.customer(openid=None, external_id="o-2")
    build.customer(openid="o-1", external_id="C-2")
    chatting = build.customer(openid="o-2", external_id="C-3")
    build.order(chatting, external_id="D-2", ordered_at=NOON - timedelta(days=3))
    statistics.recompute(session, NOON)
    score(session, rules)
    for name, count in (("C-1", 1), ("o-2", 1), ("o-1", 0), ("C-2", 0), ("C-3", 1)):
        found = standing.of(session, name, rules, NOON)
        assert found is not None, name
        assert found.numbers["orders"] == count


def test_one_customer_and_everybody_are_judged_by_the_same_expressions(
    session: Session, build: Build, rules: Rules
) -> None:
    thirty.arrive(build, NOON)
    statistics.recompute(session, NOON)
    score(session, rules)
    for person in thirty.THIRTY:
        found = standing.of(session, person.name, rules, NOON)
        assert found is not None
        numbers = dict(found.numbers)
        assert [tier.name for tier in rules.tiers if tier.holds(numbers)] == [person.becomes.tier]
        assert [stage.name for stage in rules.lifecycle if stage.holds(numbers)] == [person.becomes.lifecycle]
        assert found.is_fresh


def test_new_orders_added_to_the_figures_come_to_what_adding_up_anew_does(
    session: Session, build: Build
) -> None:
    """The first batch makes the customers, the second adds to them; of one the figures are lost in between."""
    chance = random.Random(3)
    line = (LineRecord(quantity=1, price=Decimal("9.99"), product_name="茶"),)
    for batch in range(3):
        placed = [
            OrderRecord(
                external_id=f"D{batch}-{number}", customer_external_id=f"C{number % 7}", lines=line,
                ordered_at=NOON - chance.randrange(700) * DAY, amount=Decimal(chance.randrange(99_999)) / 100,
                status=chance.choice(("paid", "delivered", "closed", "refunded", "placed")),
                coupon_amount=chance.choice((None, Decimal("0.29"))),
            )
            for number in range(40)
        ]  # fmt: skip
        if batch == 2:
            lost = select(customers.c.id).where(customers.c.external_id == "C3").scalar_subquery()
            session.execute(delete(customer_statistics).where(customer_statistics.c.customer_id == lost))
        intake.take(session, "orders", placed, NOON, salt="s")
    added = figures(session)
    assert len(added) == 7
    statistics.recompute(session, NOON)
    assert figures(session) == added


def test_an_order_that_comes_while_all_are_added_up_anew_is_not_lost(session: Session, build: Build) -> None:
    known, new, idle = build.customer(), build.customer(), build.customer()
    for one in (known, idle):
        build.order(one, amount=100, ordered_at=NOON - DAY)
    statistics.touch(session, [known], NOON - DAY)
    build.order(known, amount=7, ordered_at=NOON - DAY)  # nobody said

    statistics.lay_out(session, NOON, 0, EVERYBODY)
    for one in (known, new):
        build.order(one, amount=30, ordered_at=NOON)
        statistics.touch(session, [one], NOON + timedelta(seconds=1))
    statistics.put_in(session, NOON, 0, EVERYBODY)

    spent = {row["customer_id"]: row["spent"] for row in figures(session)}
    assert spent == {known: 13700, new: 3000, idle: 10000}


def test_who_is_forgotten_while_all_are_added_up_anew_gets_no_figures(session: Session, build: Build) -> None:
    customer = build.customer()
    build.order(customer, amount=100, ordered_at=NOON - DAY)
    statistics.lay_out(session, NOON, 0, EVERYBODY)
    forgetting.forget(session, customer, "salt", NOON)

    statistics.put_in(session, NOON, 0, EVERYBODY)

    assert figures(session) == []


def test_whose_figures_change_while_places_are_found_is_looked_at_again(
    session: Session, build: Build, rules: Rules
) -> None:
    customer, other = build.customer(), build.customer()
    for one in (customer, other):
        build.order(one, amount=100, ordered_at=NOON - 300 * DAY)
    statistics.recompute(session, NOON)
    by = measured(session, rules)
    scoring.look(session, scoring.looking(by, None), 0, EVERYBODY)
    build.order(customer, amount=100, ordered_at=NOON - DAY)
    statistics.touch(session, [customer], NOON + timedelta(seconds=1))

    assert scoring.settle(session, by, 0, EVERYBODY, None).changed == 1
    assert place(session, other, "lifecycle") == "dormant"
    assert place(session, customer, "lifecycle") == "None"

    score(session, rules, NOON, by)
    assert place(session, customer, "lifecycle") == "existing"


def test_who_is_forgotten_leaves_no_place_behind(session: Session, build: Build, rules: Rules) -> None:
    ids = thirty.arrive(build, NOON)
    statistics.recompute(session, NOON)
    score(session, rules)
    score(session, rules, NOON + 200 * DAY)

    forgetting.forget(session, ids["c01"], "salt", NOON)

    for table in (customer_statistics, customer_moves, follow_ups):
        assert not session.execute(select(table).where(table.c.customer_id == ids["c01"])).all()
    statistics.recompute(session, NOON)
    assert ids["c01"] not in {row["customer_id"] for row in figures(session)}


def test_who_followed_or_wrote_since_is_noted_without_a_look_at_orders(
    session: Session, build: Build, rules: Rules
) -> None:
    customer = build.customer(openid="quiet", followed_at=NOON - 200 * DAY)
    statistics.follow(session, NOON, 0, EVERYBODY)
    score(session, rules)
    assert place(session, customer, "tier") == "doubtful"

    before = measured(session, rules)
    session.execute(update(customers).values(spoke_at=NOON))
    statistics.follow(session, NOON, 0, EVERYBODY)
    score(session, rules, NOON, before)

    assert place(session, customer, "tier") == "potential"


def test_products_and_regions_are_told_apart_by_what_they_bring(
    session: Session, build: Build, rules: Rules
) -> None:
    names = ("best", "steady", "slow", "unsold", "long ago")
    ids = {name: build.product() for name in names}
    for city, name, days, price in (
        ("杭州", "best", 3, 900), ("苏州", "steady", 5, 150), ("苏州", "slow", 7, 50), ("宁波", "long ago", 91, 5)
    ):  # fmt: skip
        customer = build.customer(province="江南", city=city)
        order = build.order(customer, amount=price, ordered_at=NOON - days * DAY)
        session.execute(
            order_lines.insert().values(
                order_id=order, position=1, product_id=ids[name], product_name=name, quantity=1, price=price
            )
        )
    build.customer()
    statistics.recompute(session, NOON)

    found = assortment.sold(session, rules, NOON)
    assert assortment.note_products(session, found, rules, NOON) == {"best": 1, "steady": 1, "slow": 3}
    by_city = assortment.spent(session)
    assert assortment.note_regions(session, by_city, rules, NOON) == {"key": 1, "ordinary": 3}

    paces = dict(session.execute(select(product_statistics.c.product_id, product_statistics.c.pace)).all())
    assert {name: paces[ids[name]] for name in names} == {
        "best": "best", "steady": "steady", "slow": "slow", "unsold": "slow", "long ago": "slow"
    }  # fmt: skip
    key = session.execute(select(region_statistics).where(region_statistics.c.kind == "key")).one()
    assert (key.city, key.customers, key.buyers, key.spent) == ("杭州", 1, 1, 90000)


def test_the_rules_see_every_figure_they_may_name() -> None:
    assert {"customer_id", *GIVEN} <= {column.name for column in customer_statistics.c}
