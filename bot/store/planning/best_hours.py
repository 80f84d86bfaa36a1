"""When customers write, counted day by day, and from that the half hour in which each is best reached.

A night's work is the day before: its messages are counted once, and only who wrote then is judged anew.
`rules/pushes/best_hour.py` says the arithmetic; `judge` is the same in SQL, for everybody at once.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    FromClause,
    Integer,
    Select,
    Subquery,
    and_,
    case,
    cast,
    delete,
    exists,
    extract,
    func,
    insert,
    literal,
    null,
    or_,
    select,
    union_all,
    update,
)

from bot.rules.pushes.best_hour import CROWD_WEIGHS, HALF, MOST_KEPT, NEEDED, PRESENT, Span, begins, span_of
from bot.rules.pushes.windows import Window
from bot.store.database import Instant, Session
from bot.store.tables import best_hours, counted_days, messages, spoken_hours
from bot.store.upserts import or_insert

LAST_HALF = 47
AT_MOST_TIMES = 2  # the even share of a half hour: more would bring the load and the replies at once
FEW = 10  # who make no crowd
STEPS, A_STEP = 4, timedelta(minutes=5)  # the last begins a quarter of an hour before the half hour is over

_hour, _best = spoken_hours.c, best_hours.c


@dataclass(frozen=True, slots=True)
class Day:
    """A day of the shop's time zone that is over."""

    day: date
    works: bool
    begins: datetime
    ends: datetime


def uncounted(session: Session, first: date, last: date, zone: tzinfo) -> list[date]:
    """The days from `first`, or that of the first message, to `last` that were never counted, in order."""
    oldest = session.execute(select(func.min(messages.c.created_at))).scalar()
    if oldest is None:
        return []
    first = max(first, oldest.astimezone(zone).date())
    known = select(counted_days.c.day).where(counted_days.c.day.between(first, last))
    counted = set(session.execute(known).scalars())
    days = [first + timedelta(days=number) for number in range((last - first).days + 1)]
    return [day for day in days if day not in counted]


def count(session: Session, day: Day) -> int | None:
    """Adds the day's messages to the habits of who wrote them; None when another was faster."""
    made = or_insert(session, counted_days).values(day=day.day, messages=0).on_conflict_do_nothing()
    if session.execute(made, execution_options={"preserve_rowcount": True}).rowcount == 0:
        return None
    half = _half_of(session, day)
    theirs = (
        select(messages.c.customer_id, literal(day.works), half, _at_most(func.count(), MOST_KEPT))
        .where(_written(day))
        .group_by(messages.c.customer_id, half)
    )
    adding = or_insert(session, spoken_hours).from_select(
        ["customer_id", "works", "half", "messages"], theirs
    )
    session.execute(
        adding.on_conflict_do_update(
            index_elements=[_hour.customer_id, _hour.works, _hour.half],
            set_={"messages": _hour.messages + adding.excluded.messages},
        )
    )
    _halve(session, day)
    number = session.execute(select(func.count()).select_from(messages).where(_written(day))).scalar_one()
    session.execute(update(counted_days).where(counted_days.c.day == day.day).values(messages=number))
    return number


def judge(session: Session, span: Span, wrote: Iterable[Day]) -> None:
    """The best half hour in windows of these hours, of those who wrote on the days; of all when it has none yet."""
    of_span = _of(span)
    is_new = session.execute(select(_best.customer_id).where(of_span).limit(1)).first() is None
    days = [_written(day) for day in wrote if day.works == span.works]
    if not is_new and not days:
        return
    who = _hour.works == span.works
    if not is_new:
        wrote_then = select(messages.c.customer_id).where(or_(*days))
        who = and_(who, _hour.customer_id.in_(wrote_then))
        session.execute(delete(best_hours).where(of_span, _best.customer_id.in_(wrote_then)))
    columns = ["works", "opens", "closes", "customer_id", "half", "messages", "permille"]
    session.execute(insert(best_hours).from_select(columns, _best_of(span, who)))


def of_picked(picked: FromClause, which: ColumnElement[bool], window: Window, first: datetime) -> Subquery:
    """The half hours still to come of those `picked`, the surest first; a half hour takes no more than its share."""
    halves = [half for half in span_of(window).halves if begins(half, window) >= first]
    surest = (_best.permille.desc(), _best.customer_id)
    numbered = (
        select(
            _best.customer_id,
            _best.half,
            func.row_number().over(partition_by=_best.half, order_by=surest).label("place"),
            func.count().over().label("everybody"),
        )
        .join(picked, picked.c.customer_id == _best.customer_id)
        .where(_of(span_of(window)), _best.half.in_(halves), which)
        .subquery()
    )
    has_room = numbered.c.place * len(halves) <= AT_MOST_TIMES * numbered.c.everybody
    fits = or_(has_room, numbered.c.place <= FEW)
    return select(numbered.c.customer_id, numbered.c.half).where(fits).subquery()


def due_at(hours: FromClause, window: Window) -> ColumnElement[datetime]:
    """Within the half hour, not all at its first minute; null for who has none. `hours`: from `of_picked`."""
    instants = {
        half * STEPS + step: literal(begins(half, window) + step * A_STEP, Instant())
        for half in span_of(window).halves
        for step in range(STEPS)
    }
    if not instants:
        return cast(null(), Instant())
    return case(instants, value=hours.c.half * STEPS + hours.c.customer_id % STEPS, else_=null())


def drop_others(session: Session, spans: Iterable[Span]) -> None:
    """Windows that have other hours now."""
    session.execute(delete(best_hours).where(~or_(*(_of(span) for span in spans))))


def _best_of(span: Span, who: ColumnElement[bool]) -> Select[Any]:
    """Columns as `best_hours` has them. A half hour in which they never wrote can be the best only as the crowd's."""
    halves = and_(_hour.works == span.works, _hour.half.between(span.halves.start, span.halves.stop - 1))
    crowd = select(_hour.half, _sum(_hour.messages)).where(halves).group_by(_hour.half).cte("crowd")
    top = select(crowd.c.half).order_by(crowd.c.messages.desc(), crowd.c.half).limit(1).scalar_subquery()
    all_in = select(_sum(crowd.c.messages)).scalar_subquery()
    known = (
        select(_hour.customer_id, _sum(_hour.messages))
        .where(who, halves)
        .group_by(_hour.customer_id)
        .having(func.sum(_hour.messages) >= NEEDED)
        .cte("known")
    )
    at_the_top = exists().where(
        _hour.customer_id == known.c.customer_id, _hour.works == span.works, _hour.half == top
    )
    theirs = select(known, _hour.half, _hour.messages.label("own")).join(
        spoken_hours, and_(_hour.customer_id == known.c.customer_id, halves)
    )
    unwritten = select(known, top.label("half"), literal(0)).where(~at_the_top)
    own = union_all(theirs, unwritten).subquery()
    score = own.c.own * all_in + CROWD_WEIGHS * crowd.c.messages
    place = func.row_number().over(partition_by=own.c.customer_id, order_by=(score.desc(), own.c.half))
    permille = 1000 * score // ((own.c.messages + CROWD_WEIGHS) * all_in)
    ranked = (
        select(
            own.c.customer_id, own.c.half, own.c.messages, permille.label("permille"), place.label("place")
        )
        .join(crowd, crowd.c.half == own.c.half)
        .subquery()
    )
    window = (literal(span.works), literal(span.opens), literal(span.closes))
    wanted = (ranked.c.customer_id, ranked.c.half, ranked.c.messages, cast(ranked.c.permille, Integer))
    return select(*window, *wanted).where(ranked.c.place == 1)


def _halve(session: Session, day: Day) -> None:
    """Of who has many, so that what they do now weighs more than what they did."""
    wrote = select(messages.c.customer_id).where(_written(day))
    full = (
        select(_hour.customer_id)
        .where(_hour.works == day.works, _hour.customer_id.in_(wrote))
        .group_by(_hour.customer_id)
        .having(func.sum(_hour.messages) > MOST_KEPT)
    )
    halved = update(spoken_hours).where(_hour.works == day.works, _hour.customer_id.in_(full))
    session.execute(halved.values(messages=(_hour.messages + 1) // 2))


def _written(day: Day) -> ColumnElement[bool]:
    return and_(
        messages.c.created_at >= day.begins,
        messages.c.created_at < day.ends,
        messages.c.direction == "in",
        messages.c.kind.in_(PRESENT),
        messages.c.customer_id.is_not(None),
    )


def _half_of(session: Session, day: Day) -> ColumnElement[int]:
    """0 to 47; on a day of 25 hours the last is longer."""
    at = messages.c.created_at
    epoch = func.strftime("%s", at) if session.dialect.name == "sqlite" else func.floor(extract("epoch", at))
    since = cast(epoch, BigInteger) - int(day.begins.timestamp())
    return _at_most(since // (HALF * 60), LAST_HALF)


def _at_most(value: ColumnElement[int], most: int) -> ColumnElement[int]:
    return case((value > most, most), else_=value)


def _sum(of: ColumnElement[int]) -> ColumnElement[int]:
    return cast(func.sum(of), BigInteger).label("messages")


def _of(span: Span) -> ColumnElement[bool]:
    return and_(_best.works == span.works, _best.opens == span.opens, _best.closes == span.closes)
