"""What a planning pass decided becomes deliveries: a part of the customers at a time, each part a transaction.

In the order of the customers, whatever the campaign: so each page of the index of what they had is written once, not
once for each campaign. Two planners at once make no doubles: the unique indexes of `deliveries` decide, and who lost a
customer so says who won.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    CursorResult,
    Executable,
    FromClause,
    Select,
    Table,
    and_,
    bindparam,
    case,
    delete,
    exists,
    func,
    insert,
    literal,
    null,
    or_,
    select,
    tuple_,
    union_all,
)

from bot.rules.pushes.spread import SLOTS
from bot.rules.pushes.windows import Window
from bot.store.database import Instant, Session
from bot.store.delivery_states import LIVE
from bot.store.planning import best_hours, variants
from bot.store.planning.built import Built
from bot.store.planning.plan_entries import Agenda, Entry, OfPurpose
from bot.store.planning.plan_tables import STRETCH, Tables
from bot.store.tables import contents, customers, deliveries
from bot.store.upserts import or_insert, where_nobody_was_first
from bot.values.channels import NEXT_CONTACT, NOTICE, REPLY_WINDOW, TEMPLATE

PART = 5_000  # deliveries, or standings, a transaction: SQLite writes them in some 100 ms


def parts(session: Session, built: Built, *tables: Table) -> Iterator[tuple[int, int]]:
    """Stretches of customers, first and last, with `PART` of the tables' rows in each."""
    after = 0
    name = ("part", *(table.name for table in tables))
    while True:
        first, last = built.run(session, name, lambda: _part(tables), {"after": after}).one()
        if last is None:
            return
        yield first, last
        after = last


def _part(tables: Sequence[Table]) -> Select[Any]:
    after = bindparam("after", type_=BigInteger)
    rows = (select(table.c.customer_id).where(table.c.customer_id > after) for table in tables)
    some = union_all(*rows).order_by("customer_id").limit(PART).subquery()
    return select(func.min(some.c[0]), func.max(some.c[0]))


class Writing:
    """The deliveries of one purpose, a stretch of customers at a time.

    `entries`: those of the purpose.
    """

    def __init__(
        self, tables: Tables, built: Built, of: OfPurpose, entries: Sequence[Entry], at: datetime
    ) -> None:
        self._tables, self._built, self._of = tables, built, of
        self._entries, self._at, self._won = entries, at, tables.won[of.purpose]
        self._mine = self._won.c.customer_id.between(*STRETCH)

    def write(self, session: Session, first: int, last: int) -> None:
        stretch = {"first": first, "last": last}
        self._tables.empty(session, self._tables.hours)
        self._run(session, "hours", self._hours, stretch)
        number = where_nobody_was_first(
            session,
            lambda: self._run(session, "deliveries", lambda: self._deliveries(session), stretch),
            lambda: self._run(session, "deliveries beside", lambda: self._beside_others(session), stretch),
        ).rowcount
        if number < self._run(session, "wanted", self._wanted, stretch).scalar_one():
            _give_way(session, self._tables, self._of, self._entries, self._mine, self._at, stretch)

    def _run(
        self, session: Session, name: str, make: Callable[[], Executable], stretch: Mapping[str, int]
    ) -> CursorResult[*tuple[Any, ...]]:
        return self._built.run(session, (name, self._of.purpose), make, stretch)

    def _hours(self) -> Executable:
        window = self._of.window
        leaves = and_(self._mine, self._won.c.channel != NEXT_CONTACT)
        best = best_hours.of_picked(self._won, leaves, window, max(self._at, window.opens))
        return insert(self._tables.hours).from_select(["customer_id", "half"], select(best))

    def _beside_others(self, session: Session) -> Executable:
        found: Executable = self._deliveries(session).on_conflict_do_nothing()
        return found

    def _deliveries(self, session: Session) -> Any:
        won, hours = self._won, self._tables.hours
        values = _delivery(won, self._of, self._entries, self._at, hours)
        beside = (
            won.join(customers, customers.c.id == won.c.customer_id)
            .join(contents, contents.c.id == won.c.content_id)
            .outerjoin(hours, hours.c.customer_id == won.c.customer_id)
        )
        rows = select(*values.values()).select_from(beside).where(self._mine)
        rows = rows.order_by(won.c.customer_id, won.c.entry)
        return or_insert(session, deliveries).from_select(list(values), rows)

    def _wanted(self) -> Executable:
        return select(func.count()).select_from(self._won).where(self._mine)


def planned(session: Session, tables: Tables, agenda: Agenda) -> dict[int, int]:
    """How many were written of each entry, by its number."""
    found: dict[int, int] = {}
    for purpose in agenda.purposes:
        won = tables.won[purpose]
        counted = select(won.c.entry, func.count().label("number")).group_by(won.c.entry)
        found |= {row.entry: row.number for row in session.execute(counted)}
    return found


def _delivery(
    won: FromClause, of: OfPurpose, entries: Sequence[Entry], at: datetime, hours: FromClause
) -> dict[str, ColumnElement[Any]]:
    """The row of a delivery, column by column, beside the rows of its customer and content, and their best hour."""
    window, kept = of.window, won.c.channel == NEXT_CONTACT
    return {
        "campaign_id": _by_entry(won, {one.number: literal(one.campaign.id) for one in entries}),
        "customer_id": won.c.customer_id,
        "content_id": won.c.content_id,
        "channel": won.c.channel,
        "purpose": literal(of.purpose),
        "regular": won.c.entry.in_([one.number for one in entries if one.campaign.regular]),
        "state": literal("planned"),
        "day": literal(window.day),
        "planned_at": literal(at, Instant()),
        "due_at": case(
            (_can_wait(won, hours, window), best_hours.due_at(hours, window)),
            else_=due_at(won.c.customer_id, won.c.channel, of.slots),
        ),
        "messages": contents.c.messages,
        "variant": _by_entry(
            won, {one.number: variants.variant_of(one.campaign) for one in entries if one.campaign.variants}
        ),
        "occasion": won.c.occasion,
        "useful_until": won.c.useful_until,
        "closes_at": case((kept, null()), else_=literal(window.closes, Instant())),
    }


def _by_entry(won: FromClause, values: dict[int, ColumnElement[Any]]) -> ColumnElement[Any]:
    return case(values, value=won.c.entry, else_=None) if values else null()


def _can_wait(won: FromClause, hours: FromClause, window: Window) -> ColumnElement[bool]:
    """Until their best hour, because whatever they are reached by is there until the window closes."""
    closes = literal(window.closes, Instant())
    lasts = (customers.c.window_until, contents.c.useful_until, won.c.useful_until)
    by_window, *useful = (func.coalesce(until >= closes, until.is_(None)) for until in lasts)
    is_open = and_(by_window, customers.c.window_until.is_not(None))
    one_by_one = or_(and_(won.c.channel == REPLY_WINDOW, is_open), won.c.channel.in_((NOTICE, TEMPLATE)))
    return and_(hours.c.half.is_not(None), one_by_one, *useful)


def due_at(
    customer_id: ColumnElement[int], channel: ColumnElement[str], slots: list[datetime]
) -> ColumnElement[datetime]:
    """Within the window: a mass send at once, everybody else in a slot of their own."""
    at_once = literal(slots[0], Instant())
    own = ((customer_id % SLOTS == number, literal(slot, Instant())) for number, slot in enumerate(slots))
    return case((channel != "reply_window", at_once), *own, else_=at_once)


def _give_way(
    session: Session,
    tables: Tables,
    of: OfPurpose,
    entries: Sequence[Entry],
    which: ColumnElement[bool],
    at: datetime,
    stretch: Mapping[str, int],
) -> None:
    """Another planner was there first: what it planned stands, and decides what is said."""
    won, ours, theirs = tables.won[of.purpose], deliveries.alias("ours"), deliveries.alias("theirs")
    my_campaign = _by_entry(won, {one.number: literal(one.campaign.id) for one in entries})
    my_number = _by_entry(won, {one.number: literal(one.campaign_number) for one in entries})
    is_there = (
        exists()
        .where(ours.c.customer_id == won.c.customer_id, ours.c.campaign_id == my_campaign)
        .where(ours.c.state != "skipped", or_(_waits(ours), ours.c.day == of.window.day))
        .correlate(won)
    )
    is_lost = and_(which, ~is_there)
    for table in (tables.turns, tables.keeps, tables.mine):
        lost = select(won.c.customer_id, my_number).where(is_lost)
        theirs_no_more = tuple_(table.c.customer_id, table.c.campaign_number).in_(lost)
        session.execute(delete(table).where(theirs_no_more), stretch)
    said = select(won.c.customer_id, won.c.entry, literal("day_taken"), won.c.only_keeps).where(is_lost)
    put = insert(tables.own).from_select(["customer_id", "entry", "reason", "only_keeps"], said)
    session.execute(put, stretch)
    winners = (
        select(won.c.customer_id, tables.numbers.c.number)
        .join(theirs, theirs.c.customer_id == won.c.customer_id)
        .join(tables.numbers, tables.numbers.c.campaign_id == theirs.c.campaign_id)
        .where(is_lost, or_(_waits(theirs), _was_on(theirs, of.window)))
    )
    taken = or_insert(session, tables.turns).from_select(["customer_id", "campaign_number"], winners)
    session.execute(taken.on_conflict_do_nothing(), stretch)
    is_another_ones = is_there.where(ours.c.planned_at != literal(at, Instant()))
    session.execute(delete(won).where(or_(is_lost, and_(which, is_another_ones))), stretch)


def _waits(delivery: FromClause) -> ColumnElement[bool]:
    return and_(delivery.c.state.in_(LIVE), delivery.c.channel != NEXT_CONTACT)


def _was_on(delivery: FromClause, window: Window) -> ColumnElement[bool]:
    return and_(delivery.c.day == window.day, delivery.c.state.not_in(("skipped", "failed", "planned")))
