"""The portrait in use, and how much everybody else is like the best: one row a customer, written only when it changes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, delete, func, insert, select, update

from bot.store import rows
from bot.store.database import Session
from bot.store.tables import customers, lookalikes, portraits
from bot.values.portrait import Definition, InSegment, Lookalike, Top

KEPT = 30  # portraits: what was thought of whom, a month back

Scored = tuple[int, int, Sequence[str]]  # customer, score, reasons


@dataclass(frozen=True, slots=True)
class InUse:
    definition: Definition
    models: Sequence[Mapping[str, Any]]
    version: str
    at: datetime


def in_use(session: Session) -> InUse | None:
    found = _newest(session)
    return InUse(_definition(found.definition), found.models, found.version, found.at) if found else None


def use(
    session: Session,
    definition: Definition,
    models: Sequence[Mapping[str, Any]],
    version: str,
    now: datetime,
) -> None:
    """From now on; the same version again only has its day moved on."""
    newest = _newest(session, locked=True)
    if newest is not None and newest.version == version:
        session.execute(update(portraits).where(portraits.c.id == newest.id).values(at=now))
        return
    told = {"definition": _told(definition), "models": list(models), "version": version, "at": now}
    session.execute(insert(portraits).values(told))
    old = select(portraits.c.id).order_by(portraits.c.id.desc()).offset(KEPT).limit(1)
    if (last := session.scalar(old)) is not None:
        session.execute(delete(portraits).where(portraits.c.id <= last))


def replace(
    session: Session, version: str, first: int, last: int, scored: Sequence[Scored], now: datetime
) -> int | None:
    """What is known of the ids from `first` to `last`, which `scored` has in order, becomes this.

    Answers how many rows were written: none when it was so already; None when another portrait is in use by now.
    """
    newest = _newest(session, locked=True)
    if newest is None or newest.version != version:
        return None
    # somebody may have been forgotten or merged since they were read; who is still there stays until we are done
    there = select(customers.c.id).where(
        customers.c.id.between(first, last), customers.c.forgotten_at.is_(None)
    )
    still = set(session.scalars(there.with_for_update(read=True, key_share=True)))
    new = [(id_, score, list(reasons), version) for id_, score, reasons in scored if id_ in still]
    row = lookalikes.c
    theirs = row.customer_id.between(first, last)
    old = select(row.customer_id, row.score, row.reasons, row.version).where(theirs).order_by(row.customer_id)
    if [tuple(found) for found in session.execute(old)] == new:
        return 0
    session.execute(delete(lookalikes).where(theirs))
    names = ("customer_id", "score", "reasons", "version", "at")
    rows.add_tuples(session, lookalikes, names, [(*each, now) for each in new])
    return len(new)


def most_alike(session: Session, limit: int) -> list[Lookalike]:
    """Those who follow, the likest first."""
    statement = (
        select(customers.c.openid, lookalikes)
        .join_from(lookalikes, customers, customers.c.id == lookalikes.c.customer_id)
        .where(
            customers.c.openid.is_not(None),
            customers.c.followed_at.is_not(None),
            customers.c.unfollowed_at.is_(None),
        )
        .order_by(lookalikes.c.score.desc(), lookalikes.c.customer_id)
        .limit(limit)
    )
    return [_lookalike(found) for found in session.execute(statement)]


def of(session: Session, openid: str) -> Lookalike | None:
    """None for one of the best, for whom nothing can be said, and for an openid nobody has."""
    statement = (
        select(customers.c.openid, lookalikes)
        .join_from(lookalikes, customers, customers.c.id == lookalikes.c.customer_id)
        .where(customers.c.openid == openid)
    )
    found = session.execute(statement).one_or_none()
    return _lookalike(found) if found else None


def count(session: Session) -> int:
    return session.execute(select(func.count()).select_from(lookalikes)).scalar_one()


def _newest(session: Session, *, locked: bool = False) -> Row[Any] | None:
    """`locked`: two refreshes go through the same customers one after the other."""
    newest = select(portraits).order_by(portraits.c.id.desc()).limit(1)
    return session.execute(newest.with_for_update() if locked else newest).one_or_none()


def _lookalike(row: Row[Any]) -> Lookalike:
    return Lookalike(openid=row.openid, score=row.score, reasons=tuple(row.reasons), at=row.at)


def _told(definition: Definition) -> dict[str, Any]:
    match definition:
        case Top(percent, by):
            return {"percent": percent, "by": by}
        case InSegment(segment):
            return {"segment": segment}


def _definition(told: Mapping[str, Any]) -> Definition:
    if "segment" in told:
        return InSegment(told["segment"])
    return Top(told["percent"], told["by"])
