"""One campaign of a planning pass: its candidates among the free, each with their next content, become deliveries.

Who is free is known (`judging.py`); here each of them gets the content that comes next, its channel and what stands
against it. Deliveries are written a part at a time, each part a transaction; two planners at once make no doubles:
the unique indexes of `deliveries` decide, and who lost a customer so says who won.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    FromClause,
    and_,
    case,
    delete,
    exists,
    func,
    insert,
    literal,
    null,
    or_,
    select,
    update,
)

from bot.rules.pushes.spread import SLOTS
from bot.rules.pushes.windows import Window
from bot.store.database import Instant, Session
from bot.store.planning import best_hours, occasions, rotation, variants
from bot.store.planning.candidates import LIVE, judged_rows
from bot.store.planning.eligibility import (
    NEXT_CONTACT,
    NOTICE,
    REPLY_WINDOW,
    TEMPLATE,
    Candidate,
    objection_to_content,
)
from bot.store.planning.judging import KEEPS_CODE, is_of_audience
from bot.store.planning.plan_entries import Entry
from bot.store.planning.plan_tables import Tables, code_of
from bot.store.tables import contents, customers, deliveries
from bot.store.upserts import or_insert

PART = 5_000  # deliveries, or standings, a transaction: SQLite writes them in some 100 ms


def pick(session: Session, tables: Tables, entry: Entry) -> None:
    """Every candidate of the campaign, with what they would get, by which channel, and what stands against it."""
    free, mine, picked = tables.free, tables.mine, tables.picked
    number = literal(entry.campaign_number)
    code = code_of(free, entry.purpose, entry.kind)
    candidate = replace(entry.candidate, kept=_kept_by(tables))
    has_more = exists().where(mine.c.customer_id == free.c.customer_id, mine.c.campaign_number == number)
    by_response = rotation.of_campaign(session, entry.campaign, entry.purpose)
    rows_of = judged_rows(
        entry.campaign, entry.purpose, entry.of.moment, entry.occasion, rotation=by_response
    )
    beside = rows_of.join(free, free.c.customer_id == customers.c.id)
    rows = (
        select(
            free.c.customer_id,
            contents.c.id,
            candidate.channel,
            _objection(candidate, entry),
            code.is_not(None),
            *_of_occasion(entry),
        )
        .select_from(beside)
        .where(or_(code.is_(None), and_(code == KEEPS_CODE, free.c.kept.is_(None))))
        .where(*is_of_audience(free, entry), ~has_more)
    )
    session.execute(delete(picked))
    names = ["customer_id", "content_id", "channel", "reason", "only_keeps", "occasion", "useful_until"]
    session.execute(insert(picked).from_select(names, rows))
    tables.analyse(session, picked)


def _objection(candidate: Candidate, entry: Entry) -> ColumnElement[Any]:
    said = objection_to_content(candidate, entry.of.moment)
    return said if entry.occasion is None else case((entry.occasion.c.had, "occasion_had"), else_=said)


def _of_occasion(entry: Entry) -> tuple[ColumnElement[Any], ColumnElement[Any]]:
    """Which one, and until when its content is of use."""
    if entry.occasion is None:
        return null(), null()
    return entry.occasion.c.occasion, occasions.useful_until(entry.occasion, contents)


def _kept_by(tables: Tables) -> ColumnElement[Any]:
    numbers = tables.numbers
    return (
        select(numbers.c.campaign_id)
        .where(numbers.c.number == tables.free.c.kept)
        .correlate(tables.free)
        .scalar_subquery()
    )


def parts(session: Session, table: Any, *which: ColumnElement[bool]) -> Iterator[tuple[int, int]]:
    """Stretches of customers, first and last, with `PART` of the rows in each."""
    after = 0
    while True:
        some = (
            select(table.c.customer_id)
            .where(table.c.customer_id > after, *which)
            .order_by(table.c.customer_id)
            .limit(PART)
            .subquery()
        )
        first, last = session.execute(select(func.min(some.c[0]), func.max(some.c[0]))).one()
        if last is None:
            return
        yield first, last
        after = last


def write(session: Session, tables: Tables, entry: Entry, at: datetime, first: int, last: int) -> int:
    """The deliveries of those picked in a stretch of customers; how many are new."""
    picked = tables.picked
    mine = and_(picked.c.customer_id.between(first, last), picked.c.reason.is_(None))
    window = entry.of.window
    hours = best_hours.of_picked(picked, mine, window, max(at, window.opens))
    values = _delivery(tables, entry, at, hours)
    beside = (
        picked.join(customers, customers.c.id == picked.c.customer_id)
        .join(contents, contents.c.id == picked.c.content_id)
        .outerjoin(hours, hours.c.customer_id == picked.c.customer_id)
    )
    rows = select(*values.values()).select_from(beside).where(mine).order_by(picked.c.customer_id)
    planned = or_insert(session, deliveries).from_select(list(values), rows).on_conflict_do_nothing()
    number = session.execute(planned, execution_options={"preserve_rowcount": True}).rowcount
    wanted = session.execute(select(func.count()).select_from(picked).where(mine)).scalar_one()
    if number < wanted:
        _give_way(session, tables, entry, mine)
    waits = select(picked.c.customer_id).where(mine, picked.c.channel == NEXT_CONTACT)
    session.execute(
        update(customers).where(customers.c.id.in_(waits), ~customers.c.has_kept).values(has_kept=True)
    )
    return number


def _delivery(tables: Tables, entry: Entry, at: datetime, hours: FromClause) -> dict[str, ColumnElement[Any]]:
    """The row of a delivery, column by column, beside the rows of its customer and content, and their best hour."""
    picked, campaign, window = tables.picked, entry.campaign, entry.of.window
    kept = picked.c.channel == NEXT_CONTACT
    return {
        "campaign_id": literal(campaign.id),
        "customer_id": picked.c.customer_id,
        "content_id": picked.c.content_id,
        "channel": picked.c.channel,
        "purpose": literal(entry.purpose),
        "regular": literal(campaign.regular),
        "state": literal("planned"),
        "day": literal(window.day),
        "planned_at": literal(at, Instant()),
        "due_at": case(
            (_can_wait(picked, hours, window), best_hours.due_at(hours, window)),
            else_=due_at(picked.c.customer_id, picked.c.channel, entry.of.slots),
        ),
        "messages": contents.c.messages,
        "variant": variants.variant_of(campaign),
        "occasion": picked.c.occasion,
        "useful_until": picked.c.useful_until,
        "closes_at": case((kept, null()), else_=literal(window.closes, Instant())),
    }


def _can_wait(picked: FromClause, hours: FromClause, window: Window) -> ColumnElement[bool]:
    """Until their best hour, because whatever they are reached by is there until the window closes."""
    closes = literal(window.closes, Instant())
    lasts = (customers.c.window_until, contents.c.useful_until, picked.c.useful_until)
    by_window, *useful = (func.coalesce(until >= closes, until.is_(None)) for until in lasts)
    is_open = and_(by_window, customers.c.window_until.is_not(None))
    one_by_one = or_(
        and_(picked.c.channel == REPLY_WINDOW, is_open), picked.c.channel.in_((NOTICE, TEMPLATE))
    )
    return and_(hours.c.half.is_not(None), one_by_one, *useful)


def due_at(
    customer_id: ColumnElement[int], channel: ColumnElement[str], slots: list[datetime]
) -> ColumnElement[datetime]:
    """Within the window: a mass send at once, everybody else in a slot of their own."""
    at_once = literal(slots[0], Instant())
    own = ((customer_id % SLOTS == number, literal(slot, Instant())) for number, slot in enumerate(slots))
    return case((channel != "reply_window", at_once), *own, else_=at_once)


def _give_way(session: Session, tables: Tables, entry: Entry, which: ColumnElement[bool]) -> None:
    """Another planner was there first: what it planned stands, and decides what is said."""
    picked, ours, theirs = tables.picked, deliveries.alias("ours"), deliveries.alias("theirs")
    is_ours = (
        exists()
        .where(ours.c.customer_id == picked.c.customer_id, ours.c.campaign_id == entry.campaign.id)
        .where(ours.c.state != "skipped", or_(_waits(ours), ours.c.day == entry.of.window.day))
        .correlate(picked)
    )
    won = (
        select(picked.c.customer_id, tables.numbers.c.number)
        .join(theirs, theirs.c.customer_id == picked.c.customer_id)
        .join(tables.numbers, tables.numbers.c.campaign_id == theirs.c.campaign_id)
        .where(which, _waits(theirs), ~is_ours)
    )
    taken = or_insert(session, tables.turns).from_select(["customer_id", "campaign_number"], won)
    session.execute(taken.on_conflict_do_nothing())
    session.execute(update(picked).where(which, ~is_ours).values(reason="day_taken"))


def _waits(delivery: FromClause) -> ColumnElement[bool]:
    return and_(delivery.c.state.in_(LIVE), delivery.c.channel != NEXT_CONTACT)


def settle(session: Session, tables: Tables, entry: Entry, others: Sequence[int]) -> None:
    """Who was won is free no more; what was said against the others is noted.

    `others`: entries of the campaign's other purposes, which have nothing to say of those it keeps something for.
    """
    picked, free = tables.picked, tables.free
    number = literal(entry.campaign_number)
    is_won, keeps = picked.c.reason.is_(None), picked.c.channel == NEXT_CONTACT
    for table, which in ((tables.turns, and_(is_won, ~keeps)), (tables.keeps, and_(is_won, keeps))):
        rows = select(picked.c.customer_id, number).where(which).order_by(picked.c.customer_id)
        put = or_insert(session, table).from_select(["customer_id", "campaign_number"], rows)
        session.execute(put.on_conflict_do_nothing())
    won = select(picked.c.customer_id).where(is_won, ~keeps)
    session.execute(delete(free).where(free.c.customer_id.in_(won)))
    kept = select(picked.c.customer_id).where(is_won, keeps)
    session.execute(update(free).where(free.c.customer_id.in_(kept)).values(kept=number))
    also = select(picked.c.customer_id, number, literal("kept")).where(is_won, keeps)
    if not others:
        also = also.where(~picked.c.only_keeps)
    put = or_insert(session, tables.mine).from_select(["customer_id", "campaign_number", "said"], also)
    session.execute(put.on_conflict_do_nothing())
    if others:
        before = and_(tables.own.c.entry.in_(others), tables.own.c.customer_id.in_(kept))
        session.execute(delete(tables.own).where(before))
    said = select(picked.c.customer_id, literal(entry.number), picked.c.reason, picked.c.only_keeps)
    session.execute(
        insert(tables.own).from_select(
            ["customer_id", "entry", "reason", "only_keeps"], said.where(picked.c.reason.is_not(None))
        )
    )
