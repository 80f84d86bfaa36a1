"""Writes down what was inferred of many customers at once: only what is new, different, or no longer to be said."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, TypeAlias

from sqlalchemy import Select, and_, bindparam, insert, select, update

from bot.rules.people.facts import AGE_BAND, BIRTHDAY, InferenceRules, age_band
from bot.rules.worth.inference import driver, strictness
from bot.store import rows
from bot.store.database import Session
from bot.store.people import facts_imported, facts_signals
from bot.store.people.facts import FROM_BIRTHDAY
from bot.store.segments import segment_changes
from bot.store.tables import customers, facts, inferences
from bot.values.facts import ERASED, Inferred

INFERRED = ("decision_driver", "strictness")

_f = facts.c

Key: TypeAlias = tuple[int, str]  # customer and attribute


@dataclass(frozen=True, slots=True)
class Weighed:
    """What is to be said of a stretch of customers, and what an inference says now."""

    found: Mapping[Key, Inferred]
    there: Mapping[Key, Any]  # rows of `facts`
    looked_at: int


@dataclass(slots=True)
class Written:
    looked_at: int = 0
    said: int = 0  # new, or another value than before
    ended: int = 0

    def add(self, other: "Written") -> None:
        self.looked_at += other.looked_at
        self.said += other.said
        self.ended += other.ended


def last(session: Session, fingerprint: str) -> datetime | None:
    """Until when what everybody did is accounted for by these rules; None: everybody is to be looked at."""
    row = session.execute(select(inferences).order_by(inferences.c.id.desc()).limit(1)).one_or_none()
    return row.at if row is not None and row.rules == fingerprint else None


def finished(session: Session, at: datetime, fingerprint: str) -> None:
    """`at` is when it began: what was done meanwhile is looked at next time."""
    session.execute(insert(inferences).values(at=at, rules=fingerprint))


def weigh(session: Session, who: Select[Any], rules: InferenceRules, now: datetime) -> Weighed:
    """Decision driver and strictness of those whose ids `who` gives. Only reads, for that is what takes long."""
    least, sure = rules.least, rules.sure
    wanted: dict[Key, Inferred] = {}
    driven = facts_signals.drivers(session, who, rules, now)
    strict = facts_signals.strictness(session, who)
    for customer_id, seen in driven.items():
        wanted[customer_id, "decision_driver"] = driver(seen, least, sure)
    for customer_id, how in strict.items():
        wanted[customer_id, "strictness"] = strictness(how, least, sure)
    found = {key: inferred for key, inferred in wanted.items() if inferred.value}
    live = select(_f.id, _f.customer_id, _f.attribute, _f.value, _f.confidence, _f.evidence).where(
        _f.customer_id.in_(who), _f.attribute.in_(INFERRED), _f.source == "inference", _f.ended_at.is_(None)
    )
    there = {(row.customer_id, row.attribute): row for row in session.execute(live)}
    return Weighed(found, there, len(driven.keys() | strict.keys()))


def write(session: Session, weighed: Weighed, now: datetime) -> Written:
    """Only differences. What a person said or erased meanwhile stands: it is looked at again here."""
    found, there = weighed.found, weighed.there
    over = {key: row.id for key, row in there.items() if key not in found or found[key].value != row.value}
    for some in rows.parts(sorted(over.values())):
        ended = update(facts).where(rows.among(session, _f.id, some), _f.ended_at.is_(None))
        session.execute(ended.values(ended_at=now, ended_by="superseded", holds=False))
    fresh = {
        key: inferred
        for key, inferred in found.items()
        if key not in there or there[key].value != inferred.value
    }
    _confirm(session, [(there[key], one) for key, one in found.items() if key not in fresh], now)
    asked = sorted({customer_id for customer_id, _ in fresh})
    gone, taken = _forgotten(session, asked), _said_otherwise(session, asked)
    fresh = {key: one for key, one in fresh.items() if key[0] not in gone and not taken.get(key)}
    rows.add_tuples(session, facts, facts_imported.COLUMNS, list(_tuples(fresh, taken, now)))
    segment_changes.note(session, [customer_id for customer_id, _ in (*fresh, *over)])
    return Written(looked_at=weighed.looked_at, said=len(fresh), ended=len(over))


def follow_birthdays(session: Session, first: int, last: int, now: datetime, today: date) -> int:
    """Age bands read off birthdays, for customers from `first` to `last`: who has grown out of theirs gets the next.

    Those that came with their birthday are followed; an imported birthday that has none yet gets one.
    """
    band = facts.alias("band")
    its_own = and_(
        band.c.customer_id == _f.customer_id,
        band.c.source == _f.source,
        band.c.attribute == AGE_BAND,
        band.c.ended_at.is_(None),
    )
    born = select(_f.customer_id, _f.source, _f.value, band.c.id, band.c.value.label("band"), band.c.evidence)
    theirs = born.outerjoin_from(facts, band, its_own).where(
        _f.customer_id.between(first, last), _f.attribute == BIRTHDAY, _f.ended_at.is_(None), _f.value != ""
    )
    found = [(row, age_band(date.fromisoformat(row.value), today)) for row in session.execute(theirs)]
    grown = [
        {"id_": row.id, "value": is_now, "at": now}
        for row, is_now in found
        if row.band not in (None, is_now) and row.evidence == FROM_BIRTHDAY
    ]
    if grown:
        values: dict[str, Any] = {name: bindparam(name) for name in ("value", "at")}
        session.execute(update(facts).where(_f.id == bindparam("id_")).values(values), grown)
    fresh = {
        row.customer_id: {AGE_BAND: is_now}
        for row, is_now in found
        if row.band is None and row.source == "import"
    }
    facts_imported.note(session, fresh, facts_imported.overruled(session, list(fresh)), now)
    changed = [row.customer_id for row, is_now in found if row.band != is_now]
    segment_changes.note(session, changed)
    return len(grown) + len(fresh)


def _confirm(session: Session, pairs: Iterable[tuple[Any, Inferred]], now: datetime) -> None:
    """The same value by other numbers."""
    changes = [
        {"id_": row.id, "confidence": one.confidence, "evidence": dict(one.evidence), "at": now}
        for row, one in pairs
        if (row.confidence, row.evidence) != (one.confidence, one.evidence)
    ]
    if changes:
        values: dict[str, Any] = {name: bindparam(name) for name in ("confidence", "evidence", "at")}
        session.execute(update(facts).where(_f.id == bindparam("id_")).values(values), changes)


def _said_otherwise(session: Session, customer_ids: Sequence[int]) -> dict[Key, bool]:
    """Whatever another source says, or wants unsaid, is believed before an inference; True: they erased it themselves."""
    found: dict[Key, bool] = {}
    for some in rows.parts(customer_ids):
        said = select(_f.customer_id, _f.attribute, _f.source, _f.value).where(
            rows.among(session, _f.customer_id, some),
            _f.attribute.in_(INFERRED),
            _f.source != "inference",
            _f.ended_at.is_(None),
        )
        for customer_id, attribute, source, value in session.execute(said):
            key = customer_id, attribute
            found[key] = found.get(key, False) or (source == "own_word" and value == ERASED)
    return found


def _forgotten(session: Session, customer_ids: Sequence[int]) -> set[int]:
    found: set[int] = set()
    for some in rows.parts(customer_ids):
        theirs = rows.among(session, customers.c.id, some)
        found.update(
            session.scalars(select(customers.c.id).where(theirs, customers.c.forgotten_at.is_not(None)))
        )
    return found


def _tuples(
    fresh: Mapping[Key, Inferred], taken: Mapping[Key, bool], now: datetime
) -> Iterator[tuple[Any, ...]]:
    for (customer_id, attribute), one in fresh.items():
        holds = (customer_id, attribute) not in taken
        yield customer_id, attribute, "inference", one.value, one.confidence, dict(one.evidence), now, holds
