"""What an import says of customers, many at once: noted with its source, never against a person's word."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import String, bindparam, cast, insert, literal, select, true, update

from bot.rules.intake.cells import SHANGHAI
from bot.rules.people.facts import AGE_BAND, BIRTHDAY, DISTRICT, OF_THE_ROW, age_band
from bot.store import rows
from bot.store.database import Instant, Session
from bot.store.people.facts import CONFIDENCE, FROM_BIRTHDAY
from bot.store.tables import customers, facts
from bot.values.facts import ERASED, Evidence

Told = Mapping[str, str]  # value by attribute
Stronger = Mapping[int, Mapping[str, bool]]  # by customer and attribute: whether they erased it

COLUMNS = ("customer_id", "attribute", "source", "value", "confidence", "evidence", "at", "holds")
NO_EVIDENCE: Evidence = {}

_f = facts.c
_KEY = (_f.customer_id == bindparam("who_"), _f.attribute == bindparam("what_"))


def overruled(session: Session, customer_ids: Sequence[int]) -> Stronger:
    """What they or staff said, or want unsaid: no import is believed against it; True where they erased it themselves."""
    found: dict[int, dict[str, bool]] = {}
    for some in rows.parts(sorted(customer_ids)):
        said = select(_f.customer_id, _f.attribute, _f.source, _f.value).where(
            rows.among(session, _f.customer_id, some),
            _f.source.in_(("own_word", "staff")),
            _f.ended_at.is_(None),
        )
        for customer_id, attribute, source, value in session.execute(said):
            theirs = found.setdefault(customer_id, {})
            theirs[attribute] = theirs.get(attribute, False) or (source == "own_word" and value == ERASED)
    return found


def told_by(row: rows.Row, now: datetime) -> dict[str, str]:
    """The facts in a row of `customers`, and the district, which has no column."""
    told = {name: str(row[name]) for name in (*OF_THE_ROW, DISTRICT) if row.get(name) is not None}
    if BIRTHDAY in told:
        told[AGE_BAND] = age_band(date.fromisoformat(told[BIRTHDAY]), now.astimezone(SHANGHAI).date())
    return told


def note(session: Session, told: Mapping[int, Told], stronger: Stronger, now: datetime) -> set[int]:
    """Writes what is new or changed; `stronger` as `overruled` found it. Answers whose facts changed."""
    there = _there(session, sorted(told))
    fresh = [
        (customer_id, attribute, value)
        for customer_id, theirs in told.items()
        for attribute, value in theirs.items()
        if there.get((customer_id, attribute)) != value
        and not _is_erased(stronger.get(customer_id, {}), attribute)
    ]
    old = [{"who_": who, "what_": what} for who, what, _ in fresh if (who, what) in there]
    if old:
        ended = update(facts).where(*_KEY, _f.source == "import", _f.ended_at.is_(None))
        session.execute(ended.values(ended_at=now, ended_by="superseded", holds=False), old)
    wins = {(who, what) for who, what, _ in fresh if what not in stronger.get(who, ())}
    if beaten := [{"who_": who, "what_": what} for who, what in sorted(wins)]:
        session.execute(update(facts).where(*_KEY, _f.holds).values(holds=False), beaten)
    if fresh:
        rows.add_tuples(session, facts, COLUMNS, [_row(one, wins, now) for one in fresh])
    return {who for who, _, _ in fresh}


def adopt(session: Session, now: datetime, first: int = 0, last: int | None = None) -> int:
    """What stands in customers' own rows, from `first` to `last`, and in no fact: written there by an older way in."""
    stretch = customers.c.id >= first if last is None else customers.c.id.between(first, last)
    adopted = 0
    for name in OF_THE_ROW:
        column = customers.c[name]
        value = cast(column, String(100))
        said = select(_f.id).where(
            _f.customer_id == customers.c.id, _f.attribute == name, _f.ended_at.is_(None)
        )
        found = select(
            customers.c.id, literal(name), literal("import"), value,
            literal(CONFIDENCE["import"]), literal(now, Instant()), true(),
        ).where(stretch, customers.c.forgotten_at.is_(None), column.is_not(None), value != "", ~said.exists())  # fmt: skip
        columns = ["customer_id", "attribute", "source", "value", "confidence", "at", "holds"]
        adopted += session.execute(
            insert(facts).from_select(columns, found), execution_options={"preserve_rowcount": True}
        ).rowcount
    return adopted


def _is_erased(said: Mapping[str, bool], attribute: str) -> bool:
    """An age band that would be read off a birthday they erased is erased with it."""
    return said.get(attribute, False) or (attribute == AGE_BAND and said.get(BIRTHDAY, False))


def _there(session: Session, customer_ids: Sequence[int]) -> dict[tuple[int, str], str]:
    found: dict[tuple[int, str], str] = {}
    for some in rows.parts(customer_ids):
        said = select(_f.customer_id, _f.attribute, _f.value).where(
            rows.among(session, _f.customer_id, some), _f.source == "import", _f.ended_at.is_(None)
        )
        found.update(((who, what), value) for who, what, value in session.execute(said))
    return found


def _row(one: tuple[int, str, str], wins: set[tuple[int, str]], now: datetime) -> tuple[Any, ...]:
    """In the order of `COLUMNS`."""
    customer_id, attribute, value = one
    evidence = FROM_BIRTHDAY if attribute == AGE_BAND else NO_EVIDENCE
    holds = (customer_id, attribute) in wins
    return customer_id, attribute, "import", value[:100], CONFIDENCE["import"], evidence, now, holds
