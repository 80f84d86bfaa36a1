from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import insert, select

from bot.store import segments
from bot.store.database import Session
from bot.store.segments import members
from bot.store.tables import customer_tags, customers
from bot.values.rule import FIELDS, OPERATORS, BadRule, Kind, parse
from tests.conftest import NOON
from tests.support.build import Build

TWO_OF: dict[Kind, Any] = {
    Kind.WHOLE: 1,
    Kind.MONEY: 199.5,
    Kind.DAYS: 3,
    Kind.TEXT: "杭州",
    Kind.FLAG: True,
    Kind.SET: "tea",
}


def found(session: Session, rule: dict[str, Any]) -> set[str]:
    return set(session.scalars(select(customers.c.openid).where(members(parse(rule), NOON))))


def is_(field: str, op: str, value: Any) -> dict[str, Any]:
    return {"field": field, "op": op, "value": value}


@pytest.fixture
def shop(session: Session, build: Build) -> Session:
    """anna buys often; bo bought once, long ago; chen never did, and nothing is known of chen."""
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
        pytest.param(is_("name", "=", "' OR 1=1 --"), "", id="a name that would be SQL is a name"),
        pytest.param(is_("tags", "has", "x'); DROP TABLE customers; --"), "", id="so is a tag"),
    ],
)
def test_members(shop: Session, rule: dict[str, Any], expected: str) -> None:
    assert found(shop, rule) == set(expected.split())


@pytest.mark.parametrize("name", FIELDS)
def test_a_condition_and_its_not_share_everyone_out(shop: Session, name: str) -> None:
    kind = FIELDS[name]
    for op in OPERATORS[kind]:
        value = TWO_OF[kind]
        rule = is_(name, op, [value] if op in {"in", "not_in"} else value)
        inside, outside = found(shop, rule), found(shop, {"not": rule})
        assert inside | outside == {"anna", "bo", "chen"}
        assert not inside & outside


def test_every_field_a_rule_may_name_has_its_expression() -> None:
    assert list(segments.FIELDS) == list(FIELDS)


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
