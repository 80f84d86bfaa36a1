"""Puts customers in their places: new figures for those whose figures change, and a dated row for each who moves.

One reading of the rows finds who changes (`look`), which nobody has to wait for; only those are written (`settle`). A
stretch of ids at a time, so that no transaction is long and memory does not grow with the customers.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    FromClause,
    Integer,
    MetaData,
    Select,
    String,
    Table,
    bindparam,
    case,
    delete,
    func,
    insert,
    literal,
    or_,
    select,
    tuple_,
    update,
)
from sqlalchemy.schema import CreateTable, DropTable

from bot.store.database import Instant, Session
from bot.store.prepared import Prepared
from bot.store.rows import tell_that_parts_are_long
from bot.store.tables import customer_moves, customer_statistics, follow_ups
from bot.store.worth import crossings, measures, nurturing
from bot.store.worth.compared import compared
from bot.store.worth.measures import INSTANTS, Measure, Measured
from bot.values.partitions import ServiceClass

WRITTEN = ("r", "f", "m", "satisfaction", "score", "abc", "tier", "cell", "service_class", "lifecycle")
PLACED = {"tier": "tier", "cell": "cell", "class": "service_class", "abc": "abc", "lifecycle": "lifecycle"}
GIVEN = (
    "customer_id", "placed", "orders", "refunds", "spent", "last_order_at", "coupon_orders", "returns", "reviews",
    "rating_sum", "follows", "spoke_at", "known_at",
)  # fmt: skip

_changing = Table(  # of this connection only, and gone at the end of the stretch: who changes or was stale
    "changing_places",
    MetaData(),
    Column("customer_id", Integer, primary_key=True, autoincrement=False),
    *(Column(name, Integer) for name in ("r", "f", "m", "satisfaction", "score")),
    *(Column(name, String(20)) for name in ("abc", "tier", "cell", "service_class", "lifecycle")),
    *(Column(f"was_{name}", String(20)) for name in PLACED.values()),
    Column("updated_at", Instant),  # of the row that was looked at
    Column("changes", Integer),
    prefixes=["TEMPORARY"],
)


@dataclass(slots=True)
class Scored:
    changed: int = 0
    moved: Counter[str] = field(default_factory=Counter)  # by partition
    follow_ups: int = 0

    def add(self, other: "Scored") -> None:
        self.changed += other.changed
        self.moved += other.moved
        self.follow_ups += other.follow_ups


def with_places(rows: Select[Any], measured: Measured) -> Select[Any]:
    """Rows with the columns `GIVEN`, and beside them what the rules make of each: everything `WRITTEN`, newly.

    The first four are what the others lean on: the OFFSET keeps the database from writing them out again wherever
    they are used.
    """
    first = {"r": measures.r, "f": measures.f, "m": measures.m, "satisfaction": measures.satisfaction}
    leaning = _made(rows.subquery(), first, measured).offset(0).subquery()
    columns: dict[str, Any] = dict(leaning.c.items())
    columns["score"] = measures.score(columns, measured)
    columns["cell"] = measures.cell(columns, measured)
    further = {
        "abc": measures.abc,
        "tier": measures.tier,
        "lifecycle": measures.lifecycle,
        "service_class": measures.service_class,
    }
    made = {name: columns[name] for name in ("score", "cell")}
    made |= {name: measure(columns, measured) for name, measure in further.items()}
    return select(*leaning.c, *(expression.label(name) for name, expression in made.items()))


def _made(table: FromClause, new: Mapping[str, Measure], measured: Measured) -> Select[Any]:
    columns = dict(table.c.items())
    return select(*table.c, *(measure(columns, measured).label(name) for name, measure in new.items()))


def score(
    session: Session, measured: Measured, first: int, last: int, before: Measured | None = None
) -> Scored:
    """`look` and `settle` in one."""
    look(session, looking(measured, before), first, last)
    return settle(session, measured, first, last, before)


def looking(measured: Measured, before: Measured | None) -> Prepared:
    """What `look` asks of each stretch. `before`: what they were all last scored by, when that is known; then few need
    to be looked at closely."""
    was = {f"was_{name}": customer_statistics.c[name].label(f"was_{name}") for name in WRITTEN}
    row, instants = customer_statistics.c, INSTANTS.values()
    given = [
        compared(row[name]).label(name) if name in instants else row[name]
        for name in (*GIVEN, "updated_at", "is_stale")
    ]
    first, last = bindparam("first", type_=BigInteger), bindparam("last", type_=BigInteger)
    stretch: ColumnElement[bool] = customer_statistics.c.customer_id.between(first, last)
    only = crossings.passed_over(before, measured) if before else None
    if only is not None:
        stretch &= only
    new = with_places(select(*given, *was.values()).where(stretch), measured).subquery()
    differs = or_(*(new.c[name].is_distinct_from(new.c[f"was_{name}"]) for name in WRITTEN))
    kept = [column.name for column in _changing.c if column.name != "changes"]
    found = select(*(new.c[name] for name in kept), case((differs, 1), else_=0)).where(
        or_(new.c.is_stale == 1, differs)
    )
    return Prepared(insert(_changing).from_select([*kept, "changes"], found))


def look(session: Session, asked: Prepared, first: int, last: int) -> None:
    """The long part, which only reads."""
    session.execute(CreateTable(_changing))
    asked.execute(session, {"first": first, "last": last})


def settle(session: Session, measured: Measured, first: int, last: int, before: Measured | None) -> Scored:
    """Whose figures changed among the ids `first` to `last`, how many moved, and what they now ask of people.

    Whose row another one wrote since the look stays stale, for the next refresh."""
    scored = Scored()
    if before is None:
        tell_that_parts_are_long(session)
    if session.execute(select(_changing.c.customer_id).limit(1)).first() is not None:
        scored.changed, had_places = _settled(session, written=_write(session))
        if had_places:
            scored.moved = _note_moves(session, measured)
        scored.follow_ups = _ask_people(session, measured, somebody_leaves=had_places)
        if before is not None:
            nurturing.follow_moves(session, measured, _changing)
    session.execute(DropTable(_changing))
    if before is None:
        nurturing.put_right(session, measured, first, last)
    scored.follow_ups += nurturing.carry_on(session, measured, first, last)
    return scored


def _settled(session: Session, *, written: int) -> tuple[int, bool]:
    """Leaves those that were written and have changed: how many, and whether anybody of them had a place."""
    row, count = customer_statistics.c, func.count
    sums = select(count(), func.sum(_changing.c.changes), count(_changing.c.was_tier))
    found, changed, had_places = session.execute(sums).one()
    if not found == changed == written:
        is_as_looked_at = select(row.customer_id).where(
            row.customer_id == _changing.c.customer_id, row.updated_at == _changing.c.updated_at
        )
        session.execute(delete(_changing).where(or_(_changing.c.changes == 0, ~is_as_looked_at.exists())))
        _, changed, had_places = session.execute(sums).one()
    return changed or 0, had_places > 0


def _note_moves(session: Session, measured: Measured) -> Counter[str]:
    """Not those who get their first place: they came from nowhere."""
    moved: Counter[str] = Counter()
    row = customer_statistics.c
    for partition, name in PLACED.items():
        was, became = _changing.c[f"was_{name}"], _changing.c[name]
        columns = {
            "customer_id": _changing.c.customer_id,
            "partition": literal(partition),
            "was": was,
            "became": became,
            "version": literal(measured.rules.version),
            "at": literal(measured.now, Instant()),
            "orders": row.orders,
            "spent": row.spent,
            "last_order_at": row.last_order_at,
            "satisfaction": _changing.c.satisfaction,
        }
        found = (
            select(*columns.values())
            .join_from(_changing, customer_statistics, row.customer_id == _changing.c.customer_id)
            .where(was != became)
            .order_by(_changing.c.customer_id)
        )
        noted = insert(customer_moves).from_select(list(columns), found)
        count = session.execute(noted, execution_options={"preserve_rowcount": True}).rowcount
        if count:
            moved[partition] = count
    return moved


def _write(session: Session) -> int:
    """How many rows; not those that another one wrote since the look, or that are gone."""
    row, places = customer_statistics.c, [_changing.c[name] for name in WRITTEN]
    is_theirs = row.customer_id == _changing.c.customer_id
    if session.dialect.name == "sqlite":
        # lays aside all that it joins before it writes; this way it need not
        new: dict[Any, Any] = {
            tuple_(*(row[name] for name in WRITTEN)): select(*places).where(is_theirs).scalar_subquery()
        }
        was = select(_changing.c.updated_at).where(is_theirs).scalar_subquery()
        which = row.customer_id.in_(select(_changing.c.customer_id)) & (row.updated_at == was)
    else:
        new = dict(zip(WRITTEN, places, strict=True))
        which = is_theirs & (row.updated_at == _changing.c.updated_at)
    written = update(customer_statistics).where(which).values({row.is_stale: 0} | new)
    return session.execute(written, execution_options={"preserve_rowcount": True}).rowcount


def _ask_people(session: Session, measured: Measured, *, somebody_leaves: bool) -> int:
    """Who came into a class that a person serves gets a follow-up; who left theirs, also one that the rules do not know
    any more, has none open."""
    if somebody_leaves:
        left = select(_changing.c.customer_id).where(
            _changing.c.service_class != _changing.c.was_service_class
        )
        over = update(follow_ups).where(follow_ups.c.customer_id.in_(left), follow_ups.c.closed_at.is_(None))
        session.execute(over.values(closed_at=measured.now, closed_by="move"))
    return sum(_open_for_who_came(session, each, measured) for each in measured.rules.classes)


def _open_for_who_came(session: Session, each: ServiceClass, measured: Measured) -> int:
    if each.within_days is None:
        return 0  # its plan asks a person, when the day has come
    is_open = select(follow_ups.c.id).where(
        follow_ups.c.customer_id == _changing.c.customer_id,
        follow_ups.c.service == each.service,
        follow_ups.c.closed_at.is_(None),
    )
    came = select(
        _changing.c.customer_id,
        literal(each.service),
        literal(measured.now, Instant()),
        literal(measured.now + timedelta(days=each.within_days), Instant()),
    ).where(
        _changing.c.service_class == each.name,
        _changing.c.was_service_class.is_distinct_from(each.name),
        ~is_open.exists(),
    )
    asked = insert(follow_ups).from_select(
        ["customer_id", "service", "opened_at", "due_at"], came.order_by(_changing.c.customer_id)
    )
    return session.execute(asked, execution_options={"preserve_rowcount": True}).rowcount
