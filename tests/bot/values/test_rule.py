from decimal import Decimal
from typing import Any

import pytest

from bot.values.rule import EVERYONE, All, AnyOf, BadRule, Condition, Not, parse

ORDERED: dict[str, Any] = {"field": "orders_365d", "op": ">=", "value": 1}


def test_the_empty_rule_is_everyone() -> None:
    assert parse({}) == EVERYONE


def test_a_tree_of_conditions_keeps_its_shape() -> None:
    raw = {"all": [ORDERED, {"any": [{"field": "tags", "op": "has", "value": "tea"}, {"not": ORDERED}]}]}

    condition = Condition("orders_365d", ">=", 1)
    assert parse(raw) == All((condition, AnyOf((Condition("tags", "has", "tea"), Not(condition)))))


def test_money_is_exact_and_lists_are_tuples() -> None:
    assert parse({"field": "spent_total", "op": ">", "value": 0.1}) == Condition(
        "spent_total", ">", Decimal("0.1")
    )
    assert parse({"field": "region.city", "op": "in", "value": ["杭州", "苏州"]}) == Condition(
        "region.city", "in", ("杭州", "苏州")
    )


def nested(levels: int) -> dict[str, Any]:
    rule = ORDERED
    for _ in range(levels - 1):
        rule = {"not": rule}
    return rule


@pytest.mark.parametrize(
    ("raw", "says"),
    [
        pytest.param([], "rule: expected a table", id="a list is no rule"),
        pytest.param(None, "rule: expected a table", id="nothing is no rule"),
        pytest.param({"all": {}}, "rule.all: expected a list of at least one", id="all of a table"),
        pytest.param(
            {"any": []},
            "rule.any: expected a list of at least one",
            id="any of nothing is nobody, and a mistake",
        ),
        pytest.param({"all": [ORDERED, {}]}, "rule.all[1]: field is missing", id="everyone inside a tree"),
        pytest.param(
            {"all": [ORDERED], "any": [ORDERED]}, "rule: expected only all", id="two ways of joining at once"
        ),
        pytest.param({"not": [ORDERED]}, "rule.not: expected a table", id="not of a list"),
        pytest.param({"field": "tags", "op": "has"}, "rule: value is missing", id="no value"),
        pytest.param({**ORDERED, "valeu": 1}, "rule: expected only all", id="a misspelt key"),
        pytest.param(
            {"all": [ORDERED, {"any": [{**ORDERED, "field": "order_365d"}]}]},
            "rule.all[1].any[0].field: no field 'order_365d'; did you mean orders_365d?",
            id="unknown field",
        ),
        pytest.param(
            {**ORDERED, "field": ["orders_365d"]}, "rule.field: no field", id="a field that cannot be a name"
        ),
        pytest.param(
            {**ORDERED, "op": "has"}, "rule.op: orders_365d knows no 'has'", id="an operator of another type"
        ),
        pytest.param(
            {**ORDERED, "op": {}}, "rule.op: orders_365d knows no {}", id="an operator that cannot be one"
        ),
        pytest.param(
            {**ORDERED, "value": "1"},
            "rule.value: expected a whole number, found '1'",
            id="text for a number",
        ),
        pytest.param({**ORDERED, "value": True}, "rule.value: expected a whole number", id="yes is not 1"),
        pytest.param(
            {**ORDERED, "value": 1.0}, "rule.value: expected a whole number", id="a fraction for a count"
        ),
        pytest.param(
            {**ORDERED, "value": 10**10}, "rule.value: expected a whole number", id="more than a column holds"
        ),
        pytest.param(
            {**ORDERED, "op": "in", "value": [1, "2"]},
            "rule.value[1]: expected a whole number",
            id="one bad in a list",
        ),
        pytest.param(
            {**ORDERED, "op": "in", "value": []}, "rule.value: expected a list of 1 to", id="in nothing"
        ),
        pytest.param(
            {"field": "spent_total", "op": ">", "value": float("nan")},
            "rule.value: expected a number",
            id="no number",
        ),
        pytest.param(
            {"field": "spent_total", "op": ">", "value": 0.001},
            "rule.value: expected a number with at most",
            id="less than a fen",
        ),
        pytest.param(
            {"field": "spoke_days", "op": ">", "value": -1},
            "rule.value: expected a whole number of days",
            id="days to come",
        ),
        pytest.param(
            {"field": "name", "op": "=", "value": "a\0b"},
            "rule.value: expected text",
            id="text no database takes",
        ),
        pytest.param(
            {"field": "wants_pushes", "op": "=", "value": 1},
            "rule.value: expected true or false",
            id="1 is not yes",
        ),
        pytest.param(
            {**ORDERED, "op": "between", "value": [3, 1]},
            "rule.value: expected the lower end first",
            id="backwards",
        ),
        pytest.param(
            {**ORDERED, "op": "between", "value": 3}, "rule.value: expected the two ends", id="one end"
        ),
        pytest.param({**ORDERED, "days": 30}, "rule: expected only all", id="a period within a period"),
        pytest.param({**ORDERED, "field": "orders", "days": 0}, "rule.days: expected 1 to", id="no days"),
        pytest.param(
            {**ORDERED, "field": "orders", "days": 10**30}, "rule.days: expected 1 to", id="endless days"
        ),
        pytest.param(
            {**ORDERED, "field": "orders", "product": "a", "category": "b"},
            "rule.category: expected a product or",
            id="both",
        ),
        pytest.param(
            {**ORDERED, "field": "bucket", "salt": ""}, "rule.salt: expected text", id="an empty salt"
        ),
        pytest.param(
            {**ORDERED, "value": 10**5000}, "found a number of very many digits", id="endless digits"
        ),
        pytest.param(
            {**ORDERED, "value": nested(5000)},
            "rule.value: expected a whole number, found {'not'",
            id="a deep value",
        ),
        pytest.param(
            {**ORDERED, "field": "name", "op": "=", "value": "\ud800"}, "expected text", id="half a character"
        ),
        pytest.param(nested(200), "expected at most 20 levels", id="two hundred levels"),
        pytest.param(
            {"any": [{"field": "points", "op": "in", "value": list(range(500))}] * 11},
            "at most 5000 values",
            id="many values",
        ),
        pytest.param(nested(21), "expected at most 20 levels", id="too deep"),
        pytest.param({"all": [ORDERED] * 200}, "rule.all[199]: expected at most 200 nodes", id="too many"),
    ],
)
def test_what_could_not_be_meant_is_refused_with_its_place(raw: Any, says: str) -> None:
    with pytest.raises(BadRule) as refused:
        parse(raw)

    assert says in str(refused.value)
    assert "\n" not in str(refused.value)


def test_the_deepest_and_the_largest_rule_are_taken() -> None:
    parse(nested(20))
    assert len(parse({"all": [ORDERED] * 199}).rules) == 199  # type: ignore[union-attr]
