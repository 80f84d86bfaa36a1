"""Everybody judged once a pass: what stands against them for each kind of campaign, and whose turn it is already.

Reads the shop's tables and writes the pass's own; nobody waits for it.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from typing import Any

from sqlalchemy import (
    ColumnElement,
    FromClause,
    Insert,
    Select,
    Table,
    and_,
    case,
    exists,
    false,
    insert,
    literal,
    literal_column,
    not_,
    or_,
    select,
    true,
)

from bot.store.database import Session
from bot.store.delivery_states import (
    HAS_TURN,
    IS_CLAIMED,
    IS_ENDED,
    IS_KEPT,
    IS_KEPT_OF_A_CUSTOMER,
    IS_WITHDRAWN,
)
from bot.store.planning import occasions
from bot.store.planning.built import Built
from bot.store.planning.eligibility import POLICIES
from bot.store.planning.plan_entries import BITS, KEEPS, Agenda, Entry, OfPurpose
from bot.store.planning.plan_tables import STRETCH, Tables, code_of, codes_name, mask_name
from bot.store.planning.questions import Questions
from bot.store.tables import customer_statistics, customers, deliveries
from bot.store.upserts import or_insert
from bot.values.channels import NEXT_CONTACT

KEEPS_CODE = next(place for place, policy in enumerate(POLICIES) if policy.name == KEEPS)


@dataclass(frozen=True, slots=True)
class Whose:
    """Whom a look is at. `holds`: of a column of customers' ids; `values`: those it is bound to."""

    holds: Callable[[ColumnElement[Any]], ColumnElement[bool]]
    values: Mapping[str, int] = field(default_factory=dict)
    by_one: Table | None = None  # few, by `customer_id`: PostgreSQL is to go from each to what is theirs

    def __call__(self, customer_id: ColumnElement[Any]) -> ColumnElement[bool]:
        return self.holds(customer_id)


def of_stretch(first: int, last: int) -> Whose:
    """Everybody from one id to another."""
    return Whose(lambda customer_id: customer_id.between(*STRETCH), {"first": first, "last": last})


def of_asked(session: Session, tables: Tables, customer_ids: Sequence[int]) -> Whose:
    rows = [{"customer_id": each} for each in sorted(set(customer_ids))]
    if rows:
        session.execute(insert(tables.asked), rows)
    tables.analyse(session, tables.asked)
    by_one = tables.asked if session.dialect.name == "postgresql" else None
    return Whose(lambda customer_id: customer_id.in_(select(tables.asked.c.customer_id)), by_one=by_one)


def look(
    session: Session,
    tables: Tables,
    built: Built,
    agenda: Agenda,
    today: date,
    whose: Whose,
    *,
    counts: bool = True,
) -> int:
    """Fills the tables; how many were judged. Unless they are counted, only those whom a campaign could win."""
    numbers = [{"number": number, "campaign_id": name} for name, number in agenda.numbers.items()]
    if numbers:
        session.execute(insert(tables.numbers), numbers)
    _take_turns(session, tables, built, today, whose)
    for entry in agenda.entries:
        if entry.occasion is not None and not occasions.concerns_all(entry.campaign):
            occasions.lay_aside(session, entry.number, entry.occasion)
    tables.analyse(session, tables.occasions)

    def could_win() -> list[ColumnElement[bool]]:
        return [] if counts else [_may_be_won(tables, agenda)]

    judged = built.run(
        session, "judge", lambda: _judge(tables, agenda, whose, could_win()), whose.values
    ).rowcount
    tables.analyse(session, tables.judged)
    set_kept_aside(session, tables, built, today, whose)
    keepers = set(session.execute(select(tables.keeps.c.campaign_number).distinct()).scalars())
    for entry in agenda.entries:
        if entry.campaign_number in keepers:
            _set_reached_aside(session, tables, built, entry, today, whose)
    built.run(session, "free", lambda: _free(tables, agenda))
    tables.analyse(session, tables.free)
    for one in agenda.later:
        gets = select(tables.free.c.customer_id, literal(agenda.numbers[one.campaign_id]))
        gets = gets.join(customers, customers.c.id == tables.free.c.customer_id).where(one.gets)
        session.execute(insert(tables.awaited).from_select(["customer_id", "campaign_number"], gets))
    tables.analyse(session, tables.awaited)
    return judged


def _take_turns(session: Session, tables: Tables, built: Built, today: date, whose: Whose) -> None:
    """What stands in `deliveries`: planned ones, those under way, today's, and what waits for the next contact."""
    was_today = deliveries.c.day == today
    turn = _standing(whose, tables, HAS_TURN)
    # + 0: those under way are few, and found by their own index rather than among all that a stretch ever had
    under_way = and_(whose(deliveries.c.customer_id + 0), IS_CLAIMED, deliveries.c.channel != NEXT_CONTACT)
    waiting = Standing(deliveries, _beside_number(deliveries, tables).where(under_way))
    ended = _standing(whose, tables, IS_ENDED, was_today)
    kept = _standing(whose, tables, _is_kept(session), deliveries.c.campaign_id.is_not(None))
    # what a person took back: nothing else of the campaign that day
    withdrawn = _standing(whose, tables, IS_WITHDRAWN, was_today)
    for name, table, found in (
        ("turn", tables.turns, turn.newest_first),
        ("under way", tables.turns, waiting.rows.order_by((deliveries.c.id + 0).desc())),
        ("ended", tables.turns, ended.newest_first.where(ended.of.c.state != "failed")),
        ("kept", tables.keeps, kept.rows.order_by(kept.of.c.customer_id, kept.of.c.id)),
    ):
        built.run(session, name, partial(_keep_first, session, table, found), whose.values)
    tables.analyse(session, tables.numbers, tables.turns, tables.keeps)
    for name, stood, said in (
        ("also under way", waiting, "planned"),
        ("also ended", ended, "planned"),
        ("withdrawn", withdrawn, "withdrawn"),
    ):
        put = partial(_set_aside, session, tables, stood, tables.turns, said)
        built.run(session, name, put, whose.values)


@dataclass(frozen=True, slots=True)
class Standing:
    """`rows`: customers and campaigns' numbers of some deliveries. `of`: those deliveries."""

    of: FromClause
    rows: Select[Any]

    @property
    def newest_first(self) -> Select[Any]:
        return self.rows.order_by(self.of.c.customer_id, self.of.c.id.desc())


def _standing(whose: Whose, tables: Tables, *which: ColumnElement[bool]) -> Standing:
    if whose.by_one is None:
        of_whom = whose(deliveries.c.customer_id)
        return Standing(deliveries, _beside_number(deliveries, tables).where(of_whom, *which))
    one = whose.by_one
    theirs = select(deliveries).where(deliveries.c.customer_id == one.c.customer_id, *which)
    of = theirs.offset(0).correlate(one).lateral("theirs")
    return Standing(of, _beside_number(of, tables, one.join(of, true())))


def _beside_number(of: FromClause, tables: Tables, beside: FromClause | None = None) -> Select[Any]:
    numbers = tables.numbers
    joined = (of if beside is None else beside).join(numbers, numbers.c.campaign_id == of.c.campaign_id)
    return select(of.c.customer_id, numbers.c.number).select_from(joined)


def _is_kept(session: Session) -> ColumnElement[bool]:
    return IS_KEPT if session.dialect.name == "sqlite" else IS_KEPT_OF_A_CUSTOMER


def _keep_first(session: Session, table: Any, rows: Select[Any]) -> Insert:
    put = or_insert(session, table).from_select(["customer_id", "campaign_number"], rows)
    found: Insert = put.on_conflict_do_nothing()
    return found


def _set_aside(session: Session, tables: Tables, stood: Standing, known: Any, said: str) -> Insert:
    """What a campaign has for a customer whose turn, or kept content, is another's."""
    is_told = exists().where(
        known.c.customer_id == stood.of.c.customer_id, known.c.campaign_number == tables.numbers.c.number
    )
    return _put_aside(session, tables, stood.rows.add_columns(literal(said)).where(~is_told))


def set_kept_aside(session: Session, tables: Tables, built: Built, today: date, whose: Whose) -> None:
    """What a campaign keeps since today for a customer whose turn is another's; asked again when all is planned."""
    stood = _standing(whose, tables, _is_kept(session), deliveries.c.day == today)
    is_won = exists().where(tables.turns.c.customer_id == stood.of.c.customer_id)
    kept = stood.rows.add_columns(literal("kept")).where(is_won)
    built.run(session, "keeps", lambda: _put_aside(session, tables, kept), whose.values)


def _set_reached_aside(
    session: Session, tables: Tables, built: Built, entry: Entry, today: date, whose: Whose
) -> None:
    """What a campaign keeps since today for a customer whom something could reach by now."""
    judged, of_it = tables.judged, deliveries.c.campaign_id == entry.campaign.id
    stood = _standing(whose, tables, _is_kept(session), of_it, deliveries.c.day == today)
    kept = (
        stood.rows.add_columns(literal("kept"))
        .join(judged, judged.c.customer_id == stood.of.c.customer_id)
        .where(code_of(judged, entry.purpose, entry.kind).is_distinct_from(KEEPS_CODE))
    )
    name = ("keeps for the reached", entry.number)
    built.run(session, name, lambda: _put_aside(session, tables, kept), whose.values)


def _put_aside(session: Session, tables: Tables, rows: Select[Any]) -> Insert:
    put = or_insert(session, tables.mine).from_select(["customer_id", "campaign_number", "said"], rows)
    found: Insert = put.on_conflict_do_nothing()
    return found


def _may_be_won(tables: Tables, agenda: Agenda) -> ColumnElement[bool]:
    """Nobody has their turn; they had no push lately, or are of a campaign that is bound to a time: few are."""
    has_turn = exists().where(tables.turns.c.customer_id == customers.c.id)
    (too_soon,) = (policy for policy in POLICIES if policy.name == "too_soon")
    could_win: list[ColumnElement[bool]] = []
    for entry in agenda.entries:
        apart = not_(too_soon.holds(entry.of.kinds[entry.kind], entry.of.moment))
        truths = list(entry.of.audiences.values())
        is_of = true() if entry.campaign.regular or entry.bit is None else truths[entry.bit]
        one = and_(apart, is_of)
        if not any(one.compare(other) for other in could_win):
            could_win.append(one)
    return and_(~has_turn, or_(false(), *could_win))


def _judge(tables: Tables, agenda: Agenda, whose: Whose, which: Sequence[ColumnElement[bool]]) -> Insert:
    questions = Questions()
    codes = {
        codes_name(purpose, number): each
        for purpose, of in agenda.purposes.items()
        for number, each in enumerate(questions.codes(of))
    }
    masks = {
        mask_name(purpose, number): _mask(of, number)
        for purpose, of in agenda.purposes.items()
        for number in range(of.masks)
    }
    figures = customer_statistics.c.customer_id == customers.c.id
    rows = (
        select(customers.c.id, *(each.label(name) for name, each in masks.items()))
        .select_from(customers.outerjoin(customer_statistics, figures) if masks else customers)
        .where(customers.c.forgotten_at.is_(None), whose(customers.c.id), *which)
        .order_by(customers.c.id)
    )
    answers = questions.beside(rows)
    columns = {"customer_id": answers.c.id, **codes, **{name: answers.c[name] for name in masks}}
    return insert(tables.judged).from_select(
        list(columns), select(*columns.values()).where(answers.c.id > literal_column("0"))
    )


def _mask(of: OfPurpose, number: int) -> ColumnElement[int]:
    some = list(of.audiences.values())[number * BITS : (number + 1) * BITS]
    bits: list[ColumnElement[int]] = [
        case((truth, literal_column(str(1 << bit))), else_=literal_column("0"))
        for bit, truth in enumerate(some)
    ]
    added = bits[0]
    for bit in bits[1:]:
        added = added + bit
    return added


def _free(tables: Tables, agenda: Agenda) -> Insert:
    """Whom something could still reach: of a campaign's audience, and nothing stands against such a campaign."""
    judged, turns, keeps = tables.judged, tables.turns, tables.keeps
    open_ = []
    for purpose, of in agenda.purposes.items():
        for number in range(len(of.kinds)):
            code = code_of(judged, purpose, number)
            is_open = or_(code.is_(None), and_(code == KEEPS_CODE, keeps.c.customer_id.is_(None)))
            open_.append(and_(is_open, _is_of_any(judged, agenda, purpose, number)))
    beside = judged.outerjoin(turns, turns.c.customer_id == judged.c.customer_id).outerjoin(
        keeps, keeps.c.customer_id == judged.c.customer_id
    )
    names = [column.name for column in judged.c]
    rows = (
        select(keeps.c.campaign_number, *judged.c)
        .select_from(beside)
        .where(turns.c.customer_id.is_(None), or_(false(), *open_))
        .order_by(judged.c.customer_id)
    )
    return insert(tables.free).from_select(["kept", *names], rows)


def _is_of_any(table: Any, agenda: Agenda, purpose: str, kind: int) -> ColumnElement[bool]:
    """Of the audience of a campaign of the kind."""
    bits = {one.bit for one in agenda.entries if one.purpose == purpose and one.kind == kind}
    by_mask: dict[int, int] = {}
    for bit in bits:
        if bit is None:
            return true()
        by_mask[bit // BITS] = by_mask.get(bit // BITS, 0) | 1 << bit % BITS
    masks = (
        table.c[mask_name(purpose, number)].op("&")(literal_column(str(wanted))) != literal_column("0")
        for number, wanted in by_mask.items()
    )
    return or_(false(), *masks)


def is_of_audience(table: Any, entry: Entry) -> list[ColumnElement[bool]]:
    """None for a campaign that is for everybody."""
    if entry.bit is None:
        return []
    mask = table.c[mask_name(entry.purpose, entry.bit // BITS)]
    return [mask.op("&")(literal_column(str(1 << entry.bit % BITS))) != literal_column("0")]
