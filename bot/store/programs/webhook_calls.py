"""Calls to endpoints: claimed by one worker for a while, closed with what was answered, dropped when they are old.

A claim moves `next_at` on: whose worker died is due again by itself then. So a call may be made twice, with the same
event id; it is never lost. All instants are real time.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, delete, exists, or_, select, update

from bot.rules.webhooks import webhook_retries as retries
from bot.store.database import Session
from bot.store.programs import webhooks
from bot.store.programs.outbox import OF_THEIR_LEAVING
from bot.store.tables import outbox, webhook_calls, webhook_endpoints
from bot.values.webhooks import Answer, Call, Endpoint, Event, Told

LEASE = timedelta(minutes=2)  # longer than any batch takes
TAKEN_KEPT = timedelta(days=3)
DEAD_KEPT = timedelta(days=30)
WAITS_AT_MOST = timedelta(days=7)  # at a paused endpoint
REMOVED_AT_ONCE = 5_000
NOT_TAKEN = "not taken for a week"

_c = webhook_calls.c
_e = webhook_endpoints.c


def is_to_spread(session: Session) -> bool:
    return session.execute(select(outbox.c.id).where(~outbox.c.is_spread).limit(1)).first() is not None


def due_endpoints(session: Session, real: datetime) -> list[int]:
    """Those that may be called and to which something is due."""
    is_due = exists().where(_c.endpoint_id == _e.id, _c.state == "waiting", _c.next_at <= real)
    return list(session.execute(select(_e.id).where(_may_be_called(real), is_due).order_by(_e.id)).scalars())


def claim(
    session: Session, endpoint_id: int, token: str, real: datetime, most: int
) -> tuple[Endpoint, list[Call]] | None:
    """The calls that were due first are this token's until `LEASE` is over; None when there is nothing to do."""
    asked = select(webhook_endpoints).where(_e.id == endpoint_id, _may_be_called(real))
    row = session.execute(asked).one_or_none()
    if row is None:
        return None
    due = and_(_c.endpoint_id == endpoint_id, _c.state == "waiting", _c.next_at <= real)
    picked = select(_c.id).where(due).order_by(_c.next_at, _c.id).limit(most)
    ids = list(session.execute(picked.with_for_update(skip_locked=True)).scalars())
    session.execute(
        update(webhook_calls).where(_c.id.in_(ids), due).values(next_at=real + LEASE, claim_token=token)
    )
    calls = session.execute(
        select(_c.id.label("call_id"), _c.tries, outbox)
        .join(outbox)
        .where(_c.id.in_(ids), _c.claim_token == token)
        .order_by(_c.id)
    ).all()
    return (webhooks.endpoint_of(row, real), [_call(call) for call in calls]) if calls else None


def close(session: Session, endpoint_id: int, told: Sequence[Told], token: str, real: datetime) -> None:
    """Writes what was answered, into the calls that are still this token's, and into the endpoint.

    A call that was taken is done whoever has it now.
    """
    for status in sorted({one.answer.status for one in told if one.answer.is_taken}):
        ids = [one.call.id for one in told if one.answer.status == status]
        taken = update(webhook_calls).where(_c.id.in_(ids), _c.state == "waiting")
        session.execute(
            taken.values(_made(Answer(status)) | {"state": "taken", "reason": "", "ended_at": real})
        )
    for one in told:
        if not one.answer.is_taken:
            _not_taken(session, one, token, real)
    if told:
        _look_at(session, endpoint_id, told, real)


def put_back(session: Session, calls: Sequence[Call], token: str, real: datetime) -> None:
    """Claimed and not made: due as before."""
    mine = and_(_c.id.in_([call.id for call in calls]), _c.claim_token == token, _c.state == "waiting")
    session.execute(update(webhook_calls).where(mine).values(next_at=real, claim_token=None))


def tidy(session: Session, real: datetime) -> int:
    """Removes what is old, at most `REMOVED_AT_ONCE` of each kind; gives how many rows, 0 when nothing is left.

    That somebody left, and who that was, is dropped as soon as it is told.
    """
    stale = and_(_c.state == "waiting", _c.since < real - WAITS_AT_MOST)
    dies = {"state": "dead", "reason": NOT_TAKEN, "ended_at": real, "claim_token": None}
    died = session.execute(update(webhook_calls).where(_some(stale)).values(dies)).rowcount
    leaving = select(outbox.c.id).where(outbox.c.kind.in_(OF_THEIR_LEAVING))
    old = or_(
        and_(_c.state == "taken", _c.ended_at < real - TAKEN_KEPT),
        and_(_c.state == "dead", _c.ended_at < real - DEAD_KEPT),
        and_(_c.state == "taken", _c.outbox_id.in_(leaving)),
    )
    dropped = session.execute(delete(webhook_calls).where(_some(old))).rowcount
    told = select(outbox.c.id).where(outbox.c.is_spread, ~exists().where(_c.outbox_id == outbox.c.id))
    done = delete(outbox).where(outbox.c.id.in_(told.limit(REMOVED_AT_ONCE)))
    return died + dropped + session.execute(done).rowcount


def _some(which: ColumnElement[bool]) -> ColumnElement[bool]:
    return _c.id.in_(select(_c.id).where(which).limit(REMOVED_AT_ONCE))


def _may_be_called(real: datetime) -> ColumnElement[bool]:
    return and_(_e.state == "active", or_(_e.rests_until.is_(None), _e.rests_until <= real))


def _call(row: Row[Any]) -> Call:
    customer = None
    if row.customer_id is not None:
        customer = {"id": row.customer_id, "openid": row.openid, "external_id": row.external_id}
    event = Event(
        id=row.event_id, kind=row.kind, at=row.at, sequence=row.id, customer=customer, data=row.data
    )
    return Call(row.call_id, row.tries, event)


def _not_taken(session: Session, one: Told, token: str, real: datetime) -> None:
    mine = and_(_c.id == one.call.id, _c.claim_token == token, _c.state == "waiting")
    values = _made(one.answer) | {"reason": one.answer.reason}
    if one.again_at is None:
        values |= {"state": "dead", "ended_at": real}
    else:
        values |= {"next_at": one.again_at}
    session.execute(update(webhook_calls).where(mine).values(values))


def _made(answer: Answer) -> dict[str, Any]:
    return {"tries": _c.tries + 1, "status": answer.status or None, "claim_token": None}


def _look_at(session: Session, endpoint_id: int, told: Sequence[Told], real: datetime) -> None:
    """How the endpoint fares: failing in a row it rests, failing for days or gone it is paused."""
    mine = _e.id == endpoint_id
    asked = select(_e.failures, _e.failing_since).where(mine)
    before = session.execute(asked.with_for_update()).one_or_none()
    if before is None:  # it was removed meanwhile
        return
    failures, since = before.failures, before.failing_since
    for one in told:
        failures = 0 if one.answer.is_taken else failures + 1
        since = (since or real) if failures else None
    rests_until = real + retries.rest(failures) if failures else None
    session.execute(
        update(webhook_endpoints)
        .where(mine)
        .values(failures=failures, failing_since=since, rests_until=rests_until)
    )
    if any(one.answer.is_gone for one in told):
        webhooks.pause(session, endpoint_id, "it answered 410 Gone", real)
    elif retries.is_hopeless(since, failures, real):
        webhooks.pause(session, endpoint_id, f"failing since {since:%Y-%m-%d %H:%M} UTC", real)
