"""Tables of a planning pass: of its connection only, gone with it. Who is judged, whose turn it is, who is picked."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TypeAlias

from sqlalchemy import (
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
    text,
)

from bot.store.database import Instant, Session
from bot.store.planning.plan_entries import Agenda
from bot.store.tables.columns import BigId, PerhapsJson

TEMPORARY = ["TEMPORARY"]


@dataclass(frozen=True, slots=True)
class Tables:
    numbers: Table  # of all campaigns
    asked: Table  # whom a pass over changes is about
    turns: Table  # the campaign that has a customer's turn
    keeps: Table  # the campaign whose content waits for a customer's next contact
    mine: Table  # what a campaign has for a customer beside these two
    judged: Table  # everybody, once for all campaigns of a kind
    free: Table  # whom no campaign has yet, and something could reach
    picked: Table  # the candidates of the campaign at hand
    own: Table  # what single campaigns say against the free
    packs: Table  # the same, a row a customer
    changed: Table  # of whom something else was decided than before
    groups: Table  # how many stand alike

    def every(self) -> Sequence[Table]:
        return tuple(getattr(self, name) for name in self.__dataclass_fields__)

    def make(self, session: Session) -> None:
        for table in self.every():
            table.create(session)

    def analyse(self, session: Session, *tables: Table) -> None:
        """PostgreSQL does not know how large a temporary table is before it is told to look; SQLite needs no telling."""
        if session.dialect.name == "postgresql":
            for table in tables:
                session.execute(text(f"ANALYZE {table.name}"))

    def kind(self, purpose: str, number: int) -> Column[int]:
        return self.judged.c[kind_name(purpose, number)]


def kind_name(purpose: str, number: int) -> str:
    return f"{purpose}_kind_{number}"


def mask_name(purpose: str, number: int) -> str:
    return f"{purpose}_audiences_{number}"


def masks(table: Table, purpose: str) -> list[ColumnElement[int]]:
    return [column for column in table.c if column.name.startswith(mask_name(purpose, 0)[:-1])]


def kinds(table: Table, purpose: str) -> list[ColumnElement[int]]:
    return [column for column in table.c if column.name.startswith(kind_name(purpose, 0)[:-1])]


Shape: TypeAlias = tuple[tuple[str, int, int, int], ...]  # purpose, kinds, masks, audiences


def tables_for(agenda: Agenda) -> Tables:
    return _tables(
        tuple((name, len(of.kinds), of.masks, len(of.audiences)) for name, of in agenda.purposes.items())
    )


@lru_cache(maxsize=64)  # the same ones for passes alike: a statement over them is compiled once a process
def _tables(shape: Shape) -> Tables:
    of = MetaData()

    def table(name: str, *columns: Column[object] | Index) -> Table:
        return Table(f"plan_{name}", of, *columns, prefixes=TEMPORARY)

    def who() -> Column[object]:
        return Column("customer_id", BigId, primary_key=True, autoincrement=False)

    def campaign() -> Column[object]:
        return Column("campaign_number", Integer, nullable=False)

    return Tables(
        numbers=table("numbers", Column("number", Integer, primary_key=True), Column("campaign_id", String(64), unique=True)),
        asked=table("asked", who()),
        turns=table("turns", who(), campaign()),
        keeps=table("keeps", who(), campaign()),
        mine=table("mine", who(), Column("campaign_number", Integer, primary_key=True, autoincrement=False), Column("said", String(10))),
        judged=table("judged", who(), *_judgement(shape)),
        free=table("free", who(), Column("kept", Integer), *_judgement(shape)),
        picked=table(
            "picked", who(), Column("content_id", String(64)), Column("channel", String(20)), Column("reason", String(100)),
            Column("only_keeps", Boolean, nullable=False), Column("occasion", String(60)), Column("useful_until", Instant),
        ),
        own=table("own", Column("customer_id", BigInteger), Column("entry", Integer), Column("reason", String(100)), Column("only_keeps", Boolean)),
        packs=table("packs", who(), Column("own", PerhapsJson)),
        changed=table("changed", who()),
        groups=table(
            "groups", Column("id", Integer, primary_key=True), Column("turn", String(64)), Column("kept", String(64)),
            *_names(shape), Column("everybody", BigInteger), *_counts(shape),
        ),
    )  # fmt: skip


def _judgement(shape: Shape) -> Iterator[Column[object]]:
    for purpose, kinds_, masks_, _ in shape:
        for number in range(kinds_):
            yield Column(kind_name(purpose, number), SmallInteger)
        for number in range(masks_):
            yield Column(mask_name(purpose, number), BigInteger, nullable=False)


def _names(shape: Shape) -> Iterator[Column[object]]:
    for purpose, kinds_, _, _ in shape:
        for number in range(kinds_):
            yield Column(kind_name(purpose, number), String(100))


def count_name(purpose: str, bit: int) -> str:
    return f"{purpose}_count_{bit}"


def _counts(shape: Shape) -> Iterator[Column[object]]:
    for purpose, _, _, audiences in shape:
        for bit in range(audiences):
            yield Column(count_name(purpose, bit), BigInteger)
