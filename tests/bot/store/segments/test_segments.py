from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import insert, select, update

from bot.rules.segments.segment_draws import drawn
from bot.store.database import Session
from bot.store.segments import segments
from bot.store.segments.segments import members
from bot.store.tables import (
    customer_statistics,
    customer_tags,
    customers,
    lookalikes,
    nurturing_plans,
    order_lines,
)
from bot.store.worth import statistics
from bot.values.rule import BadRule, parse
from bot.values.rule_fields import FIELDS, OPERATORS, Kind
from tests.conftest import NOON
from tests.support.build import Build

TWO_OF: dict[Kind, Any] = {
    Kind.WHOLE: 1,
    Kind.MONEY: 199.5,
    Kind.DAYS: 3,
    Kind.TEXT: "杭州",
    Kind.FLAG: True,
    Kind.SET: "tea",
    Kind.SEGMENT: "everyone",
}


def found(session: Session, rule: dict[str, Any]) -> set[str]:
    """By the condition on a customer's row; the other way, beginning with the figures, finds the same followers."""
    understood = segments.understood(session, rule)
    met = set(session.scalars(select(customers.c.openid).where(members(understood, NOON))))
    audience = segments.audience(understood, NOON).subquery()
    follow = session.scalars(select(customers.c.openid).join(audience, audience.c[0] == customers.c.id))
    assert sorted(follow) == sorted(met - {"chen"})
    return met


def is_(field: str, op: str, value: Any) -> dict[str, Any]:
    return {"field": field, "op": op, "value": value}


@pytest.fixture
def shop(session: Session, build: Build) -> Session:
    """anna buys often; bo bought once, long ago; chen never did, does not follow, and nothing was added up of chen."""
    anna = build.customer(
        openid="anna", name="安娜", province="浙江", city="杭州", level="金卡", points=500, bucket=10, engagement="engaged",
        followed_at=NOON - timedelta(days=30), spoke_at=NOON - timedelta(days=3), source_scene="qr-tea",
    )  # fmt: skip
    bo = build.customer(
        openid="bo",
        city="苏州",
        wants_pushes=False,
        complaint_open=True,
        spoke_at=NOON - timedelta(days=3, seconds=1),
    )
    build.customer(openid="chen", followed_at=None)
    for days, amount in ((5, "0.10"), (40, "0.20")):
        build.order(anna, ordered_at=NOON - timedelta(days=days), amount=amount, status="delivered")
    build.order(anna, ordered_at=NOON - timedelta(days=1), status="refunded")
    build.order(bo, ordered_at=NOON - timedelta(days=365), amount=80)
    session.execute(
        insert(customer_tags),
        [
            {"customer_id": anna, "tag": "tea"},
            {"customer_id": anna, "tag": "vip"},
            {"customer_id": bo, "tag": "pots"},
        ],
    )
    statistics.touch(session, [anna, bo], NOON)
    put = {"r": 5, "f": 4, "m": 3, "score": 800, "abc": "A", "tier": "top", "lifecycle": "loyal"}
    session.execute(update(customer_statistics).where(customer_statistics.c.customer_id == anna).values(put))
    segments.keep_everyone(session, NOON)
    return session


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        pytest.param({}, "anna bo chen", id="everyone"),
        pytest.param(is_("orders_365d", ">=", 1), "anna", id="an order exactly a year ago is out"),
        pytest.param(is_("orders_total", "=", 2), "anna", id="a refunded order does not count"),
        pytest.param(is_("orders_total", "in", [0, 1]), "bo chen", id="no order is 0"),
        pytest.param(is_("spent_total", "=", 0.3), "anna", id="ten and twenty fen are thirty"),
        pytest.param(is_("spent_total", "<", 80), "anna chen", id="spent nothing is less"),
        pytest.param(is_("days_since_order", ">=", 5), "anna bo", id="five days to the second"),
        pytest.param(is_("days_since_order", ">", 5), "bo", id="more than five"),
        pytest.param(is_("days_since_order", "=", 5), "anna", id="on the fifth day"),
        pytest.param(
            is_("days_since_order", "!=", 5), "bo", id="who never ordered meets no comparison of days"
        ),
        pytest.param({"not": is_("days_since_order", ">", 5)}, "anna chen", id="not turns all the others in"),
        pytest.param(is_("spoke_days", "<=", 3), "anna bo", id="the third day lasts a day"),
        pytest.param(is_("spoke_days", "<", 3), "", id="less than three"),
        pytest.param(is_("followed_days", "<", 1_000_000_000), "anna bo", id="days beyond the calendar"),
        pytest.param(is_("followed_days", ">=", 1_000_000_000), "", id="nobody follows for ever"),
        pytest.param(is_("region.city", "in", ["杭州", "苏州"]), "anna bo", id="one of these cities"),
        pytest.param(is_("region.city", "!=", "杭州"), "bo chen", id="an unknown city is another city"),
        pytest.param(is_("region.province", "not_in", ["浙江"]), "bo chen", id="in none of these provinces"),
        pytest.param(is_("level", "=", ""), "bo chen", id="no level is an empty one"),
        pytest.param(is_("name", "=", "安娜"), "anna", id="by name"),
        pytest.param(is_("points", ">", 499), "anna", id="points"),
        pytest.param(is_("bucket", "<", 5000), "anna", id="bucket"),
        pytest.param(is_("tags", "has", "tea"), "anna", id="has a tag"),
        pytest.param(is_("tags", "lacks", "tea"), "bo chen", id="lacks a tag"),
        pytest.param(is_("source", "=", "search"), "anna bo chen", id="source"),
        pytest.param(is_("region.city", "=", "杭州市"), "anna", id="a city written out"),
        pytest.param(is_("region.city", "not_in", ["杭州市"]), "bo chen", id="not in a city written out"),
        pytest.param(is_("source_scene", "=", "qr-tea"), "anna", id="scene"),
        pytest.param(is_("engagement", "!=", "ordinary"), "anna", id="engagement"),
        pytest.param(is_("wants_pushes", "=", False), "bo", id="stopped pushes"),
        pytest.param(is_("complaint_open", "!=", True), "anna chen", id="no complaint"),
        pytest.param({"all": [is_("tags", "has", "tea"), is_("tags", "has", "vip")]}, "anna", id="both tags"),
        pytest.param({"any": [is_("tags", "has", "pots"), is_("points", ">", 1)]}, "anna bo", id="either"),
        pytest.param(
            {
                "all": [
                    {"any": [is_("tags", "has", "tea"), is_("tags", "has", "pots")]},
                    {"not": is_("wants_pushes", "=", True)},
                ]
            },
            "bo",
            id="a tree",
        ),
        pytest.param(is_("days_since_order", "between", [5, 365]), "anna bo", id="both ends belong"),
        pytest.param(is_("spend", "between", [0.3, 80]), "anna bo", id="between two sums"),
        pytest.param(is_("score", "between", [1, 1000]), "anna", id="who has no score is between none"),
        pytest.param(is_("tier", "=", "top"), "anna", id="a place"),
        pytest.param(is_("tier", "!=", "big"), "anna", id="who stands nowhere yet is not elsewhere, either"),
        pytest.param({"not": is_("tier", "=", "big")}, "anna bo chen", id="but is not there"),
        pytest.param(
            {"any": [is_("tier", "=", "top"), is_("orders", "=", 0), is_("tags", "has", "pots")]},
            "anna bo chen",
            id="figures and tags in one any",
        ),
        pytest.param(is_("orders", ">=", 1) | {"days": 365}, "anna", id="orders of the last year"),
        pytest.param(is_("orders", "=", 0) | {"days": 365}, "bo chen", id="none of the last year"),
        pytest.param(is_("orders", ">=", 2) | {"days": 41}, "anna", id="two within 41 days"),
        pytest.param(is_("orders", "<", 2) | {"days": 40}, "anna bo chen", id="fewer within 40"),
        pytest.param({"not": is_("orders", "<", 2) | {"days": 41}}, "anna", id="not fewer within 41"),
        pytest.param(is_("spend", ">", 0.1) | {"days": 41}, "anna", id="more than ten fen"),
        pytest.param(is_("spend", "<=", 0.1) | {"days": 41}, "bo chen", id="at most ten fen, or nothing"),
        pytest.param(is_("segment", "=", "everyone"), "anna bo chen", id="everyone is in everyone"),
        pytest.param(is_("segment", "not_in", ["everyone"]), "", id="nobody is out of everyone"),
        pytest.param(is_("name", "=", "' OR 1=1 --"), "", id="a name that would be SQL is a name"),
        pytest.param(is_("tags", "has", "x'); DROP TABLE customers; --"), "", id="so is a tag"),
    ],
)
def test_members(shop: Session, rule: dict[str, Any], expected: str) -> None:
    assert found(shop, rule) == set(expected.split())


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        pytest.param(is_("lookalike", ">=", 70), "anna", id="like the best"),
        pytest.param(is_("lookalike", "!=", 70), "bo", id="who has no score meets no comparison"),
        pytest.param({"not": is_("lookalike", ">=", 70)}, "bo chen", id="but a not takes them in"),
        pytest.param(is_("nurturing.step", "=", 1), "bo", id="on the first step"),
        pytest.param(is_("nurturing.step", ">=", 0), "anna bo", id="only of plans that are open"),
    ],
)
def test_what_was_made_of_some_customers_can_be_asked(
    shop: Session, rule: dict[str, Any], expected: str
) -> None:
    ids = {row.openid: row.id for row in shop.execute(select(customers.c.openid, customers.c.id))}
    likes = [("anna", 70), ("bo", 69)]
    shop.execute(
        insert(lookalikes),
        [
            {"customer_id": ids[who], "score": score, "reasons": [], "version": "1", "at": NOON}
            for who, score in likes
        ],
    )
    plans = [("anna", 0, None), ("bo", 1, None), ("chen", 1, NOON)]
    shop.execute(
        insert(nurturing_plans),
        [
            {
                "customer_id": ids[who],
                "service_class": "B",
                "opened_at": NOON,
                "step": step,
                "closed_at": closed,
            }
            for who, step, closed in plans
        ],
    )
    assert found(shop, rule) == set(expected.split())


@pytest.mark.parametrize("name", FIELDS)
def test_a_condition_and_its_not_share_everyone_out(shop: Session, name: str) -> None:
    kind = FIELDS[name].kind
    for op in OPERATORS[kind]:
        value = TWO_OF[kind]
        rule = is_(name, op, {"in": [value], "not_in": [value], "between": [value, value]}.get(op, value))
        inside, outside = found(shop, rule), found(shop, {"not": rule})
        assert inside | outside == {"anna", "bo", "chen"}
        assert not inside & outside


def test_a_segment_is_defined_found_again_and_redefined(session: Session) -> None:
    segments.define(session, "tea", name="爱茶的人", rule=is_("tags", "has", "tea"), now=NOON)
    segments.define(session, "tea", name="茶友", rule=is_("tags", "has", "茶"), now=NOON)

    segment = segments.find(session, "tea")
    assert segment is not None
    assert (segment.name, segment.rule) == ("茶友", is_("tags", "has", "茶"))
    assert segments.rule_of(session, "tea") == parse(is_("tags", "has", "茶"))
    assert segments.rule_of(session, "coffee") is None


def test_a_bad_rule_is_not_kept(session: Session) -> None:
    with pytest.raises(BadRule):
        segments.define(session, "tea", name="爱茶的人", rule={"all": []}, now=NOON)
    assert segments.every(session) == []


def test_everyone_is_always_there_and_always_everyone(session: Session) -> None:
    segments.define(session, "a", name="a", rule=is_("points", ">", 0), now=NOON)
    segments.keep_everyone(session, NOON)
    segments.keep_everyone(session, NOON)

    assert [segment.id for segment in segments.every(session)] == ["everyone", "a"]
    with pytest.raises(ValueError, match="everyone"):
        segments.define(session, "everyone", name="x", rule=is_("points", ">", 0), now=NOON)


def test_only_followers_are_counted(shop: Session, build: Build) -> None:
    build.customer(unfollowed_at=NOON)
    build.customer(forgotten_at=NOON)
    assert segments.count(shop, parse({}), NOON) == 2
    assert segments.count(shop, parse(is_("points", ">", 0)), NOON) == 1
    assert segments.count(shop, parse(is_("tier", "=", "top")), NOON) == 1


@pytest.fixture
def market(shop: Session, build: Build) -> Session:
    """What anna and bo bought, wrote, got, returned, reviewed, and what is known of them."""
    anna, bo = (
        shop.scalars(select(customers.c.id).where(customers.c.openid == name)).one()
        for name in ("anna", "bo")
    )
    pot, tea = (
        build.product(external_id="POT", category="pots"),
        build.product(external_id="TEA", category="tea"),
    )
    for who, days, lines in (
        (anna, 10, [(pot, 1, 30), (tea, 2, 20)]),
        (bo, 20, [(tea, 1, 20)]),
        (bo, 90, [(pot, 1, 9)]),
    ):
        order = build.order(who, ordered_at=NOON - timedelta(days=days), amount=70)
        put = [
            {"order_id": order, "position": at, "product_id": product, "product_name": "x", "quantity": count, "price": price}
            for at, (product, count, price) in enumerate(lines)
        ]  # fmt: skip
        shop.execute(insert(order_lines), put)
        build.returned(order, requested_at=NOON - timedelta(days=days - 5), kind="return")
    for days, kind in ((1, "text"), (2, "voice"), (3, "event:scan"), (50, "text")):
        build.message(anna, kind=kind, created_at=NOON - timedelta(days=days))
    build.review(bo, 5, reviewed_at=NOON - timedelta(days=4))
    build.segment("campaigned")
    shop.execute(
        update(customers).where(customers.c.id == anna).values(last_push_at=NOON - timedelta(days=2))
    )
    campaign = build.campaign("c", segment_id="campaigned")
    for days, state in ((2, "sent"), (6, "sent"), (8, "failed")):
        at = NOON - timedelta(days=days)
        build.delivery(customer_id=anna, campaign_id=campaign, state=state, claimed_at=at, day=at.date())
    build.fact(anna, "occupation", "student")
    build.fact(bo, "occupation", "other", holds=False)
    statistics.touch(shop, [anna, bo], NOON)
    return shop


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        pytest.param(is_("orders", ">=", 1) | {"category": "pots"}, "anna bo", id="bought a pot, ever"),
        pytest.param(is_("orders", ">=", 1) | {"category": "pots", "days": 30}, "anna", id="a pot, lately"),
        pytest.param(
            is_("orders", "=", 0) | {"product": "POT", "days": 30}, "bo chen", id="no such pot lately"
        ),
        pytest.param(is_("spend", "=", 40) | {"product": "TEA"}, "anna", id="two at twenty"),
        pytest.param(is_("spend", ">", 0) | {"product": "x' OR 1=1"}, "", id="a product nobody sells"),
        pytest.param(is_("messages", "=", 2) | {"days": 30}, "anna", id="what is tapped is no message"),
        pytest.param(is_("messages", "=", 0) | {"days": 30}, "bo chen", id="wrote nothing"),
        pytest.param(is_("messages", ">", 2), "anna", id="messages ever"),
        pytest.param(is_("pushes", "=", 2) | {"days": 30}, "anna", id="two got there"),
        pytest.param(is_("pushes", "between", [1, 1]) | {"days": 5}, "anna", id="one in five days"),
        pytest.param(is_("pushes", "=", 0) | {"days": 5}, "bo chen", id="no push"),
        pytest.param(is_("pushed_days", "<=", 2), "anna", id="days since a push"),
        pytest.param(is_("reviews", ">=", 1) | {"days": 5}, "bo", id="a review, lately"),
        pytest.param(is_("reviews", "=", 0) | {"days": 3}, "anna bo chen", id="none in three days"),
        pytest.param(is_("returns", ">=", 1) | {"days": 6}, "anna", id="sent something back, lately"),
        pytest.param(is_("returns", "in", [1, 2]), "anna bo", id="sent something back"),
        pytest.param(is_("fact.occupation", "=", "student"), "anna", id="a fact"),
        pytest.param(
            is_("fact.occupation", "!=", "student"), "bo chen", id="what nobody knows is something else"
        ),
        pytest.param(
            is_("fact.occupation", "in", ["", "student"]), "anna bo chen", id="not known, or a student"
        ),
        pytest.param(is_("fact.occupation", "=", "other"), "", id="a fact that is not believed"),
    ],
)
def test_what_they_did_within_a_period(market: Session, rule: dict[str, Any], expected: str) -> None:
    assert found(market, rule) == set(expected.split())
    assert found(market, {"not": rule}) == {"anna", "bo", "chen"} - set(expected.split())


LEAVES = [
    is_("tier", "=", "top"), is_("orders", "<", 2), is_("orders", ">=", 2) | {"days": 90}, is_("tags", "has", "tea"), is_("points", ">", 1),
    is_("days_since_order", ">", 8), is_("spend", "=", 0), is_("spoke_days", "<", 9), is_("rfm.r", "!=", 1), is_("reviews", "=", 0),
]  # fmt: skip
TREES = st.recursive(
    st.sampled_from(LEAVES),
    lambda inside: st.one_of(
        st.lists(inside, min_size=1, max_size=3).map(lambda parts: {"all": parts}),
        st.lists(inside, min_size=1, max_size=3).map(lambda parts: {"any": parts}),
        inside.map(lambda part: {"not": part}),
    ),
    max_leaves=8,
)


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(tree=TREES)
def test_a_tree_is_what_its_parts_say(market: Session, tree: dict[str, Any]) -> None:
    def expected(node: dict[str, Any]) -> set[str]:
        match node:
            case {"all": parts}:
                return set.intersection(*map(expected, parts))
            case {"any": parts}:
                return set.union(*map(expected, parts))
            case {"not": part}:
                return {"anna", "bo", "chen"} - expected(part)
        return found(market, node)

    assert found(market, tree) == expected(tree)


def test_a_salted_bucket_is_the_same_in_the_database_and_independent_of_others(
    session: Session, build: Build
) -> None:
    ids = [build.customer(bucket=1) for _ in range(400)]

    def below(salt: str, bound: int) -> set[int]:
        rule = parse(is_("bucket", "<", bound) | {"salt": salt})
        return set(session.scalars(select(customers.c.id).where(members(rule, NOON))))

    first, second = below("prices", 5000), below("texts", 5000)
    assert first == {each for each in ids if drawn(each, "prices") < 5000}
    assert 140 < len(first) < 260
    assert 60 < len(first & second) < 140


def test_a_segment_may_ask_for_others_but_not_for_itself(shop: Session) -> None:
    segments.define(shop, "tea", name="茶", rule=is_("tags", "has", "tea"), now=NOON)
    segments.define(
        shop,
        "more",
        name="茶或壶",
        rule={"any": [is_("segment", "=", "tea"), is_("tags", "has", "pots")]},
        now=NOON,
    )
    assert found(shop, is_("segment", "=", "more")) == {"anna", "bo"}
    assert found(shop, is_("segment", "!=", "tea")) == {"bo", "chen"}

    with pytest.raises(BadRule, match=r"goes in a circle: more → tea → more"):
        segments.define(shop, "tea", name="茶", rule=is_("segment", "in", ["more"]), now=NOON)


def test_a_segment_that_is_not_there_is_named_with_its_place(session: Session) -> None:
    with pytest.raises(BadRule, match=r"^segment a: rule\.all\[1\]\.not\.value: no segment 'nowhere'"):
        segments.define(
            session,
            "a",
            name="a",
            rule={"all": [is_("points", ">", 0), {"not": is_("segment", "=", "nowhere")}]},
            now=NOON,
        )


def test_segments_within_segments_do_not_grow_beyond_a_databases_means(session: Session) -> None:
    """Each names the one before twice: a thousand after ten."""
    segments.define(session, "s0", name="s", rule=is_("points", ">", 0), now=NOON)
    twice = [{"any": [is_("segment", "=", f"s{number}")] * 2} for number in range(8)]
    for number, rule in enumerate(twice[:7], start=1):
        segments.define(session, f"s{number}", name="s", rule=rule, now=NOON)
    with pytest.raises(BadRule, match="with its segments written out, expected at most"):
        segments.define(session, "s8", name="s", rule=twice[7], now=NOON)
