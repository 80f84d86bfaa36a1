"""A rule as a database likes it: the same customers, with a cheap question before each dear one.

Counting what somebody did within a period looks at every order or message of theirs. Whoever has no order since the
period began is out of a count above nought without that, and when they last ordered stands in their statistics.
"""

from bot.rules.segments.segment_nesting import compares, pushed_in
from bot.values.rule import All, AnyOf, Condition, Not, Rule

A_YEAR = 365  # days
SAME = {"orders_total": "orders", "spent_total": "spend"}
AT_LEAST_ONE = {(">=", 1), (">", 0), ("!=", 0)}
NONE_AT_ALL = {("<", 1), ("<=", 0), ("=", 0)}
COUNTS = ("orders", "spend", "returns", "reviews", "messages", "pushes")
WAS_LATELY = {
    "orders": "days_since_order",
    "spend": "days_since_order",
    "messages": "spoke_days",
    "pushes": "pushed_days",
}


def shaped(rule: Rule) -> Rule:
    """`rule` names no segment any more; what comes out has `not` only before single conditions."""
    return pushed_in(_cheap_first(rule))


def _cheap_first(rule: Rule) -> Rule:
    match rule:
        case All(parts):
            return All(tuple(_cheap_first(part) for part in parts))
        case AnyOf(parts):
            return AnyOf(tuple(_cheap_first(part) for part in parts))
        case Not(part):
            return Not(_cheap_first(part))
    return _one(_spelled(rule))


def _one(condition: Condition) -> Rule:
    if condition.field not in COUNTS or _is_in_the_figures(condition):
        return condition
    before = _before(condition)
    if before is None:
        return condition
    if condition.field == "orders" and not (condition.product or condition.category):
        if (condition.op, condition.value) in AT_LEAST_ONE:
            return before
        if (condition.op, condition.value) in NONE_AT_ALL:
            return Not(before)
    return AnyOf((Not(before), condition)) if compares(0, condition) else All((before, condition))


def _spelled(condition: Condition) -> Condition:
    if condition.field == "orders_365d":
        return Condition("orders", condition.op, condition.value, days=A_YEAR)
    if condition.field in SAME:
        return Condition(SAME[condition.field], condition.op, condition.value)
    return condition


def _is_in_the_figures(condition: Condition) -> bool:
    """Counted over everything: kept up to date for each customer."""
    narrowed = condition.days or condition.product or condition.category
    return condition.field in {"orders", "spend", "returns", "reviews"} and not narrowed


def _before(condition: Condition) -> Condition | None:
    """What must be so for a count that is not nought."""
    if condition.days is not None and condition.field in WAS_LATELY:
        return Condition(WAS_LATELY[condition.field], "<", condition.days)
    if condition.field in {"returns", "reviews"}:
        return Condition(condition.field, ">=", 1)
    return Condition("orders", ">=", 1) if condition.field in {"orders", "spend"} else None
