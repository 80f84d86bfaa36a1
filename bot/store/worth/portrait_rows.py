"""Customers as rows of traits for the portrait: a stretch of ids at a time, each attribute banded by the database."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo
from typing import Any, TypeAlias

from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    Integer,
    String,
    and_,
    case,
    cast,
    column,
    distinct,
    extract,
    false,
    func,
    literal_column,
    null,
    select,
    values,
)

from bot.rules.worth import pareto
from bot.store.database import Session
from bot.store.segments import segments
from bot.store.shop.purchases import BOUGHT
from bot.store.tables import (
    customer_statistics,
    customer_tags,
    customers,
    facts,
    order_lines,
    orders,
    products,
)
from bot.store.worth.portrait_vocabulary import OWN, Vocabulary
from bot.values.portrait import Definition, InSegment, Stretch, Top
from bot.values.rule import Rule

NO_SCENE = "-"
Found: TypeAlias = dict[int, tuple[Any, ...]]

# who came another way has no scene, which is known of them, and not the same as nothing
_SCENE = case(
    (customers.c.source_scene != "", customers.c.source_scene),
    (customers.c.followed_at.is_not(None), NO_SCENE),
    else_=null(),
)
_DECADES = ((20, "under_20"), (30, "20s"), (40, "30s"), (50, "40s"), (60, "50s"), (110, "60_plus"))
_PARTS_OF_THE_DAY = (("morning", 6, 11), ("noon", 11, 14), ("afternoon", 14, 18), ("evening", 18, 22))
_GAPS = ((14, "fortnight"), (31, "month"), (92, "quarter"))
_SILENCES = ((30, "month"), (90, "quarter"), (365, "year"))


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a reading of the rows leans on."""

    vocabulary: Vocabulary
    is_best: ColumnElement[bool]
    now: datetime
    zone: tzinfo


def is_best(
    session: Session, definition: Definition, rule: Rule | None, now: datetime
) -> ColumnElement[bool]:
    """True on the row of each of the best; `rule` is that of the segment. Who ties with the last one belongs."""
    match definition:
        case InSegment():
            return segments.members(rule, now) if rule is not None else false()
        case Top(percent, by):
            worth, bought = customer_statistics.c[by], customer_statistics.c.orders > 0
            count = select(func.count()).select_from(customer_statistics).where(bought, worth.is_not(None))
            buyers = session.execute(count).scalar_one()
            if not buyers:
                return false()
            last = (
                select(worth)
                .where(bought, worth.is_not(None))
                .order_by(worth.desc())
                .offset(pareto.last_of_top(percent, buyers))
                .limit(1)
            )
            return and_(bought, worth >= session.execute(last).scalar_one())


def read(session: Session, wanted: Wanted, first: int, last: int) -> Stretch:
    """The customers with figures among these ids, by id."""
    row = customer_statistics.c
    own, banded = OWN | {"scene": _SCENE}, _bands(session, wanted)
    statement = (
        select(
            row.customer_id, case((wanted.is_best, 1), else_=0), row.orders, *own.values(), *banded.values()
        )
        .select_from(customer_statistics.join(customers, customers.c.id == row.customer_id))
        .where(row.customer_id.between(first, last), customers.c.forgotten_at.is_(None))
        .order_by(row.customer_id)
    )
    people = session.execute(statement).all()
    columns = list(zip(*people, strict=True)) or [()] * (3 + len(own) + len(banded))
    ids, best, ordered = columns[:3]
    values_of: dict[str, Sequence[str | None]] = dict(zip((*own, *banded), columns[3:], strict=True))
    when = _when(session, wanted, first, last)
    values_of["daypart"] = [when.get(id_, (None, None))[0] for id_ in ids]
    values_of["weekday"] = [when.get(id_, (None, None))[1] for id_ in ids]
    known = _facts(session, wanted.vocabulary, first, last)
    values_of |= {name: [known[name].get(id_) for id_ in ids] for name in known if name != "age"}
    values_of["age"] = [age or known["age"].get(id_) for id_, age in zip(ids, values_of["age"], strict=True)]
    lines = _bought(session, wanted.vocabulary["bought"], first, last)
    tags = _tags(session, wanted.vocabulary["tag"], first, last)
    return Stretch(
        ids=ids,
        is_best=best,
        orders=ordered,
        values=values_of,
        sets={
            "bought": [lines.get(id_, (0, 0))[0] for id_ in ids],
            "began_with": [lines.get(id_, (0, 0))[1] for id_ in ids],
            "tag": [tags.get(id_, (0,))[0] for id_ in ids],
        },
    )


def _bands(session: Session, wanted: Wanted) -> dict[str, ColumnElement[Any]]:
    row, now = customer_statistics.c, wanted.now
    gap = (_seconds(session, row.last_order_at) - _seconds(session, row.first_order_at)) / (row.orders - 1)
    spoke = [(row.spoke_at > now - timedelta(days=days), name) for days, name in _SILENCES]
    return {
        "age": _age(now.astimezone(wanted.zone).date()),
        "coupons": case(
            (row.orders == 0, null()),
            (row.coupon_orders == 0, "never"),
            (row.coupon_orders * 2 <= row.orders, "sometimes"),
            else_="mostly",
        ),
        "rhythm": case(
            (row.orders < 2, null()), *((gap < days * 86_400, name) for days, name in _GAPS), else_="rarer"
        ),
        "returns": case((row.orders == 0, null()), (row.returns == 0, "none"), else_="some"),
        "rating": case(
            (row.reviews == 0, null()),
            (row.rating_sum * 2 >= row.reviews * 9, "high"),
            (row.rating_sum * 2 >= row.reviews * 7, "fair"),
            else_="low",
        ),
        "spoke": case((row.spoke_at.is_(None), "never"), *spoke, else_="longer"),
    }


def _age(today: date) -> ColumnElement[Any]:
    """Whole years; a birthday in the future or of a hundred and ten years ago is a slip of the pen."""
    born = customers.c.birthday
    years = [(born > _years_before(today, below), name) for below, name in _DECADES]
    return case((born.is_(None), null()), (born > today, null()), *years, else_=null())


def _years_before(today: date, years: int) -> date:
    return today.replace(
        year=today.year - years, day=28 if (today.month, today.day) == (2, 29) else today.day
    )


def _seconds(session: Session, instant: Column[Any]) -> ColumnElement[int]:
    if session.dialect.name == "sqlite":
        return cast(func.strftime("%s", instant), BigInteger)
    return cast(extract("epoch", instant), BigInteger)


def _local(session: Session, wanted: Wanted) -> tuple[ColumnElement[int], ColumnElement[int]]:
    """Hour and day of the week (0 is Sunday) of an order, in the shop's zone as its clocks stand today."""
    offset = wanted.now.astimezone(wanted.zone).utcoffset() or timedelta(0)
    minutes = int(offset.total_seconds() // 60)
    at = orders.c.ordered_at
    if session.dialect.name == "sqlite":
        part: Callable[[str], ColumnElement[int]] = lambda form: cast(  # noqa: E731
            func.strftime(form, at, f"{minutes:+d} minutes"), Integer
        )
        return part("%H"), part("%w")
    local = at.op("+")(literal_column(f"interval '{minutes} minutes'"))
    return extract("hour", local), extract("dow", local)


def _when(session: Session, wanted: Wanted, first: int, last: int) -> Found:
    """Where more than half of the orders of a customer fall; nowhere when they are spread."""
    hour, day = _local(session, wanted)
    bought = (
        select(orders.c.customer_id, hour.label("hour"), case((day.in_((0, 6)), 1), else_=0).label("weekend"))
        .where(orders.c.customer_id.between(first, last), orders.c.status.in_(BOUGHT))
        .subquery()
    )
    total, at = func.count(), bought.c.hour
    within = {name: and_(at >= begin, at < end) for name, begin, end in _PARTS_OF_THE_DAY}
    within["night"] = (at >= _PARTS_OF_THE_DAY[-1][2]) | (at < _PARTS_OF_THE_DAY[0][1])
    mostly = [(_times(condition) * 2 > total, name) for name, condition in within.items()]
    weekends = func.sum(bought.c.weekend)
    statement = select(
        bought.c.customer_id,
        case(*mostly, else_=null()),
        case((weekends * 2 > total, "weekends"), (weekends * 2 < total, "working_days"), else_=null()),
    ).group_by(bought.c.customer_id)
    return _by_customer(session, statement)


def _times(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.sum(case((condition, 1), else_=0))


def _facts(session: Session, known: Vocabulary, first: int, last: int) -> dict[str, dict[int, str]]:
    """The facts that are believed, by attribute and customer."""
    names = ("age", *(name for name in known if name.startswith("facts.")))
    found: dict[str, dict[int, str]] = {name: {} for name in names}
    kinds = [name.removeprefix("facts.") for name in found if name != "age"]
    statement = select(facts.c.customer_id, facts.c.attribute, facts.c.value).where(
        facts.c.customer_id.between(first, last), facts.c.holds, facts.c.attribute.in_([*kinds, "age_band"])
    )
    for customer_id, attribute, value in session.execute(statement):
        found["age" if attribute == "age_band" else f"facts.{attribute}"][customer_id] = value
    return found


def _bought(session: Session, categories: Sequence[str], first: int, last: int) -> Found:
    """Two numbers a customer: the categories they ever bought from, and those of their first order."""
    if not categories:
        return {}
    bits = _bits(categories)
    row = customer_statistics.c
    began = case((orders.c.ordered_at == row.first_order_at, bits.c.bit), else_=0)
    statement = (
        select(
            orders.c.customer_id,
            cast(func.sum(distinct(bits.c.bit)), BigInteger),
            cast(func.sum(distinct(began)), BigInteger),
        )
        .select_from(
            orders.join(customer_statistics, row.customer_id == orders.c.customer_id)
            .join(order_lines, order_lines.c.order_id == orders.c.id)
            .join(products, products.c.id == order_lines.c.product_id)
            .join(bits, bits.c.value == products.c.category)
        )
        .where(orders.c.customer_id.between(first, last), orders.c.status.in_(BOUGHT))
        .group_by(orders.c.customer_id)
    )
    return _by_customer(session, statement)


def _tags(session: Session, known: Sequence[str], first: int, last: int) -> Found:
    if not known:
        return {}
    bits = _bits(known)
    statement = (
        select(customer_tags.c.customer_id, cast(func.sum(bits.c.bit), BigInteger))
        .join_from(customer_tags, bits, bits.c.value == customer_tags.c.tag)
        .where(customer_tags.c.customer_id.between(first, last))
        .group_by(customer_tags.c.customer_id)
    )
    return _by_customer(session, statement)


def _bits(words: Sequence[str]) -> Any:
    """A small table: the n-th word and the number that has only bit n."""
    listed = values(column("value", String), column("bit", BigInteger), name="listed")
    return listed.data([(word, 1 << place) for place, word in enumerate(words)]).cte("bits")


def _by_customer(session: Session, statement: Any) -> Found:
    return {found[0]: tuple(found[1:]) for found in session.execute(statement)}
