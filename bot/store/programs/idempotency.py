"""What a request with an Idempotency-Key was answered: kept for a day, written in the transaction of its effect.

So the answer is there exactly when the effect is, whatever dies in between. The key's row is put in first: two
requests of one key at the same time go one after the other, and the second finds the answer of the first.
"""

import hashlib
import zlib
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, delete, select, update

from bot.store.database import Session
from bot.store.tables import api_answers
from bot.store.upserts import or_insert

KEPT = timedelta(hours=24)
LONGEST_KEY = 200
UNANSWERED = 0


@dataclass(frozen=True, slots=True)
class Answered:
    """`body` is JSON. `is_same` is False when the key was used for another request."""

    status: int
    body: bytes
    is_same: bool


def hash_of(method: str, path: str, body: bytes) -> str:
    return hashlib.sha256(f"{method} {path}\n".encode() + body).hexdigest()


def claim(session: Session, client_id: int, key: str, request_hash: str, now: datetime) -> Answered | None:
    """None when this request is the first of its key: the caller has to `answer` before the transaction ends."""
    fresh = {"request_hash": request_hash, "status": UNANSWERED, "body": b"", "at": now}
    put = or_insert(session, api_answers).values(client_id=client_id, key=key, **fresh)
    only_over_an_old_one = put.on_conflict_do_update(
        index_elements=[api_answers.c.client_id, api_answers.c.key],
        set_=fresh,
        where=api_answers.c.at <= now - KEPT,
    )
    if session.execute(only_over_an_old_one.returning(api_answers.c.key)).one_or_none():
        return None
    row = session.execute(select(api_answers).where(_is(client_id, key))).one()
    return Answered(row.status, zlib.decompress(row.body), row.request_hash == request_hash)


def answer(session: Session, client_id: int, key: str, status: int, body: bytes) -> None:
    kept = {"status": status, "body": zlib.compress(body)}
    session.execute(update(api_answers).where(_is(client_id, key)).values(kept))


def tidy(session: Session, real: datetime) -> int:
    return session.execute(delete(api_answers).where(api_answers.c.at <= real - KEPT)).rowcount


def _is(client_id: int, key: str) -> ColumnElement[bool]:
    return and_(api_answers.c.client_id == client_id, api_answers.c.key == key)
