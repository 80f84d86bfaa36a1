"""Which category comes next for whom: learned from who wrote back, with a share of trying out; always the same for a day.

A push counts as shown once two days have passed, as answered when the customer wrote within them, as refused when they
asked for no more pushes within them. A few counts say little, so each is drawn towards what everybody does.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Float,
    FromClause,
    Interval,
    Row,
    Select,
    Table,
    and_,
    case,
    cast,
    exists,
    false,
    func,
    literal,
    literal_column,
    not_,
    select,
)

from bot.rules.pushes.rotation import ALIKE, AT_FIRST, LEAST, REFUSAL_COSTS, TRIED_OUT, salts, score
from bot.rules.pushes.variants import PRIME
from bot.store.database import Session
from bot.store.tables import (
    campaign_contents,
    category_rates,
    contents,
    counted_until,
    customer_categories,
    customers,
    deliveries,
    messages,
)
from bot.store.upserts import or_insert

ANSWERED_WITHIN = timedelta(hours=48)
AT_ONCE = timedelta(hours=1)  # of pushes counted in one transaction
FINISHED_WITHIN = timedelta(days=3)  # of when it was due: what is due leads to an index
RESPONSES = "responses"
LONG_AGO = datetime(2011, 1, 1, tzinfo=UTC)  # before there were official accounts
REACHED = ("sent", "unknown")


_mine = customer_categories.alias("mine_of_category")
_whose = customers.alias("whose")


@dataclass(frozen=True, slots=True)
class Rates:
    """What everybody does, by category; a category nobody was shown yet is as good as all together."""

    by_category: Mapping[str, float]
    overall: float

    def of(self, category: str) -> float:
        return self.by_category.get(category, self.overall)


def rates(session: Session) -> Rates:
    rows = session.execute(select(category_rates)).all()
    shown, answered = sum(row.shown for row in rows), sum(row.answered for row in rows)
    stopped = sum(row.stopped for row in rows)
    overall = score(shown, answered, stopped, AT_FIRST)
    return Rates(
        {row.category: score(row.shown, row.answered, row.stopped, overall) for row in rows}, overall
    )


@dataclass(frozen=True, slots=True)
class Rotation:
    """How a campaign's contents follow each other for each customer; with fewer than two categories as listed."""

    categories: tuple[str, ...]
    rates: Rates
    is_known: bool  # something is counted of single customers

    def order(self, category: ColumnElement[str], day: date) -> list[ColumnElement[Any]]:
        """Of rows `beside` the customer the best first. For a share of the customers, another one each day, by chance instead."""
        if len(self.categories) < 2:
            return []
        by_chance = case(
            *((category == one, _hash(_whose.c.id, day, f"try {one}")) for one in self.categories),
            else_=literal(PRIME),
        )
        is_tried_out = _hash(_whose.c.id, day, "who tries") % 1000 < int(TRIED_OUT * 1000)
        best_first = -self.expected(category)
        return [case((is_tried_out, cast(by_chance, Float())), else_=best_first)]

    def beside(
        self, pool: FromClause, category: ColumnElement[str], customer_id: ColumnElement[int]
    ) -> FromClause:
        """The pool with the customer and what is counted of them: SQLite sees no outer row in an ORDER BY."""
        if len(self.categories) < 2:
            return pool
        pool = pool.join(_whose, _whose.c.id == customer_id)
        if not self.is_known:
            return pool
        return pool.outerjoin(_mine, and_(_mine.c.customer_id == customer_id, _mine.c.category == category))

    @property
    def columns(self) -> list[ColumnElement[Any]]:
        """What a grouping has to name besides."""
        if len(self.categories) < 2:
            return []
        return [_whose.c.id, *([_mine.c.shown, _mine.c.answered, _mine.c.stopped] if self.is_known else [])]

    def expected(self, category: ColumnElement[str]) -> ColumnElement[float]:
        """`score` of `bot/rules/pushes/rotation.py`."""
        whens = [(category == one, literal(self.rates.of(one), Float())) for one in self.categories]
        overall = literal(self.rates.overall, Float())
        prior = case(*whens, else_=overall) if self.categories else overall
        if not self.is_known:
            return prior
        answered = cast(_mine.c.answered - REFUSAL_COSTS * _mine.c.stopped, Float())
        learned = (answered + ALIKE * prior) / cast(_mine.c.shown + ALIKE, Float())
        return func.coalesce(learned, prior)


def likely_answers(
    session: Session, rows: FromClause, customer_id: ColumnElement[int], category: ColumnElement[str]
) -> tuple[FromClause, ColumnElement[float]]:
    """The rows with what is counted of each customer beside them, and how likely they answer the row's category.

    What nobody was shown yet is as likely to be answered as all together; whoever it would drive away counts as nobody.
    """
    known = rates(session)
    by_response = Rotation(tuple(sorted(known.by_category)), known, is_known=True)
    beside = rows.outerjoin(_mine, and_(_mine.c.customer_id == customer_id, _mine.c.category == category))
    expected = by_response.expected(category)
    return beside, case((expected < LEAST, literal(LEAST, Float())), else_=expected)


AS_LISTED = Rotation((), Rates({}, AT_FIRST), is_known=False)


def of_campaign(session: Session, campaign: Row[Any], purpose: str) -> Rotation:
    """For its contents of one purpose; a campaign that tells a story in order is not rotated."""
    if campaign.in_order:
        return AS_LISTED
    asked = (
        select(contents.c.category)
        .join(campaign_contents, campaign_contents.c.content_id == contents.c.id)
        .where(campaign_contents.c.campaign_id == campaign.id, contents.c.purpose == purpose)
        .distinct()
        .order_by(contents.c.category)
    )
    categories = tuple(session.execute(asked).scalars())
    if len(categories) < 2:
        return AS_LISTED
    some = session.execute(select(customer_categories.c.customer_id).limit(1)).first()
    return Rotation(categories, rates(session), is_known=some is not None)


def count(session: Session, now: datetime) -> bool:
    """Counts the pushes of one more hour of which can be told what came of them; false when there are none.

    Each push once: the place reached stands in the same transaction.
    """
    since, until = _counted_until(session), now - ANSWERED_WITHIN
    begins = _next_end(session, since)
    if begins is None or begins > until:
        return False
    to = min(until, begins + AT_ONCE)
    told = _told(session, since, to).subquery("told")
    sums = (func.count(), func.sum(told.c.answered), func.sum(told.c.stopped))
    whose = (told.c.customer_id, told.c.category)
    by_customer = select(*whose, *sums).where(told.c.customer_id > 0).group_by(*whose).order_by(*whose)
    _add(session, customer_categories, ["customer_id", "category"], by_customer)
    by_category = select(told.c.category, *sums).where(told.c.customer_id > 0).group_by(told.c.category)
    _add(session, category_rates, ["category"], by_category)
    _mark(session, to)
    return True


def _counted_until(session: Session) -> datetime:
    found = select(counted_until.c.until).where(counted_until.c.what == RESPONSES)
    return session.execute(found).scalar_one_or_none() or LONG_AGO


def _next_end(session: Session, since: datetime) -> datetime | None:
    ends = and_(_is_push(), deliveries.c.due_at > since - FINISHED_WITHIN, deliveries.c.finished_at > since)
    soonest = select(deliveries.c.finished_at).where(ends).order_by(deliveries.c.due_at).limit(1)
    return session.execute(soonest).scalar()


def _is_push() -> ColumnElement[bool]:
    return and_(deliveries.c.state.in_(REACHED), deliveries.c.campaign_id.is_not(None))


def _told(session: Session, since: datetime, to: datetime) -> Select[Any]:
    """Each push that ended in the time: whose, of which category, and what followed."""
    ended, over = deliveries.c.finished_at, _later(session, deliveries.c.finished_at)
    wrote = exists().where(
        messages.c.customer_id == deliveries.c.customer_id,
        messages.c.direction == "in",
        messages.c.created_at > ended,
        messages.c.created_at <= over,
    )
    stopped = customers.c.stopped_pushes_at
    is_refused = func.coalesce(and_(stopped > ended, stopped <= over), false())
    answered = and_(wrote.correlate(deliveries), not_(is_refused))
    return (
        select(
            deliveries.c.customer_id,
            contents.c.category,
            case((answered, 1), else_=0).label("answered"),
            case((is_refused, 1), else_=0).label("stopped"),
        )
        .join(contents, contents.c.id == deliveries.c.content_id)
        .join(customers, customers.c.id == deliveries.c.customer_id)
        .where(deliveries.c.due_at > since - FINISHED_WITHIN, deliveries.c.due_at <= to)
        .where(ended > since, ended <= to, _is_push(), customers.c.forgotten_at.is_(None))
    )


def _later(session: Session, instant: ColumnElement[Any]) -> ColumnElement[Any]:
    if session.dialect.name == "sqlite":
        hours = int(ANSWERED_WITHIN.total_seconds()) // 3600
        return func.strftime("%Y-%m-%d %H:%M:%f000", instant, f"+{hours} hours")
    return instant + cast(literal(ANSWERED_WITHIN), Interval())


def _add(session: Session, table: Table, key: list[str], told: Select[Any]) -> None:
    added = or_insert(session, table).from_select([*key, "shown", "answered", "stopped"], told)
    sums = {name: table.c[name] + added.excluded[name] for name in ("shown", "answered", "stopped")}
    session.execute(added.on_conflict_do_update(index_elements=key, set_=sums))


def _mark(session: Session, until: datetime) -> None:
    row = {"what": RESPONSES, "until": until}
    marked = or_insert(session, counted_until).values(row)
    session.execute(marked.on_conflict_do_update(index_elements=["what"], set_={"until": until}))


def _hash(customer_id: ColumnElement[int], day: date, what: str) -> ColumnElement[int]:
    """`chance` of `bot/rules/pushes/rotation.py`; a test holds the two together."""
    factor, shift, prime = (_number(one) for one in (*salts(day, what), PRIME))
    return (cast(customer_id, BigInteger) % prime * factor + shift) % prime


def _number(value: int) -> ColumnElement[int]:
    """Into the statement itself: SQLite computes with it faster than with a parameter."""
    return literal_column(str(value), BigInteger())
