"""Segments: a rule tree becomes one SQL condition on `customers`; nothing a person wrote ever becomes SQL text.

Every condition is true or false, never unknown, so that a rule and its `not` together are always everyone:
what is not known of a customer meets no comparison of days, and counts as empty text.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypeAlias

from sqlalchemy import (
    ColumnElement,
    Row,
    Select,
    and_,
    exists,
    false,
    func,
    insert,
    not_,
    or_,
    select,
    true,
    update,
)

from bot.store.database import Session
from bot.store.purchases import BOUGHT
from bot.store.tables import Money, customer_statistics, customer_tags, customers, orders, segments
from bot.values.rule import All, AnyOf, Condition, Given, Not, Rule, parse

EVERYONE = "everyone"
A_YEAR = timedelta(days=365)
LONGEST_AGO = 40_000  # days; nothing that is kept here is older, and a date cannot go back for ever

Column: TypeAlias = ColumnElement[Any]
Field: TypeAlias = Callable[[Condition, datetime], ColumnElement[bool]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Segment:
    id: str
    name: str
    rule: dict[str, Any]
    updated_at: datetime


def members(rule: Rule, now: datetime) -> ColumnElement[bool]:
    """True on the row of each member. The statement must hold `customers` itself, not an alias of it."""
    match rule:
        case All(parts):
            return and_(true(), *_met_together(parts, now))
        case AnyOf(parts):
            return or_(false(), *(members(part, now) for part in parts))
        case Not(part):
            return not_(members(part, now))
        case Condition(name):
            return FIELDS[name](rule, now)


def _met_together(parts: tuple[Rule, ...], now: datetime) -> Iterator[ColumnElement[bool]]:
    """What several parts ask of a customer's statistics is asked at once."""
    asked = [part for part in parts if isinstance(part, Condition) and part.field in STATISTICS]
    yield from (members(part, now) for part in parts if part not in asked)
    if asked:
        yield _with_statistics(asked)


def _with_statistics(conditions: Sequence[Condition]) -> ColumnElement[bool]:
    """As of the last refresh; who was not refreshed yet meets no comparison.

    A list of ids, so that the database can begin with the few who meet it.
    """
    meets = (_compared(STATISTICS[each.field], each.op, each.value) for each in conditions)
    return customers.c.id.in_(select(customer_statistics.c.customer_id).where(*meets))


def _compared(column: Column, op: str, value: Given) -> ColumnElement[bool]:
    comparisons: dict[str, Callable[[], ColumnElement[bool]]] = {
        "=": lambda: column == value,
        "!=": lambda: column != value,
        "<": lambda: column < value,
        "<=": lambda: column <= value,
        ">": lambda: column > value,
        ">=": lambda: column >= value,
        "in": lambda: column.in_(_several(value)),
        "not_in": lambda: column.not_in(_several(value)),
    }
    return comparisons[op]()


def _several(value: Given) -> tuple[Any, ...]:
    return value if isinstance(value, tuple) else (value,)


def _is(column: Column) -> Field:
    return lambda condition, _now: _compared(column, condition.op, condition.value)


def _text(column: Column) -> Field:
    return _is(func.coalesce(column, ""))


def _days_since(instant: Column) -> Field:
    """Whole days passed. The bounds are counted here: the database compares instants and knows no calendar."""

    def field(condition: Condition, now: datetime) -> ColumnElement[bool]:
        days = int(condition.value)  # type: ignore[arg-type] # `parse` let nothing else through

        def passed(count: int) -> ColumnElement[bool]:
            return instant <= now - timedelta(days=min(count, LONGEST_AGO))

        comparisons: dict[str, Callable[[], ColumnElement[bool]]] = {
            ">=": lambda: passed(days),
            ">": lambda: passed(days + 1),
            "<": lambda: not_(passed(days)),
            "<=": lambda: not_(passed(days + 1)),
            "=": lambda: and_(passed(days), not_(passed(days + 1))),
            "!=": lambda: not_(and_(passed(days), not_(passed(days + 1)))),
        }
        return func.coalesce(comparisons[condition.op](), false())

    return field


def _of_purchases(what: Column) -> Select[Any]:
    return (
        select(what)
        .where(orders.c.customer_id == customers.c.id, orders.c.status.in_(BOUGHT))
        .correlate(customers)
    )


def _orders_within(span: timedelta) -> Field:
    def field(condition: Condition, now: datetime) -> ColumnElement[bool]:
        count = _of_purchases(func.count()).where(orders.c.ordered_at > now - span).scalar_subquery()
        return _compared(count, condition.op, condition.value)

    return field


def _tag(condition: Condition, _now: datetime) -> ColumnElement[bool]:
    has = (
        exists()
        .where(customer_tags.c.customer_id == customers.c.id, customer_tags.c.tag == condition.value)
        .correlate(customers)
    )
    return has if condition.op == "has" else not_(has)


STATISTICS: dict[str, Column] = {
    "rfm.r": customer_statistics.c.r,
    "rfm.f": customer_statistics.c.f,
    "rfm.m": customer_statistics.c.m,
    "score": customer_statistics.c.score,
    "abc": customer_statistics.c.abc,
    "tier": customer_statistics.c.tier,
    "grid": customer_statistics.c.cell,
    "class": customer_statistics.c.service_class,
    "lifecycle": customer_statistics.c.lifecycle,
}

FIELDS: dict[str, Field] = {
    "orders_365d": _orders_within(A_YEAR),
    "orders_total": _is(_of_purchases(func.count()).scalar_subquery()),
    # rounded: SQLite adds up money as floats
    "spent_total": _is(
        func.round(
            _of_purchases(func.coalesce(func.sum(orders.c.amount), 0)).scalar_subquery(), 2, type_=Money
        )
    ),
    "days_since_order": _days_since(_of_purchases(func.max(orders.c.ordered_at)).scalar_subquery()),
    "name": _text(customers.c.name),
    "region.province": _text(customers.c.province),
    "region.city": _text(customers.c.city),
    "level": _text(customers.c.level),
    "points": _is(customers.c.points),
    "tags": _tag,
    "source": _text(customers.c.source),
    "source_scene": _text(customers.c.source_scene),
    "engagement": _text(customers.c.engagement),
    "followed_days": _days_since(customers.c.followed_at),
    "spoke_days": _days_since(customers.c.spoke_at),
    "wants_pushes": _is(customers.c.wants_pushes),
    "complaint_open": _is(customers.c.complaint_open),
    "bucket": _is(customers.c.bucket),
    **dict.fromkeys(STATISTICS, lambda condition, _now: _with_statistics([condition])),
}


def find(session: Session, segment_id: str) -> Segment | None:
    row = session.execute(select(segments).where(segments.c.id == segment_id)).one_or_none()
    return _segment(row) if row else None


def every(session: Session) -> list[Segment]:
    """All of them, everyone first, then by name."""
    rows = session.execute(
        select(segments).order_by(segments.c.id != EVERYONE, segments.c.name, segments.c.id)
    )
    return [_segment(row) for row in rows]


def rule_of(session: Session, segment_id: str) -> Rule | None:
    """The parsed rule; None when there is no such segment."""
    found = find(session, segment_id)
    return parse(found.rule) if found else None


def define(session: Session, segment_id: str, *, name: str, rule: dict[str, Any], now: datetime) -> None:
    """Makes the segment, or gives it this name and rule. The rule of `everyone` cannot be another than `{}`.

    Raises `BadRule`.
    """
    parse(rule)
    if segment_id == EVERYONE and rule != {}:
        raise ValueError("the segment everyone has the rule {} and no other")
    values = {"name": name, "rule": rule, "updated_at": now}
    changed = session.execute(update(segments).where(segments.c.id == segment_id).values(values)).rowcount
    if not changed:
        session.execute(insert(segments).values(id=segment_id, **values))


def keep_everyone(session: Session, now: datetime) -> None:
    """The segment everyone always exists; campaigns refer to its row."""
    if find(session, EVERYONE) is None:
        define(session, EVERYONE, name="所有人", rule={}, now=now)


def count(session: Session, rule: Rule, now: datetime) -> int:
    """How many followers are members now; those who left or were forgotten are nobody's audience."""
    follows = and_(
        customers.c.followed_at.is_not(None),
        customers.c.unfollowed_at.is_(None),
        customers.c.forgotten_at.is_(None),
    )
    statement = select(func.count()).select_from(customers).where(follows, members(rule, now))
    return session.execute(statement).scalar_one()


def _segment(row: Row[Any]) -> Segment:
    return Segment(id=row.id, name=row.name, rule=row.rule, updated_at=row.updated_at)
