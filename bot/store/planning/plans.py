"""One campaign of a planning pass: its candidates among the free, each with their next content.

Who is free is known (`judging.py`); here each of them gets the content that comes next, its channel and what stands
against it. What was decided for all campaigns is written afterwards: `plan_deliveries.py`.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Executable,
    Insert,
    Select,
    Table,
    and_,
    case,
    delete,
    exists,
    insert,
    literal,
    null,
    or_,
    select,
    update,
)

from bot.store.database import Session
from bot.store.planning import occasions, rotation
from bot.store.planning.built import Built
from bot.store.planning.eligibility import objection_to_content
from bot.store.planning.judging import KEEPS_CODE, is_of_audience
from bot.store.planning.next_contents import judged_rows
from bot.store.planning.operands import NONE, Candidate
from bot.store.planning.plan_entries import Entry
from bot.store.planning.plan_tables import Tables, code_of
from bot.store.tables import contents, customers
from bot.store.upserts import or_insert
from bot.values.channels import NEXT_CONTACT


def has_any(session: Session, tables: Tables, built: Built, entry: Entry) -> bool:
    """Whether the campaign has a candidate at all."""

    def found() -> Select[Any]:
        return select(tables.free.c.customer_id).where(*_may_get(tables.free, entry)).limit(1)

    return built.run(session, ("has any", entry.number), found).first() is not None


def _may_get(free: Any, entry: Entry) -> list[ColumnElement[bool]]:
    code = code_of(free, entry.purpose, entry.kind)
    is_open = or_(code.is_(None), and_(code == KEEPS_CODE, free.c.kept.is_(None)))
    return [is_open, *is_of_audience(free, entry)]


def pick(session: Session, tables: Tables, built: Built, entry: Entry) -> None:
    """Every candidate of the campaign, with what they would get, by which channel, and what stands against it."""
    tables.empty(session, tables.picked)
    built.run(session, ("pick", entry.number), lambda: _picked(session, tables, entry))
    tables.analyse(session, tables.picked)


def _picked(session: Session, tables: Tables, entry: Entry) -> Insert:
    free, mine = tables.free, tables.mine
    number = literal(entry.campaign_number)
    code = code_of(free, entry.purpose, entry.kind)
    candidate = replace(entry.candidate, kept=_kept_by(tables), awaited=_awaited_by(tables, entry))
    has_more = exists().where(mine.c.customer_id == free.c.customer_id, mine.c.campaign_number == number)
    by_response = rotation.of_campaign(session, entry.campaign, entry.purpose)
    rows_of = judged_rows(
        entry.campaign,
        entry.purpose,
        entry.of.moment,
        entry.occasion,
        rotation=by_response,
        taken=tables.won[entry.purpose],
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
        .where(*_may_get(free, entry), ~has_more)
    )
    names = ["customer_id", "content_id", "channel", "reason", "only_keeps", "occasion", "useful_until"]
    return insert(tables.picked).from_select(names, rows)


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


def _awaited_by(tables: Tables, entry: Entry) -> ColumnElement[Any]:
    """Of those that keep them from this one, the most important."""
    if not entry.later:
        return NONE
    awaited, numbers = tables.awaited, tables.numbers
    names = [one.campaign_id for one in entry.later]
    return (
        select(numbers.c.campaign_id)
        .join(awaited, awaited.c.campaign_number == numbers.c.number)
        .where(awaited.c.customer_id == tables.free.c.customer_id, numbers.c.campaign_id.in_(names))
        .order_by(case({name: place for place, name in enumerate(names)}, value=numbers.c.campaign_id))
        .limit(1)
        .correlate(tables.free)
        .scalar_subquery()
    )


def settle(session: Session, tables: Tables, built: Built, entry: Entry, others: Sequence[int]) -> None:
    """Who was won is to be written, and free no more; what was said against the others is noted.

    `others`: entries of the campaign's other purposes, which have nothing to say of those it keeps something for.
    """
    for place, make in enumerate(_settling(session, tables, entry, others)):
        built.run(session, ("settle", entry.number, place), make)


def _settling(
    session: Session, tables: Tables, entry: Entry, others: Sequence[int]
) -> Iterator[Callable[[], Executable]]:
    """The statements, one after the other."""
    picked, free, won_rows = tables.picked, tables.free, tables.won[entry.purpose]
    number = literal(entry.campaign_number)
    is_won, keeps = picked.c.reason.is_(None), picked.c.channel == NEXT_CONTACT
    wins, is_kept = and_(is_won, ~keeps), and_(is_won, keeps)

    def gets() -> Executable:
        what = [column.name for column in picked.c if column.name in won_rows.c]
        rows = select(literal(entry.number), *(picked.c[name] for name in what)).where(is_won)
        return insert(won_rows).from_select(["entry", *what], rows)

    def is_first(table: Table, which: ColumnElement[bool]) -> Executable:
        rows = select(picked.c.customer_id, number).where(which).order_by(picked.c.customer_id)
        put = or_insert(session, table).from_select(["customer_id", "campaign_number"], rows)
        found: Executable = put.on_conflict_do_nothing()
        return found

    def those(which: ColumnElement[bool]) -> Select[Any]:
        return select(picked.c.customer_id).where(which)

    def also() -> Executable:
        rows = select(picked.c.customer_id, number, literal("kept")).where(is_kept)
        if not others:
            rows = rows.where(~picked.c.only_keeps)
        put = or_insert(session, tables.mine).from_select(["customer_id", "campaign_number", "said"], rows)
        found: Executable = put.on_conflict_do_nothing()
        return found

    def said() -> Executable:
        rows = select(picked.c.customer_id, literal(entry.number), picked.c.reason, picked.c.only_keeps)
        columns = ["customer_id", "entry", "reason", "only_keeps"]
        return insert(tables.own).from_select(columns, rows.where(picked.c.reason.is_not(None)))

    yield gets
    yield lambda: is_first(tables.turns, wins)
    yield lambda: is_first(tables.keeps, is_kept)
    yield lambda: delete(free).where(free.c.customer_id.in_(those(wins)))
    yield lambda: update(free).where(free.c.customer_id.in_(those(is_kept))).values(kept=number)
    yield also
    if others:
        own = tables.own
        yield lambda: delete(own).where(own.c.entry.in_(others), own.c.customer_id.in_(those(is_kept)))
    yield said
