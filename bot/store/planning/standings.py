"""Where each customer stands after a pass: written only where it changed, what stood before is put by."""

import functools
import operator
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

from sqlalchemy import (
    JSON,
    ColumnElement,
    Executable,
    FromClause,
    Insert,
    Table,
    Text,
    and_,
    case,
    delete,
    exists,
    func,
    insert,
    literal,
    literal_column,
    or_,
    select,
    true,
    type_coerce,
)
from sqlalchemy.dialects.postgresql import JSONB

from bot.rules.pushes.windows import PURPOSES
from bot.store.database import Session
from bot.store.planning.built import Built
from bot.store.planning.eligibility import before_contents
from bot.store.planning.judging import Whose
from bot.store.planning.plan_entries import Agenda, OfPurpose, reason_of
from bot.store.planning.plan_tables import STRETCH, Tables, code_of, codes, masks, said_name
from bot.store.planning.verdicts import STANDING, VALUES
from bot.store.tables import customers, former_standings, standings
from bot.store.upserts import or_insert, where_nobody_was_first

_TURNS: Mapping[str, ColumnElement[Any]] = {
    "turn": literal_column("turn_of.campaign_id"),
    "kept": literal_column("kept_by.campaign_id"),
}
_SAID = ("reasons", "own", "audiences")


def note_changes(session: Session, tables: Tables, built: Built, agenda: Agenda, whose: Whose) -> None:
    """Finds of whom something else is decided for a purpose than what stands, and lays it aside.

    What was counted before has put the groups into words.
    """
    for of in agenda.purposes.values():
        built.run(session, ("packs", of.purpose), partial(_packed, session, tables, agenda, of))
        tables.analyse(session, tables.packs[of.purpose])
    bounds = {} if session.dialect.name == "sqlite" else whose.values
    built.run(session, "changed", lambda: _changed(session, tables, agenda, whose), bounds)
    tables.analyse(session, tables.changed)


def _changed(session: Session, tables: Tables, agenda: Agenda, whose: Whose) -> Insert:
    beside: FromClause = judged_beside(tables)
    changes: list[ColumnElement[int]] = []
    stood: list[ColumnElement[int]] = []
    said: dict[str, ColumnElement[Any]] = dict(_TURNS)
    for place, of in enumerate(agenda.purposes.values()):
        old, is_theirs = _stood(session, whose, of, tables.judged)
        beside = _said_beside(beside, tables, of).outerjoin(old, is_theirs)
        new = _said(session, tables, of)
        differs = and_(_is_asked_of(tables, agenda, of, old), _differs(session, old, {**_TURNS, **new}))
        changes.append(_bit(place, differs))
        stood.append(_bit(place, old.c.customer_id.is_not(None)))
        said |= {said_name(of.purpose, name): value for name, value in new.items()}
    values = {
        "purposes": functools.reduce(operator.add, changes),
        "stood": functools.reduce(operator.add, stood),
    }
    asked = (
        select(tables.judged.c.customer_id, *(value.label(name) for name, value in (values | said).items()))
        .select_from(beside)
        .order_by(tables.judged.c.customer_id)
    )
    # on PostgreSQL not merged into what selects; SQLite rather compares the few that differ twice than hands all others over
    found = (asked if session.dialect.name == "sqlite" else asked.offset(0)).subquery("found")
    changed = select(found).where(found.c.purposes > literal_column("0"))
    return insert(tables.changed).from_select([column.name for column in found.c], changed)


def _stood(
    session: Session, whose: Whose, of: OfPurpose, who: Table
) -> tuple[FromClause, ColumnElement[bool]]:
    """What stands of each in the table, to be joined to it, and the condition of the join.

    To PostgreSQL a stretch's bounds are said of both sides, and few are looked up one by one: otherwise it reads and lays
    aside what stands of everybody.
    """
    old = standings.alias(f"old_{of.purpose}")
    is_theirs = and_(old.c.purpose == of.purpose, old.c.customer_id == who.c.customer_id)
    if session.dialect.name == "sqlite":
        return old, is_theirs
    if whose.by_one is None:
        return old, and_(is_theirs, whose(old.c.customer_id))
    return select(old).where(is_theirs).offset(0).correlate(who).lateral(f"stood_{of.purpose}"), true()


def _bit(place: int, holds: ColumnElement[bool]) -> ColumnElement[int]:
    return case((holds, literal_column(str(1 << place))), else_=literal_column("0"))


def _has_bit(bits: ColumnElement[int], place: int) -> ColumnElement[bool]:
    return bits.op("&")(literal_column(str(1 << place))) != literal_column("0")


def _differs(session: Session, old: FromClause, new: Mapping[str, ColumnElement[Any]]) -> ColumnElement[bool]:
    return or_(
        old.c.customer_id.is_(None),
        *(_plain(session, old.c[name]).is_distinct_from(_plain(session, new[name])) for name in new),
    )


def write_changes(
    session: Session,
    tables: Tables,
    built: Built,
    agenda: Agenda,
    whose: Whose,
    pass_id: int,
    first: int,
    last: int,
) -> None:
    """Of a stretch of customers: what stood is put by, what was decided stands."""
    changed, stretch = tables.changed.c, {"first": first, "last": last}
    for place, of in enumerate(agenda.purposes.values()):
        which = and_(changed.customer_id.between(*STRETCH), _has_bit(changed.purposes, place))
        had_one = and_(which, _has_bit(changed.stood, place))
        anew = and_(which, ~_has_bit(changed.stood, place))
        stand = partial(_standing, session, tables, of, pass_id)
        stand_again = partial(_standing_again, session, tables, of, pass_id)
        run = partial(_run, session, built, of, stretch)
        run("put by", partial(_put_by, session, tables, of, pass_id, had_one, whose))
        if session.dialect.name == "sqlite":
            run("stand", partial(stand_again, which))
            continue
        run("stand again", partial(stand_again, had_one))
        where_nobody_was_first(
            session,
            partial(run, "stand", partial(stand, anew)),
            partial(run, "stand beside", partial(stand_again, anew)),
        )


def _run(
    session: Session,
    built: Built,
    of: OfPurpose,
    stretch: Mapping[str, int],
    name: str,
    make: Callable[[], Executable],
) -> None:
    built.run(session, (name, of.purpose), make, stretch)


def _put_by(
    session: Session, tables: Tables, of: OfPurpose, pass_id: int, which: ColumnElement[bool], whose: Whose
) -> Executable:
    """`which`: of those who changed, and of whom something stood; nobody is looked up in vain in a first pass."""
    changed, before = tables.changed, ["customer_id", "purpose", *STANDING]
    old, is_theirs = _stood(session, whose, of, changed)
    rows = select(*(old.c[name] for name in before), literal(pass_id)).select_from(
        changed.join(old, is_theirs)
    )
    put = or_insert(session, former_standings).from_select([*before, "until_pass"], rows.where(which))
    found: Executable = put.on_conflict_do_nothing()
    return found


def _standing_again(
    session: Session, tables: Tables, of: OfPurpose, pass_id: int, which: ColumnElement[bool]
) -> Executable:
    put = _standing(session, tables, of, pass_id, which)
    stands = {name: put.excluded[name] for name in STANDING}
    found: Executable = put.on_conflict_do_update(index_elements=["purpose", "customer_id"], set_=stands)
    return found


def _standing(
    session: Session, tables: Tables, of: OfPurpose, pass_id: int, which: ColumnElement[bool]
) -> Any:
    changed = tables.changed
    values = {
        "purpose": literal(of.purpose), "customer_id": customers.c.id, "pass_id": literal(pass_id),
        **{name: changed.c[name] for name in _TURNS},
        **{name: changed.c[said_name(of.purpose, name)] for name in _SAID},
        **{name: customers.c[name] for name in VALUES},
    }  # fmt: skip
    new = (
        select(*values.values())
        .select_from(changed.join(customers, customers.c.id == changed.c.customer_id))
        .where(which, customers.c.forgotten_at.is_(None))
        .order_by(changed.c.customer_id)
    )
    return or_insert(session, standings).from_select(list(values), new)


def forget(session: Session, customer_id: int) -> int:
    """How many rows there were. Purposes are named, because the key of the first table begins with them."""
    return sum(
        session.execute(
            delete(table).where(table.c.customer_id == customer_id, table.c.purpose.in_(PURPOSES))
        ).rowcount
        for table in (standings, former_standings)
    )


def _is_asked_of(tables: Tables, agenda: Agenda, of: OfPurpose, old: FromClause) -> ColumnElement[bool]:
    """Who is of an audience of the purpose, or was."""
    if any(entry.bit is None for entry in agenda.entries if entry.purpose == of.purpose):
        return literal(True)
    bits = [mask != literal_column("0") for mask in masks(tables.judged, of.purpose)]
    return or_(*bits, old.c.customer_id.is_not(None))


def judged_beside(tables: Tables) -> FromClause:
    """Those who were judged, with whose turn it is."""
    judged = tables.judged
    turn, keeps = tables.numbers.alias("turn_of"), tables.numbers.alias("kept_by")
    return (
        judged.outerjoin(tables.turns, tables.turns.c.customer_id == judged.c.customer_id)
        .outerjoin(turn, turn.c.number == tables.turns.c.campaign_number)
        .outerjoin(tables.keeps, tables.keeps.c.customer_id == judged.c.customer_id)
        .outerjoin(keeps, keeps.c.number == tables.keeps.c.campaign_number)
    )


def _said_beside(beside: FromClause, tables: Tables, of: OfPurpose) -> FromClause:
    """And with what is said of them, for a purpose."""
    words, packs, judged = tables.words[of.purpose], tables.packs[of.purpose], tables.judged
    means = and_(*(column == judged.c[column.name] for column in codes(words, of.purpose)))
    return beside.join(words, means).outerjoin(packs, packs.c.customer_id == judged.c.customer_id)


def put_into_words(session: Session, tables: Tables, built: Built, of: OfPurpose) -> None:
    """What each group of the purpose is told, once."""
    built.run(session, ("words", of.purpose), lambda: _in_words(session, tables, of))
    tables.analyse(session, tables.words[of.purpose])


def _in_words(session: Session, tables: Tables, of: OfPurpose) -> Insert:
    groups, words = tables.groups, tables.words[of.purpose]
    names = [in_words(code_of(groups, of.purpose, place), of, place) for place in range(len(of.kinds))]
    keys = codes(groups, of.purpose)
    rows = select(*keys, _list(session, names)).group_by(*keys)
    return insert(words).from_select([*(key.name for key in keys), "reasons"], rows)


def _said(session: Session, tables: Tables, of: OfPurpose) -> dict[str, ColumnElement[Any]]:
    said = (
        tables.words[of.purpose].c.reasons,
        tables.packs[of.purpose].c.own,
        _list(session, masks(tables.judged, of.purpose)),
    )
    return dict(zip(_SAID, said, strict=True))


def in_words(code: ColumnElement[Any], of: OfPurpose, place: int) -> ColumnElement[Any]:
    words = {number: reason_of(policy, of.kinds[place]) for number, policy in before_contents()}
    return case(words, value=code, else_=None)


def _list(session: Session, values: Sequence[ColumnElement[Any]]) -> ColumnElement[Any]:
    if session.dialect.name == "sqlite":
        return func.json_array(*values, type_=Text)
    return func.jsonb_build_array(*values, type_=JSONB)


def _plain(session: Session, value: ColumnElement[Any]) -> ColumnElement[Any]:
    """JSON as the database compares it, not as a value of ours."""
    is_json = isinstance(value.type, JSON | JSONB)
    return type_coerce(value, Text if session.dialect.name == "sqlite" else JSONB) if is_json else value


def _packed(session: Session, tables: Tables, agenda: Agenda, of: OfPurpose) -> Insert:
    """What single campaigns of the purpose say, a row a customer: of the free, and what they have for others' customers."""
    own, numbers = tables.own, tables.numbers
    entries = [entry for entry in agenda.entries if entry.purpose == of.purpose]
    names = case({entry.number: entry.campaign.id for entry in entries}, value=own.c.entry)
    said = (
        select(own.c.customer_id, names.label("campaign"), own.c.reason)
        .where(own.c.entry.in_([entry.number for entry in entries]), is_free(tables, own))
    )  # fmt: skip
    mine = (
        select(tables.mine.c.customer_id, numbers.c.campaign_id, tables.mine.c.said)
        .join(numbers, numbers.c.number == tables.mine.c.campaign_number)
        .where(numbers.c.campaign_id.in_([entry.campaign.id for entry in entries]))
    )
    every = said.union_all(mine).subquery("said")
    ordered = select(every).order_by(every.c.customer_id, every.c.campaign).subquery("ordered")
    gathered = func.json_group_object if session.dialect.name == "sqlite" else func.jsonb_object_agg
    rows = select(ordered.c.customer_id, gathered(ordered.c.campaign, ordered.c.reason)).group_by(
        ordered.c.customer_id
    )
    return insert(tables.packs[of.purpose]).from_select(["customer_id", "own"], rows)


def is_free(tables: Tables, own: Any) -> ColumnElement[bool]:
    """No campaign has won them since the others said no."""
    won = exists().where(tables.turns.c.customer_id == own.c.customer_id)
    kept = exists().where(tables.keeps.c.customer_id == own.c.customer_id)
    return and_(~won, or_(~own.c.only_keeps, ~kept))
