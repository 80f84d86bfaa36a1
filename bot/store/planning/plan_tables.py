"""Tables of a planning pass: of its connection only, gone with it. Who is judged, whose turn it is, who is picked."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, TypeAlias

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    ColumnElement,
    Index,
    Integer,
    MetaData,
    SmallInteger,
    String,
    Table,
    bindparam,
    delete,
    func,
    literal_column,
)

from bot.store.database import Instant, Session
from bot.store.planning.occasions import found_of_pass
from bot.store.planning.plan_entries import Agenda
from bot.store.tables.columns import BigId, Json, PerhapsJson

TEMPORARY = ["TEMPORARY"]
STRETCH = (bindparam("first", type_=BigInteger), bindparam("last", type_=BigInteger))  # of customers' ids


@dataclass(frozen=True, slots=True)
class Tables:
    numbers: Table  # of all campaigns
    asked: Table  # whom a pass over changes is about
    occasions: Table  # whose they are today
    turns: Table  # the campaign that has a customer's turn
    keeps: Table  # the campaign whose content waits for a customer's next contact
    mine: Table  # what a campaign has for a customer beside these two
    judged: Table  # everybody, once for all campaigns of a kind
    free: Table  # whom no campaign has yet, and something could reach
    awaited: Table  # whom of the free a more important campaign gets later today
    picked: Table  # the candidates of the campaign at hand
    won: Mapping[str, Table]  # of a purpose: who gets what of which campaign, to be written
    hours: Table  # the half hours in which a stretch of the winners is best reached
    own: Table  # what single campaigns say against the free
    changed: Table  # of whom something else was decided than before, for which purposes (bits), and what; where something stood
    groups: Table  # how many stand alike
    packs: Mapping[str, Table]  # what single campaigns of a purpose say, a row a customer
    words: Mapping[str, Table]  # what the codes of a purpose mean, as it is kept

    def every(self) -> Sequence[Table]:
        by_purpose = {"won", "packs", "words"}
        ones = (getattr(self, name) for name in self.__dataclass_fields__ if name not in by_purpose)
        return (*ones, *self.won.values(), *self.packs.values(), *self.words.values())

    def make(self, session: Session) -> None:
        for table in self.every():
            table.create(session)

    def empty(self, session: Session, *tables: Table) -> None:
        """At once: nobody sweeps PostgreSQL's temporary tables, and what is deleted would be read past again and again."""
        if session.dialect.name == "postgresql":
            session.exec_driver_sql(f"TRUNCATE {', '.join(table.name for table in tables)}")
        else:
            for table in tables:
                session.execute(delete(table))

    def analyse(self, session: Session, *tables: Table) -> None:
        """PostgreSQL does not know how large a temporary table is before it is told to look; SQLite needs no telling.

        Not at lists of words: nothing is joined by them, and to look at them takes as long as to fill the table.
        """
        if session.dialect.name == "postgresql":
            for table in tables:
                plain = (column.name for column in table.c if not isinstance(column.type, JSON))
                session.exec_driver_sql(f"ANALYZE {table.name} ({', '.join(plain)})")


CODE_BITS = 6  # of what stands against a customer for one kind of campaign
NOTHING = (1 << CODE_BITS) - 1  # stands against them
KINDS = 10  # in one whole number


def codes_name(purpose: str, number: int) -> str:
    return f"{purpose}_codes_{number}"


def code_of(table: Any, purpose: str, kind: int) -> ColumnElement[Any]:
    """Of a kind: the place of the policy that stands against a row's customer; null for none."""
    codes = table.c[codes_name(purpose, kind // KINDS)]
    shift: ColumnElement[int] = literal_column(str(kind % KINDS * CODE_BITS))
    return func.nullif(
        codes.op(">>")(shift).op("&")(literal_column(str(NOTHING))), literal_column(str(NOTHING))
    )


def mask_name(purpose: str, number: int) -> str:
    return f"{purpose}_audiences_{number}"


def masks(table: Table, purpose: str) -> list[ColumnElement[int]]:
    return [column for column in table.c if column.name.startswith(mask_name(purpose, 0)[:-1])]


def codes(table: Any, purpose: str) -> list[ColumnElement[int]]:
    return [column for column in table.c if column.name.startswith(codes_name(purpose, 0)[:-1])]


Shape: TypeAlias = tuple[tuple[str, int, int, int], ...]  # purpose, kinds, masks, audiences


def tables_for(agenda: Agenda) -> Tables:
    return _tables(
        tuple((name, len(of.kinds), of.masks, len(of.audiences)) for name, of in agenda.purposes.items())
    )


@lru_cache(maxsize=64)  # the same ones for passes alike: a statement over them is compiled once a process
def _tables(shape: Shape) -> Tables:
    of = MetaData()

    def table(name: str, *columns: Column[object] | Index, sqlite_with_rowid: bool = True) -> Table:
        return Table(f"plan_{name}", of, *columns, prefixes=TEMPORARY, sqlite_with_rowid=sqlite_with_rowid)

    def who() -> Column[object]:
        return Column("customer_id", BigId, primary_key=True, autoincrement=False)

    def campaign() -> Column[object]:
        return Column("campaign_number", Integer, nullable=False)

    return Tables(
        numbers=table("numbers", Column("number", Integer, primary_key=True), Column("campaign_id", String(64), unique=True)),
        asked=table("asked", who()),
        occasions=found_of_pass,
        turns=table("turns", who(), campaign()),
        keeps=table("keeps", who(), campaign()),
        mine=table("mine", who(), Column("campaign_number", Integer, primary_key=True, autoincrement=False), Column("said", String(10))),
        judged=table("judged", who(), *_judgement(shape)),
        free=table("free", who(), Column("kept", Integer), *_judgement(shape)),
        awaited=table("awaited", who(), Column("campaign_number", Integer, primary_key=True, autoincrement=False)),
        picked=table("picked", who(), *_pick(), Column("reason", String(100))),
        won={
            name: table(f"won_{name}", who(), Column("entry", Integer, primary_key=True, autoincrement=False), *_pick(), sqlite_with_rowid=False)
            for name, *_ in shape
        },
        hours=table("hours", who(), Column("half", SmallInteger)),
        own=table("own", Column("customer_id", BigInteger), Column("entry", Integer), Column("reason", String(100)), Column("only_keeps", Boolean)),
        changed=table(
            "changed", who(), Column("purposes", Integer, nullable=False), Column("stood", Integer, nullable=False),
            *_stands(shape),
        ),
        groups=table(
            "groups", Column("id", Integer, primary_key=True), Column("turn", Integer), Column("kept", Integer),
            *_of_groups(shape), Column("everybody", BigInteger), *_counts(shape),
        ),
        packs={name: table(f"packs_{name}", who(), Column("own", PerhapsJson)) for name, *_ in shape},
        words={
            name: table(f"words_{name}", *_codes(name, kinds_, are_key=True), Column("reasons", Json, nullable=False))
            for name, kinds_, *_ in shape
        },
    )  # fmt: skip


def _pick() -> tuple[Column[object], ...]:
    return (
        Column("content_id", String(64)),
        Column("channel", String(20)),
        Column("only_keeps", Boolean, nullable=False),
        Column("occasion", String(60)),
        Column("useful_until", Instant),
    )


def _judgement(shape: Shape) -> Iterator[Column[object]]:
    for purpose, kinds_, masks_, _ in shape:
        yield from _codes(purpose, kinds_)
        for number in range(masks_):
            yield Column(mask_name(purpose, number), BigInteger, nullable=False)


def _codes(purpose: str, kinds_: int, *, are_key: bool = False) -> Iterator[Column[object]]:
    for number in range(-(-kinds_ // KINDS)):
        name = codes_name(purpose, number)
        yield Column(name, BigId, primary_key=are_key, autoincrement=False, nullable=False)


def said_name(purpose: str, what: str) -> str:
    return f"{purpose}_{what}"


def _stands(shape: Shape) -> Iterator[Column[object]]:
    yield Column("turn", String(64))
    yield Column("kept", String(64))
    for purpose, *_ in shape:
        yield Column(said_name(purpose, "reasons"), PerhapsJson)
        yield Column(said_name(purpose, "own"), PerhapsJson)
        yield Column(said_name(purpose, "audiences"), PerhapsJson)


def _of_groups(shape: Shape) -> Iterator[Column[object]]:
    for purpose, kinds_, _, _ in shape:
        yield from _codes(purpose, kinds_)


def count_name(purpose: str, bit: int) -> str:
    return f"{purpose}_count_{bit}"


def _counts(shape: Shape) -> Iterator[Column[object]]:
    for purpose, _, _, audiences in shape:
        for bit in range(audiences):
            yield Column(count_name(purpose, bit), BigInteger)
