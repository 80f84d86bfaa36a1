"""One condition of a rule as SQL; nothing a person wrote ever becomes SQL text.

Of a customer's figures and places: an expression over a row of `customer_statistics`, in which nothing (NULL) counts
as no; it is turned by `unmet`, which counts nothing as yes, so that a condition and its `not` are always everyone.
Of everything else: an expression over the customer's row, or their id alone, that is always true or false.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import (
    BigInteger,
    and_,
    cast,
    exists,
    false,
    func,
    literal,
    not_,
    or_,
    true,
)

from bot.rules.people import regions
from bot.rules.pushes.buckets import BUCKETS
from bot.rules.segments import segment_draws
from bot.rules.segments.segment_nesting import compares
from bot.store.segments.segment_counts import Column, Truth, counted
from bot.store.tables import (
    customer_statistics,
    customer_tags,
    customers,
    facts,
    lookalikes,
    nurturing_plans,
)
from bot.values.rule import LONGEST_AGO, Condition, Given

PLACES: dict[str, Column] = {
    "rfm.r": customer_statistics.c.r,
    "rfm.f": customer_statistics.c.f,
    "rfm.m": customer_statistics.c.m,
    "score": customer_statistics.c.score,
    "satisfaction": customer_statistics.c.satisfaction,
    "abc": customer_statistics.c.abc,
    "tier": customer_statistics.c.tier,
    "grid": customer_statistics.c.cell,
    "class": customer_statistics.c.service_class,
    "lifecycle": customer_statistics.c.lifecycle,
}
FIGURES: dict[str, Column] = {  # never NULL; who has no row has nought of them
    "orders": customer_statistics.c.orders,
    "spend": customer_statistics.c.spent,
    "returns": customer_statistics.c.returns,
    "reviews": customer_statistics.c.reviews,
}
COLUMNS: dict[str, Column] = {
    "name": customers.c.name,
    "gender": customers.c.gender,
    "region.province": customers.c.province,
    "region.city": customers.c.city,
    "level": customers.c.level,
    "source": customers.c.source,
    "source_scene": customers.c.source_scene,
    "engagement": customers.c.engagement,
    "points": customers.c.points,
    "wants_pushes": customers.c.wants_pushes,
    "complaint_open": customers.c.complaint_open,
}
INSTANTS: dict[str, Column] = {
    "followed_days": customers.c.followed_at,
    "spoke_days": customers.c.spoke_at,
    "pushed_days": customers.c.last_push_at,
}
OF_SOME: dict[
    str, tuple[Column, Column, Truth]
] = {  # number, whose, of which rows; who has no row meets nothing
    "lookalike": (lookalikes.c.score, lookalikes.c.customer_id, true()),
    "nurturing.step": (
        nurturing_plans.c.step,
        nurturing_plans.c.customer_id,
        nurturing_plans.c.closed_at.is_(None),
    ),
}
PLACE_NAMES = {"region.province": regions.province, "region.city": regions.city}
NEVER_EMPTY = frozenset({"source", "source_scene", "engagement", "points", "wants_pushes", "complaint_open"})


def is_of_statistics(condition: Condition) -> bool:
    narrowed = condition.days or condition.product or condition.category
    return (
        condition.field in PLACES
        or condition.field == "days_since_order"
        or (condition.field in FIGURES and not narrowed)
    )


def is_of_the_row(condition: Condition) -> bool:
    """Whether it looks at the columns of `customers`, not only at the id."""
    return (
        condition.field in COLUMNS
        or condition.field in INSTANTS
        or (condition.field == "bucket" and not condition.salt)
    )


def is_met_without_statistics(condition: Condition) -> bool:
    """What it says of a customer nothing was added up of yet: no place meets a comparison, and a count is nought."""
    return condition.field in FIGURES and compares(0, condition)


def of_statistics(condition: Condition, now: datetime) -> Truth:
    """Over a row of `customer_statistics`; NULL is no."""
    if condition.field == "days_since_order":
        return _days_since(customer_statistics.c.last_order_at, condition, now)
    if condition.field == "spend":
        return compared(customer_statistics.c.spent, condition.op, _in_fen(condition.value))
    return compared((PLACES | FIGURES)[condition.field], condition.op, condition.value)


def unmet(condition: Condition, now: datetime) -> Truth:
    """As `of_statistics`, turned: true where that is false or NULL, never NULL itself."""
    met = of_statistics(condition, now)
    return not_(met) if condition.field in FIGURES else met.is_not(true())


def of_customer(condition: Condition, now: datetime, customer_id: Column) -> Truth:
    """True or false, for the customer of this id; `is_of_the_row` says whether their row must be there, too."""
    field = condition.field
    if field in INSTANTS:
        return func.coalesce(_days_since(INSTANTS[field], condition, now), false())
    if field in COLUMNS:
        column = COLUMNS[field] if field in NEVER_EMPTY else func.coalesce(COLUMNS[field], "")
        is_place = field in PLACE_NAMES
        return _of_a_place(column, condition) if is_place else compared(column, condition.op, condition.value)
    if field == "bucket":
        bucket = _drawn(customer_id, condition.salt) if condition.salt else customers.c.bucket
        return compared(bucket, condition.op, condition.value)
    if field == "tags":
        return _tagged(condition, customer_id)
    if field in OF_SOME or field.startswith("fact."):
        return (_of_some if field in OF_SOME else _known)(condition, customer_id)
    given = _in_fen(condition.value) if field == "spend" else condition.value
    return compared(counted(condition, now, customer_id), condition.op, given)


def compared(column: Column, op: str, value: Given) -> Truth:
    given: Any = value
    comparisons: dict[str, Callable[[], Truth]] = {
        "=": lambda: column == given,
        "!=": lambda: column != given,
        "<": lambda: column < given,
        "<=": lambda: column <= given,
        ">": lambda: column > given,
        ">=": lambda: column >= given,
        "between": lambda: column.between(*given),
        "in": lambda: column.in_(given),
        "not_in": lambda: column.not_in(given),
    }
    return comparisons[op]()


def _of_a_place(column: Column, condition: Condition) -> Truth:
    """However the place is written in the rule; rows hold the short name, those of an older import perhaps not."""
    given = condition.value if isinstance(condition.value, tuple) else (condition.value,)
    short = PLACE_NAMES[condition.field]
    names = tuple(dict.fromkeys(name for one in given for name in (short(str(one)), str(one))))
    if len(names) == 1:
        return compared(column, "=" if condition.op in {"=", "in"} else "!=", names[0])
    return compared(column, "in" if condition.op in {"=", "in"} else "not_in", names)


def _in_fen(value: Given) -> Given:
    """Yuan as whole fen, as the figures are."""
    if isinstance(value, tuple):
        return tuple(int(Decimal(each) * 100) for each in value)
    return int(Decimal(value) * 100)


def _days_since(instant: Column, condition: Condition, now: datetime) -> Truth:
    """Whole days passed. The bounds are counted here: the database compares instants and knows no calendar."""
    given: Any = condition.value

    def passed(count: int) -> Truth:
        return instant <= now - timedelta(days=min(count, LONGEST_AGO))

    def lacks(count: int) -> Truth:
        return instant > now - timedelta(days=min(count, LONGEST_AGO))

    comparisons: dict[str, Callable[[], Truth]] = {
        ">=": lambda: passed(given),
        ">": lambda: passed(given + 1),
        "<": lambda: lacks(given),
        "<=": lambda: lacks(given + 1),
        "=": lambda: and_(passed(given), lacks(given + 1)),
        "!=": lambda: or_(lacks(given), passed(given + 1)),
        "between": lambda: and_(passed(given[0]), lacks(given[1] + 1)),
    }
    return comparisons[condition.op]()


def _drawn(customer_id: Column, salt: str) -> Column:
    """As `segment_draws.drawn`."""
    first, second, third = (literal(each, BigInteger) for each in segment_draws.coefficients(salt))
    prime = literal(segment_draws.PRIME, BigInteger)
    number = cast(customer_id, BigInteger) % prime
    return ((first * number % prime + second) % prime * number % prime + third) % prime % BUCKETS


def _tagged(condition: Condition, customer_id: Column) -> Truth:
    has = _exists(
        customer_id, customer_tags.c.customer_id == customer_id, customer_tags.c.tag == condition.value
    )
    return has if condition.op == "has" else not_(has)


def _of_some(condition: Condition, customer_id: Column) -> Truth:
    number, whose, which = OF_SOME[condition.field]
    return _exists(customer_id, whose == customer_id, which, compared(number, condition.op, condition.value))


def _known(condition: Condition, customer_id: Column) -> Truth:
    """What is not known counts as empty text, as everywhere."""
    given = condition.value if isinstance(condition.value, tuple) else (condition.value,)
    holds = and_(
        facts.c.customer_id == customer_id,
        facts.c.attribute == condition.field.removeprefix("fact."),
        facts.c.holds,
    )
    has = _exists(customer_id, holds, facts.c.value.in_([each for each in given if each != ""]))
    if "" in given:
        has = or_(has, not_(_exists(customer_id, holds)))
    return has if condition.op in {"=", "in"} else not_(has)


def _exists(customer_id: Column, *which: Truth) -> Truth:
    whose: Any = customer_id
    return exists().where(*which).correlate(whose.table)
