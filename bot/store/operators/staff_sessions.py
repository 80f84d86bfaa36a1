"""Sign-ins that last and end: 12 hours at most, one hour without use, at once when somebody is disabled.

Only a hash of the token is kept, so that who reads the database cannot sign in with it. Times are real time:
moving the sandbox's clock signs nobody out.
"""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, insert, select, update

from bot.store.database import Session
from bot.store.operators.staff import Person
from bot.store.tables import staff, staff_sessions

LASTS = timedelta(hours=12)
IDLE = timedelta(hours=1)
NOTED_EVERY = timedelta(minutes=1)  # one page in a minute writes, not each


@dataclass(frozen=True, slots=True)
class SignedIn:
    person: Person
    seen_at: datetime

    def is_to_be_noted(self, now: datetime) -> bool:
        return now - self.seen_at >= NOTED_EVERY


def begin(session: Session, staff_id: int, now: datetime) -> str:
    """Gives the token to be kept in the browser. Tidies away this person's ended sessions."""
    session.execute(
        delete(staff_sessions).where(staff_sessions.c.staff_id == staff_id, staff_sessions.c.ends_at <= now)
    )
    token = secrets.token_urlsafe(32)
    fields = {
        "token_hash": _hash(token),
        "staff_id": staff_id,
        "started_at": now,
        "seen_at": now,
        "ends_at": now + LASTS,
    }
    session.execute(insert(staff_sessions).values(fields))
    return token


def find(session: Session, token: str, now: datetime) -> SignedIn | None:
    asked = (
        select(
            staff.c.id,
            staff.c.name,
            staff.c.role,
            staff.c.disabled_at,
            staff.c.created_at,
            staff_sessions.c.seen_at,
        )
        .join(staff, staff.c.id == staff_sessions.c.staff_id)
        .where(
            staff_sessions.c.token_hash == _hash(token),
            staff_sessions.c.ends_at > now,
            staff_sessions.c.seen_at > now - IDLE,
            staff.c.disabled_at.is_(None),
        )
    )
    row = session.execute(asked).one_or_none()
    if row is None:
        return None
    return SignedIn(Person(row.id, row.name, row.role, row.disabled_at, row.created_at), row.seen_at)


def note_use(session: Session, token: str, now: datetime) -> None:
    session.execute(
        update(staff_sessions).where(staff_sessions.c.token_hash == _hash(token)).values(seen_at=now)
    )


def end(session: Session, token: str) -> None:
    session.execute(delete(staff_sessions).where(staff_sessions.c.token_hash == _hash(token)))


def end_all(session: Session, staff_id: int) -> None:
    session.execute(delete(staff_sessions).where(staff_sessions.c.staff_id == staff_id))


def open_counts(session: Session, now: datetime) -> dict[int, int]:
    """How many browsers each person is signed in with."""
    counts: dict[int, int] = {}
    open_ones = select(staff_sessions.c.staff_id).where(
        staff_sessions.c.ends_at > now, staff_sessions.c.seen_at > now - IDLE
    )
    for staff_id in session.execute(open_ones).scalars():
        counts[staff_id] = counts.get(staff_id, 0) + 1
    return counts


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
