"""Who is in a segment, since when: brought up to what the rules say, by differences, a part a transaction.

A difference is read first, by a session that only reads and keeps no writer waiting; then written in parts, so that on
SQLite a message waits for one part at the most. Two who refresh at once write each difference once: the keys decide.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Boolean,
    CompoundSelect,
    FromClause,
    Select,
    bindparam,
    column,
    delete,
    exists,
    func,
    insert,
    literal,
    select,
    true,
    update,
)

from bot.store import rows
from bot.store.database import Session
from bot.store.programs import outbox
from bot.store.segments import segments
from bot.store.tables import (
    segment_members,
    segment_moves,
    segment_passes,
    segment_sizes,
    segment_states,
)
from bot.store.tables import segments as segments_table
from bot.store.upserts import or_insert
from bot.values.rule import Rule, passes_with_time

PART = 10_000  # customers a transaction: SQLite writes them in some 50 ms

_m, _s = segment_members.c, segment_states.c


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """A segment and what its last refresh left."""

    segment_id: str
    number: int
    is_whole: bool  # false: nobody was taken in yet, or not to the end
    is_current: bool  # everybody was looked at by the rule that stands
    members: int
    rule_at: datetime  # of the rule that stands


@dataclass(frozen=True, slots=True)
class Moved:
    entered: int = 0
    gone: int = 0


def states(session: Session) -> dict[str, State]:
    """Of every segment, by id; makes what is missing."""
    session.execute(
        or_insert(session, segment_states)
        .from_select(
            ["segment_id"],
            select(segments_table.c.id)
            .where(~exists().where(_s.segment_id == segments_table.c.id))
            .order_by(segments_table.c.id),
        )
        .on_conflict_do_nothing()
    )
    joined = select(segment_states, segments_table.c.updated_at).join(
        segments_table, segments_table.c.id == _s.segment_id
    )
    return {
        row.segment_id: State(
            segment_id=row.segment_id,
            number=row.number,
            is_whole=row.is_whole,
            is_current=row.is_whole and row.rule_at == row.updated_at,
            members=row.members,
            rule_at=row.updated_at,
        )
        for row in session.execute(joined)
    }


def begin(session: Session, kind: str, now: datetime) -> int:
    """A pass, `full` or `changes`: the date of everything it writes."""
    made = insert(segment_passes).values(kind=kind, at=now).returning(segment_passes.c.id)
    pass_id: int = session.execute(made).scalar_one()
    return pass_id


def finish(session: Session, pass_id: int, now: datetime) -> None:
    session.execute(update(segment_passes).where(segment_passes.c.id == pass_id).values(finished_at=now))


def entering(state: State, rule: Rule, now: datetime) -> Select[tuple[int]]:
    """Who is in by the rule and not among the members; at first in the order in which they will lie there."""
    audience = segments.audience(rule, now)
    theirs = audience.selected_columns.customer_id
    if not (state.is_whole or state.members):
        return audience.order_by(theirs)
    return audience.where(~exists().where(_m.segment_number == state.number, _m.customer_id == theirs))


def surplus(session: Session, state: State, rule: Rule, now: datetime) -> int:
    """How many more are in by the rule than among the members: when as many enter, nobody leaves."""
    kept = select(_m.customer_id).where(_m.segment_number == state.number)
    return _count(session, segments.audience(rule, now)) - _count(session, kept)


def leaving(state: State, rule: Rule, now: datetime) -> CompoundSelect[tuple[int]]:
    """Who is among the members and not in by the rule."""
    kept = select(_m.customer_id).where(_m.segment_number == state.number)
    return kept.except_(segments.audience(rule, now))


def parts(
    session: Session, wanted: Select[tuple[int]] | CompoundSelect[tuple[int]]
) -> Iterator[Sequence[int]]:
    """Straight from the database as they are asked for: memory does not grow with the customers."""
    found = session.execute(wanted, execution_options={"yield_per": PART})
    ids: Any = found.scalars()
    return (sorted(part) for part in ids.partitions())


def of_these(
    session: Session, state: State, rule: Rule, customer_ids: Sequence[int], now: datetime
) -> tuple[list[int], list[int]]:
    """Who of a few customers enters, and who leaves."""
    audience = segments.audience(rule, now)
    theirs = audience.selected_columns.customer_id
    met: set[Any] = set(session.scalars(audience.where(rows.among(session, theirs, customer_ids))))
    among = rows.among(session, _m.customer_id, customer_ids)
    kept: set[Any] = set(
        session.scalars(select(_m.customer_id).where(_m.segment_number == state.number, among))
    )
    return sorted(met - kept), sorted(kept - met)


def take_in(
    session: Session, state: State, pass_id: int, who: Sequence[int] | Select[tuple[int]], now: datetime
) -> int:
    """How many were not in yet. Nobody is said to have moved while the segment begins."""
    each = _each(session, who) if isinstance(who, Sequence) else who.subquery()
    # SQLite needs the WHERE to tell the ON of the conflict from that of a join
    values = select(literal(state.number), each.c[0], literal(pass_id)).where(true())
    put = or_insert(session, segment_members).from_select(
        ["segment_number", "customer_id", "since_pass"], values
    )
    entered = session.execute(
        put.on_conflict_do_nothing(), execution_options={"preserve_rowcount": True}
    ).rowcount
    if state.is_whole and entered:
        mine = select(_m.customer_id).where(_m.segment_number == state.number, _m.since_pass == pass_id)
        if isinstance(who, Sequence):
            mine = mine.where(rows.among(session, _m.customer_id, who))
        _note(session, state, pass_id, list(session.scalars(mine)), now, entered=True)
    return entered


def let_go(session: Session, state: State, pass_id: int, customer_ids: Sequence[int], now: datetime) -> int:
    gone = delete(segment_members).where(
        _m.segment_number == state.number, rows.among(session, _m.customer_id, customer_ids)
    )
    went = sorted(session.scalars(gone.returning(_m.customer_id)))
    _note(session, state, pass_id, went, now, entered=False)
    return len(went)


def close(
    session: Session, state: State, pass_id: int, moved: Moved, now: datetime, whole: Rule | None = None
) -> int:
    """Writes down how large the segment is. `whole`: everybody was looked at, by this rule."""
    kept = select(_m.customer_id).where(_m.segment_number == state.number)
    members = _count(session, kept)
    if whole is not None or moved != Moved():
        _size(session, state, pass_id, members, moved)
    values: dict[str, Any] = {"members": members}
    if whole is not None:
        values |= {
            "is_whole": True, "refreshed_at": now, "rule_at": state.rule_at, "moves_by_time": passes_with_time(whole),
        }  # fmt: skip
    session.execute(update(segment_states).where(_s.number == state.number).values(values))
    return members


def count_everyone(session: Session, state: State, pass_id: int, members: int, now: datetime) -> None:
    """Of the segment everyone only the size is kept: its members are the followers."""
    _size(session, state, pass_id, members, Moved())
    session.execute(
        update(segment_states).where(_s.number == state.number).values(members=members, refreshed_at=now)
    )


def forget(session: Session, customer_id: int) -> None:
    """Nobody can be found among the members any more, nor in their history."""
    every = select(_s.number)
    for table in (segment_members, segment_moves):
        session.execute(
            delete(table).where(table.c.segment_number.in_(every), table.c.customer_id == customer_id)
        )


def _note(
    session: Session, state: State, pass_id: int, customer_ids: Sequence[int], now: datetime, *, entered: bool
) -> None:
    """The move, and to whoever wants to hear of it."""
    if not customer_ids:
        return
    each = _each(session, customer_ids)
    values = select(literal(state.number), literal(pass_id), each.c.value, literal(entered, Boolean))
    session.execute(
        or_insert(session, segment_moves)
        .from_select(["segment_number", "pass_id", "customer_id", "entered"], values.where(true()))
        .on_conflict_do_nothing()
    )
    kind = "segment.entered" if entered else "segment.left"
    if outbox.is_wanted(session, kind):
        for some in rows.parts(customer_ids):
            outbox.record_all(session, kind, some, {"segment": state.segment_id}, now)


def _size(session: Session, state: State, pass_id: int, members: int, moved: Moved) -> None:
    values = {"members": members, "entered": moved.entered, "gone": moved.gone}
    put = or_insert(session, segment_sizes).values(segment_number=state.number, pass_id=pass_id, **values)
    session.execute(put.on_conflict_do_update(index_elements=["segment_number", "pass_id"], set_=values))


def _count(session: Session, wanted: Select[Any]) -> int:
    return session.execute(select(func.count()).select_from(wanted.subquery())).scalar_one()


def _each(session: Session, customer_ids: Sequence[int]) -> FromClause:
    """A table of the ids, in the column `value`, sent as one parameter."""
    if session.dialect.name == "sqlite":
        text: Any = bindparam(None, json.dumps(list(customer_ids)), unique=True)
        return func.json_each(text).table_valued("value")
    given: Any = bindparam(None, list(customer_ids), type_=ARRAY(BigInteger), unique=True)
    return func.unnest(given).table_valued(column("value", BigInteger)).render_derived(name="each")
