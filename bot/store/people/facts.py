"""Facts of one customer: what each source says, which one is believed, and the customer's own row kept in step.

A person's own word is believed before a member of staff, staff before orders and imports (the later of these), and
those before an inference. What a source said before stays as history, but for what the customer erases themselves.
"""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row, delete, false, insert, select, update

from bot.rules.people.facts import AGE_BAND, BIRTHDAY, OF_THE_ROW, age_band, believed
from bot.store.database import Session
from bot.store.programs import outbox
from bot.store.segments import segment_changes
from bot.store.tables import customers, facts, staff
from bot.values.facts import ERASED, Evidence, Fact, Source

CONFIDENCE: Mapping[Source, float] = {"own_word": 1.0, "staff": 0.9, "order": 0.8, "import": 0.8}
FROM_BIRTHDAY: Evidence = {"from": BIRTHDAY}

_f = facts.c
_SEEN = (
    select(facts, staff.c.name.label("staff"))
    .outerjoin(staff, staff.c.id == _f.staff_id)
    .order_by(_f.attribute, _f.id)
)


def of(session: Session, customer_id: int, *, with_history: bool = False) -> list[Fact]:
    """By attribute, the oldest first. What was erased is among them, with an empty value."""
    asked = _SEEN.where(_f.customer_id == customer_id)
    if not with_history:
        asked = asked.where(_f.ended_at.is_(None))
    return [_fact(row) for row in session.execute(asked)]


def holding(session: Session, customer_id: int) -> dict[str, Fact]:
    """What is believed of the customer, by attribute."""
    rows = session.execute(_SEEN.where(_f.customer_id == customer_id, _f.holds))
    return {row.attribute: _fact(row) for row in rows}


def learn(
    session: Session,
    customer_id: int,
    attribute: str,
    value: str,
    source: Source,
    now: datetime,
    today: date,
    *,
    evidence: Evidence | None = None,
    staff_id: int | None = None,
) -> bool:
    """Notes what a source says, `value` checked before; answers whether that is what is believed now.

    A birthday brings its age band along, `today` being a day in the shop's zone. What the customer erased is not noted
    from anybody but them.
    """
    _lock(session, customer_id)
    unsaid = set() if source == "own_word" else erased(session, customer_id)
    if attribute in unsaid:
        return False
    is_new = _put(session, customer_id, attribute, value, source, now, evidence, staff_id)
    if attribute == BIRTHDAY and value and AGE_BAND not in unsaid:
        band = age_band(date.fromisoformat(value), today)
        _put(session, customer_id, AGE_BAND, band, source, now, FROM_BIRTHDAY, staff_id)
        _settle(session, customer_id, AGE_BAND)
    is_believed = _settle(session, customer_id, attribute) == source
    if is_new and is_believed:
        outbox.record(session, "customer.changed", customer_id, {"fields": [attribute]}, now)
    return is_believed


def retract(
    session: Session, customer_id: int, attribute: str, now: datetime, *, staff_id: int | None
) -> list[Fact]:
    """By staff: nothing of it is believed any more, and neither import nor inference brings it back.

    Answers what was said until now; history keeps it. Until staff or the customer say something again.
    """
    _lock(session, customer_id)
    said = [fact for fact in of(session, customer_id) if _is_about(fact, attribute) and fact.value]
    for name in {fact.attribute for fact in said} | {attribute}:
        live = update(facts).where(_f.customer_id == customer_id, _f.attribute == name, _f.ended_at.is_(None))
        erased_themselves = (_f.source == "own_word") & (_f.value == ERASED)
        session.execute(
            live.where(~erased_themselves).values(ended_at=now, ended_by="retracted", holds=False)
        )
        if name == attribute:
            _put(session, customer_id, name, ERASED, "staff", now, None, staff_id)
        _settle(session, customer_id, name)
    outbox.record(session, "customer.changed", customer_id, {"fields": [attribute]}, now)
    return said


def erase(session: Session, customer_id: int, attribute: str, now: datetime) -> int:
    """By the customer: gone with its history, and nobody but they themselves says it again. Answers how many rows."""
    _lock(session, customer_id)
    gone = [fact for fact in of(session, customer_id, with_history=True) if _is_about(fact, attribute)]
    for name in {fact.attribute for fact in gone} | {attribute}:
        derived = name != attribute
        rows = select(_f.id, _f.evidence).where(_f.customer_id == customer_id, _f.attribute == name)
        ids = [row.id for row in session.execute(rows) if not derived or row.evidence == FROM_BIRTHDAY]
        session.execute(delete(facts).where(_f.id.in_(ids)))
        if not derived:
            _put(session, customer_id, name, ERASED, "own_word", now, None, None)
        _settle(session, customer_id, name)
    outbox.record(session, "customer.changed", customer_id, {"fields": [attribute]}, now)
    return len([fact for fact in gone if fact.value])


def erased(session: Session, customer_id: int) -> set[str]:
    """What the customer does not want known."""
    theirs = select(_f.attribute).where(
        _f.customer_id == customer_id, _f.source == "own_word", _f.value == ERASED, _f.ended_at.is_(None)
    )
    return set(session.scalars(theirs))


def let_go(session: Session, customer_id: int) -> None:
    """Before the rows of this customer become another's: who is believed of both is decided by `settle`."""
    session.execute(update(facts).where(_f.customer_id == customer_id, _f.holds).values(holds=false()))


def settle(session: Session, customer_id: int) -> None:
    """After rows came or went with a merge: of everything that is said now, the believed one holds."""
    live = select(_f.attribute).where(_f.customer_id == customer_id, _f.ended_at.is_(None)).distinct()
    for attribute in sorted(session.scalars(live)):
        _settle(session, customer_id, attribute)


def _is_about(fact: Fact, attribute: str) -> bool:
    """An age band that was read off a birthday goes with it."""
    is_derived = fact.attribute == AGE_BAND and fact.evidence == FROM_BIRTHDAY
    return fact.attribute == attribute or (attribute == BIRTHDAY and is_derived)


def _lock(session: Session, customer_id: int) -> None:
    """Two who say something of one customer go one after the other."""
    session.execute(
        select(customers.c.id).where(customers.c.id == customer_id).with_for_update(key_share=True)
    )


def _put(
    session: Session,
    customer_id: int,
    attribute: str,
    value: str,
    source: Source,
    now: datetime,
    evidence: Evidence | None,
    staff_id: int | None,
) -> bool:
    """The source's live row says this from now on; False when it said so before, and is only newer."""
    theirs = (_f.customer_id == customer_id, _f.attribute == attribute, _f.source == source)
    live = update(facts).where(*theirs, _f.ended_at.is_(None))
    said: dict[str, Any] = {
        "confidence": CONFIDENCE.get(source, 0.5),
        "evidence": dict(evidence or {}),
        "staff_id": staff_id,
        "at": now,
    }
    if session.execute(live.where(_f.value == value).values(said)).rowcount:
        return False
    session.execute(live.values(ended_at=now, ended_by="superseded", holds=False))
    session.execute(
        insert(facts).values(customer_id=customer_id, attribute=attribute, source=source, value=value, **said)
    )
    return True


def _settle(session: Session, customer_id: int, attribute: str) -> Source | None:
    """Marks the one that is believed, and writes it into the customer's own row where that has a place for it."""
    said = [fact for fact in of(session, customer_id) if fact.attribute == attribute]
    winner = believed(said)
    theirs = (_f.customer_id == customer_id, _f.attribute == attribute)
    session.execute(update(facts).where(*theirs, _f.holds).values(holds=false()))
    holds = winner is not None and winner.value != ERASED
    if winner is not None and holds:
        mine = update(facts).where(*theirs, _f.source == winner.source, _f.ended_at.is_(None))
        session.execute(mine.values(holds=True))
    if attribute in OF_THE_ROW:
        value = in_the_row(attribute, winner.value) if winner is not None and holds else None
        session.execute(update(customers).where(customers.c.id == customer_id).values({attribute: value}))
    segment_changes.note(session, [customer_id])
    return winner.source if winner else None


def in_the_row(attribute: str, value: str) -> str | date:
    """As the customer's own column keeps it."""
    return date.fromisoformat(value) if attribute == BIRTHDAY else value


def _fact(row: Row[Any]) -> Fact:
    return Fact(
        attribute=row.attribute,
        value=row.value,
        source=row.source,
        confidence=row.confidence,
        at=row.at,
        holds=row.holds,
        evidence=row.evidence,
        staff=row.staff or "",
        ended_at=row.ended_at,
        ended_by=row.ended_by or "",
    )
