"""Endpoints of other programs: who wants to hear of what, what they were told, and what they would not take."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, case, delete, func, insert, or_, select, update

from bot.store.database import Session
from bot.store.tables import outbox, webhook_calls, webhook_endpoints, webhook_wants
from bot.values.webhooks import DeadLetter, Endpoint, Known, Silent

MOST_ENDPOINTS = 50  # each has a thread of its own while it is called

_e = webhook_endpoints.c
_calls = webhook_calls.c


def add(session: Session, url: str, kinds: Iterable[str], secret: str, real: datetime) -> int | None:
    """`secret` is sealed. None when there are `MOST_ENDPOINTS` already."""
    if session.execute(select(func.count()).select_from(webhook_endpoints)).scalar_one() >= MOST_ENDPOINTS:
        return None
    made = insert(webhook_endpoints).values(url=url, secret=secret, created_at=real)
    endpoint_id: int = session.execute(made.returning(_e.id)).scalar_one()
    wants = [{"kind": kind, "endpoint_id": endpoint_id} for kind in sorted(set(kinds))]
    session.execute(insert(webhook_wants), wants)
    return endpoint_id


def find(session: Session, endpoint_id: int, real: datetime) -> Endpoint | None:
    row = session.execute(select(webhook_endpoints).where(_e.id == endpoint_id)).one_or_none()
    return endpoint_of(row, real) if row else None


def endpoint_of(row: Row[Any], real: datetime) -> Endpoint:
    overlaps = row.previous_until is not None and row.previous_until > real
    previous = row.previous_secret if overlaps else None
    return Endpoint(id=row.id, url=row.url, secret=row.secret, previous_secret=previous or "")


def remove(session: Session, endpoint_id: int) -> bool:
    """And what it was not told yet; False when there is none."""
    return session.execute(delete(webhook_endpoints).where(_e.id == endpoint_id)).rowcount == 1


def pause(session: Session, endpoint_id: int, reason: str, real: datetime) -> bool:
    """What it wants goes on being kept for it. False when there is none, or it is paused already."""
    active = update(webhook_endpoints).where(_e.id == endpoint_id, _e.state == "active")
    return session.execute(active.values(state="paused", reason=reason[:200], paused_at=real)).rowcount == 1


def resume(session: Session, endpoint_id: int, real: datetime) -> bool:
    """What waits is due at once, and its failures are forgotten. False when there is none, or it is active and well."""
    held = or_(_e.state == "paused", _e.failing_since.is_not(None))
    paused = update(webhook_endpoints).where(_e.id == endpoint_id, held)
    fresh = {"state": "active", "reason": "", "paused_at": None, "failures": 0, "failing_since": None}
    if session.execute(paused.values(rests_until=None, **fresh)).rowcount == 0:
        return False
    waits = and_(_calls.endpoint_id == endpoint_id, _calls.state == "waiting", _calls.next_at > real)
    unclaimed = waits & _calls.claim_token.is_(None)
    session.execute(update(webhook_calls).where(unclaimed).values(next_at=real))
    return True


def rotate(session: Session, endpoint_id: int, secret: str, overlap: timedelta, real: datetime) -> bool:
    """`secret` is sealed; the one before it signs, too, for as long as they overlap."""
    changed = update(webhook_endpoints).where(_e.id == endpoint_id)
    values = {"secret": secret, "previous_secret": _e.secret, "previous_until": real + overlap}
    return session.execute(changed.values(values)).rowcount == 1


def every(session: Session) -> list[Known]:
    counted = (
        select(
            _calls.endpoint_id,
            func.sum(case((_calls.state == "waiting", 1), else_=0)).label("waiting"),
            func.sum(case((_calls.state == "taken", 1), else_=0)).label("taken"),
            func.sum(case((_calls.state == "dead", 1), else_=0)).label("dead"),
            func.min(case((_calls.state == "waiting", _calls.since))).label("oldest"),
        )
        .group_by(_calls.endpoint_id)
        .subquery()
    )
    rows = session.execute(
        select(webhook_endpoints, counted.c.waiting, counted.c.taken, counted.c.dead, counted.c.oldest)
        .outerjoin(counted, counted.c.endpoint_id == _e.id)
        .order_by(_e.id)
    ).all()
    wants = session.execute(select(webhook_wants).order_by(webhook_wants.c.kind)).all()
    return [
        Known(
            id=row.id,
            url=row.url,
            kinds=tuple(want.kind for want in wants if want.endpoint_id == row.id),
            state=row.state,
            reason=row.reason,
            created_at=row.created_at,
            failing_since=row.failing_since,
            waiting=row.waiting or 0,
            taken=row.taken or 0,
            dead=row.dead or 0,
            oldest_waiting=row.oldest,
        )
        for row in rows
    ]


def silent(session: Session) -> list[Silent]:
    """Those that are paused or failing; reads no calls."""
    hears_nothing = or_(_e.state == "paused", _e.failing_since.is_not(None))
    asked = select(_e.id, _e.url, _e.state).where(hears_nothing).order_by(_e.id)
    return [Silent(row.id, row.url, row.state == "paused") for row in session.execute(asked)]


def dead_letters(
    session: Session, endpoint_id: int | None = None, *, before: int | None = None, most: int = 100
) -> list[DeadLetter]:
    """The newest first; `before` is the sequence the last page ended with."""
    asked = select(webhook_calls, outbox.c.event_id, outbox.c.kind, outbox.c.at).join(outbox)
    asked = asked.where(_calls.state == "dead")
    if endpoint_id is not None:
        asked = asked.where(_calls.endpoint_id == endpoint_id)
    if before is not None:
        asked = asked.where(_calls.outbox_id < before)
    rows = session.execute(asked.order_by(_calls.outbox_id.desc(), _calls.endpoint_id).limit(most))
    return [
        DeadLetter(
            endpoint_id=row.endpoint_id,
            event_id=row.event_id,
            sequence=row.outbox_id,
            kind=row.kind,
            at=row.at,
            tries=row.tries,
            status=row.status,
            reason=row.reason,
            died_at=row.ended_at,
        )
        for row in rows
    ]


def redeliver_dead(session: Session, endpoint_id: int, real: datetime) -> int:
    """Every dead letter of the endpoint is owed again; gives how many."""
    return _owe_again(session, and_(_calls.endpoint_id == endpoint_id, _calls.state == "dead"), real)


def redeliver(session: Session, endpoint_id: int, event_ids: Sequence[str], real: datetime) -> int:
    """These events, dead or taken, are owed again, as long as they are kept."""
    named = select(outbox.c.id).where(outbox.c.event_id.in_(event_ids))
    ended = and_(_calls.endpoint_id == endpoint_id, _calls.state != "waiting", _calls.outbox_id.in_(named))
    return _owe_again(session, ended, real)


def _owe_again(session: Session, which: ColumnElement[bool], real: datetime) -> int:
    values: dict[str, Any] = {
        "state": "waiting", "tries": 0, "next_at": real, "claim_token": None, "status": None, "reason": "",
        "since": real, "ended_at": None,
    }  # fmt: skip
    return session.execute(update(webhook_calls).where(which).values(values)).rowcount
