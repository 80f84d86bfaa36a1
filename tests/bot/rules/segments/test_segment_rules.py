"""Rules of segments without a database: named segments written out, shapes, words, presets."""

from typing import Any

import pytest

from bot.rules.people import facts
from bot.rules.segments import segment_presets
from bot.rules.segments.segment_nesting import in_order, pushed_in, written_out
from bot.rules.segments.segment_shapes import shaped
from bot.rules.segments.segment_vocabulary import strange, strangers
from bot.rules.segments.segment_words import FIELD_NAMES, Titles, outline, sentence
from bot.rules.worth import partitions
from bot.values.rule import All, AnyOf, BadRule, Condition, Not, conditions, parse, passes_with_time
from bot.values.rule_fields import FIELDS


def is_(field: str, op: str, value: Any, **beside: Any) -> dict[str, Any]:
    return {"field": field, "op": op, "value": value} | beside


def names(*segment_ids: str) -> dict[str, Any]:
    return is_("segment", "in", list(segment_ids))


TEA = is_("tags", "has", "tea")
KNOWN = facts.load("").attributes


def test_segments_come_after_those_they_name() -> None:
    rules = {"a": parse(names("b", "c")), "b": parse(names("c")), "c": parse(TEA)}
    assert in_order(rules) == ["c", "b", "a"]


def test_a_circle_is_refused_with_the_way() -> None:
    rules = {"a": parse(names("b")), "b": parse({"not": names("c")}), "c": parse(names("a"))}
    with pytest.raises(BadRule, match="a → b → c → a"):
        in_order(rules)
    with pytest.raises(BadRule, match=r"rule\.value\.?.*a → b → c → a|goes in a circle: a → b → c → a"):
        written_out(rules["a"], rules, "a")


def test_named_segments_are_written_out_and_turned() -> None:
    rules = {"tea": parse(TEA), "pots": parse(is_("tags", "has", "pots"))}
    tea, pots = rules["tea"], rules["pots"]
    assert written_out(parse(names("tea", "pots")), rules) == AnyOf((tea, pots))
    assert written_out(parse(is_("segment", "!=", "tea")), rules) == Not(tea)


def test_not_moves_inwards() -> None:
    a, b = Condition("points", ">", 1), Condition("tags", "has", "x")
    assert pushed_in(Not(All((a, Not(b))))) == AnyOf((Not(a), b))
    assert pushed_in(Not(Not(a))) == a


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        pytest.param(
            is_("orders_365d", ">=", 1),
            Condition("days_since_order", "<", 365),
            id="one order is a late order",
        ),
        pytest.param(
            is_("orders", "=", 0, days=30),
            Not(Condition("days_since_order", "<", 30)),
            id="none is no late order",
        ),
        pytest.param(
            is_("orders", ">=", 2, days=30),
            All((Condition("days_since_order", "<", 30), Condition("orders", ">=", 2, days=30))),
            id="two are counted only where one is late",
        ),
        pytest.param(
            is_("messages", "<", 2, days=30),
            AnyOf((Not(Condition("spoke_days", "<", 30)), Condition("messages", "<", 2, days=30))),
            id="fewer than two: silence is enough",
        ),
        pytest.param(is_("spent_total", ">", 5), Condition("spend", ">", 5), id="the figures know it"),
    ],
)
def test_a_cheap_question_stands_before_a_dear_one(raw: dict[str, Any], expected: Any) -> None:
    assert shaped(parse(raw)) == expected


def test_time_alone_moves_those_in_rules_that_count_days() -> None:
    assert passes_with_time(parse({"not": is_("orders", ">", 1, days=30)}))
    assert passes_with_time(parse({"any": [TEA, is_("followed_days", "<", 7)]}))
    assert not passes_with_time(parse({"all": [TEA, is_("orders", ">", 1)]}))


def test_every_field_has_its_words() -> None:
    assert set(FIELD_NAMES) == set(FIELDS)


def test_a_rule_in_words() -> None:
    rule = parse(
        {
            "all": [
                is_("orders", ">=", 2, days=90, category="茶"),
                {"not": {"any": [is_("wants_pushes", "=", False), is_("segment", "in", ["vip", "b"])]}},
                is_("tier", "in", ["top"]),
                is_("spend", "between", [10, 20.5]),
            ]
        }
    )
    titles = Titles(segments={"vip": "贵宾"}, places={"tier": {"top": "顶级客户"}})
    assert outline(rule, "zh", titles) == [
        "同时满足：",
        "  近 90 天的品类「茶」的订单数至少 2",
        "  一项也不满足：",
        "    愿意接收推送：否",
        "    属于人群「贵宾」或「b」",
        "  金字塔层级是「顶级客户」之一",
        "  消费额在 10 元 到 20.5 元 之间",
    ]
    assert sentence(rule, "en") == (
        "all of: orders of category “茶” in the last 90 days: at least 2; (none of: wants pushes: no; belongs to “vip” or “b”); "
        "tier: one of “top”; spend: between 10 yuan and 20.5 yuan"
    )
    assert sentence(parse({})) == "所有人"


@pytest.mark.parametrize(
    ("field", "value", "chinese", "english"),
    [
        ("gender", "male", "性别是「男」", "gender: “male”"),
        ("engagement", "tired", "互动程度是「倦怠」", "engagement: “tired”"),
        ("source", "scan", "来源是「扫带参数的二维码」", "source: “scan”"),
        ("source", "zhihu", "来源是「zhihu」", "source: “zhihu”"),
    ],
)
def test_what_we_call_things_inside_is_told_in_peoples_words(
    field: str, value: str, chinese: str, english: str
) -> None:
    rule = parse(is_(field, "=", value))
    assert (sentence(rule), sentence(rule, "en")) == (chinese, english)


def test_the_presets_are_one_for_each_place_of_each_partition() -> None:
    rules = partitions.load("")
    wanted = segment_presets.presets()
    assert list(strangers(wanted, rules, KNOWN)) == []
    asked: dict[str, list[Any]] = {}
    for segment in wanted.segments:
        rule = parse(segment.rule)
        if isinstance(rule, Condition):
            asked.setdefault(rule.field, []).append(rule.value)
    assert asked == {field: list(places) for field, places in segment_presets.places(rules).items()}


def test_each_buyer_is_in_one_group_of_rfm() -> None:
    groups = [
        parse(segment.rule) for segment in segment_presets.presets().segments if segment.id.startswith("rfm-")
    ]
    for r, f, m in ((r, f, m) for r in range(1, 6) for f in range(1, 6) for m in range(1, 6)):
        scores = {"rfm.r": r, "rfm.f": f, "rfm.m": m}

        def is_met(condition: Condition) -> bool:
            at, given = scores[condition.field], condition.value  # noqa: B023
            return given[0] <= at <= given[1] if isinstance(given, tuple) else at >= given  # type: ignore[operator]

        assert sum(all(is_met(one) for _, one in conditions(group)) for group in groups) == 1


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        pytest.param(is_("gender", "=", "男"), "rule.value: no gender is called '男'; there are female, male", id="a word for it"),
        pytest.param({"not": is_("lifecycle", "in", ["lost", "流失"])}, "rule.not.value: no lifecycle is called '流失'", id="negated it would be everybody"),
        pytest.param({"all": [TEA, is_("engagement", "!=", "cool")]}, "rule.all[1].value: no engagement is called 'cool'", id="no such engagement"),
        pytest.param(is_("fact.occupation", "=", "学生"), "rule.value: no fact.occupation is called '学生'; there are student", id="no such choice"),
        pytest.param(is_("fact.shoes", "=", "42"), "rule.field: no fact is called 'shoes'; there are", id="no such fact"),
        pytest.param(is_("fact.district", "=", "西湖区"), "", id="any words where there are no choices"),
        pytest.param(is_("gender", "=", ""), "", id="not known"),
        pytest.param(is_("level", "=", "贵宾"), "", id="the shop's own words"),
    ],
)  # fmt: skip
def test_names_that_nobody_can_have_are_told(raw: dict[str, Any], said: str) -> None:
    found = next(strange(parse(raw), lambda: partitions.load(""), KNOWN), "")
    assert found.startswith(said)
    assert bool(found) == bool(said)


def test_a_place_nobody_can_stand_in_is_named() -> None:
    found = list(strangers(segment_presets.presets(), _without_top(), KNOWN))
    assert found[0].startswith("segment tier-top: rule.value: no tier is called 'top'")


def _without_top() -> Any:
    rules = partitions.load("")
    object.__setattr__(rules, "tiers", rules.tiers[1:])
    return rules
