"""The programs that may call the API: each has a token of its own, and scopes that say what it may do.

Only a hash of the token is kept: it is shown once, when it is made. Tokens are long and random, so one round of
SHA-256 is enough. Times are real time, not the sandbox's.
"""

import hashlib
import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Row, insert, select, update
from sqlalchemy.exc import IntegrityError

from bot.store.database import Session
from bot.store.operators import audit
from bot.store.tables import api_clients

SCOPES = {
    "customers:read": "customers and the figures they are judged by",
    "customers:write": "customers",
    "products:read": "products and their stock",
    "products:write": "products and their stock",
    "orders:read": "orders, shipments, payments, returns, reviews",
    "orders:write": "orders, shipments, payments, returns, reviews",
    "campaigns:read": "segments, contents, campaigns, deliveries",
    "campaigns:write": "segments, contents, campaigns; approves nothing",
    "messages:read": "the conversation log and its events",
    "knowledge:read": "knowledge entries",
    "knowledge:write": "knowledge entries",
    "personal:read": "phone numbers, birthdays and texts without masks, beside the scope for the resource itself",
}
LONGEST_NAME = 64
A_MINUTE = 600
MOST_A_MINUTE = 100_000
PREFIX = "weilan_"  # so that who finds one knows what it opens
NOTED_EVERY = timedelta(minutes=5)

_COLUMNS = tuple(
    api_clients.c[name]
    for name in ("id", "name", "scopes", "a_minute", "created_at", "used_at", "revoked_at")
)


@dataclass(frozen=True, slots=True)
class Client:
    id: int
    name: str
    scopes: tuple[str, ...]
    a_minute: int
    created_at: datetime
    used_at: datetime | None
    revoked_at: datetime | None

    def may(self, scope: str) -> bool:
        return scope in self.scopes

    def is_to_be_noted(self, now: datetime) -> bool:
        return self.used_at is None or now - self.used_at >= NOTED_EVERY


@dataclass(frozen=True, slots=True)
class Added:
    client: Client
    token: str


def add(
    session: Session, *, name: str, scopes: Collection[str], now: datetime, a_minute: int = A_MINUTE
) -> Added | None:
    """With the token, which nobody can be told again; None when a client has this name. `scopes` out of `SCOPES`."""
    token = PREFIX + secrets.token_urlsafe(32)
    fields = {
        "name": name,
        "token_hash": _hash(token),
        "scopes": [scope for scope in SCOPES if scope in scopes],
        "a_minute": a_minute,
        "created_at": now,
    }
    try:
        with session.begin_nested():
            row = session.execute(insert(api_clients).values(fields).returning(*_COLUMNS)).one()
    except IntegrityError:
        return None
    client = _client(row)
    detail = {"name": name, "scopes": fields["scopes"], "a_minute": a_minute}
    audit.record(session, "client.added", "client", client.id, staff_id=None, now=now, detail=detail)
    return Added(client, token)


def every(session: Session) -> list[Client]:
    """By name, the revoked ones last."""
    order = (api_clients.c.revoked_at.is_not(None), api_clients.c.name, api_clients.c.id)
    return [_client(row) for row in session.execute(select(*_COLUMNS).order_by(*order))]


def find(session: Session, token: str) -> Client | None:
    """None also for one that was revoked."""
    whose = (api_clients.c.token_hash == _hash(token), api_clients.c.revoked_at.is_(None))
    row = session.execute(select(*_COLUMNS).where(*whose)).one_or_none()
    return _client(row) if row else None


def note_use(session: Session, client_id: int, now: datetime) -> None:
    session.execute(update(api_clients).where(api_clients.c.id == client_id).values(used_at=now))


def revoke(session: Session, name: str, now: datetime) -> bool:
    """At once; False when no client of this name has a token that works."""
    working = (api_clients.c.name == name, api_clients.c.revoked_at.is_(None))
    revoked = update(api_clients).where(*working).values(revoked_at=now).returning(api_clients.c.id)
    client_id = session.execute(revoked).scalar_one_or_none()
    if client_id is None:
        return False
    audit.record(
        session, "client.revoked", "client", client_id, staff_id=None, now=now, detail={"name": name}
    )
    return True


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()


def _client(row: Row[*tuple[object, ...]]) -> Client:
    return Client(
        row.id, row.name, tuple(row.scopes), row.a_minute, row.created_at, row.used_at, row.revoked_at
    )
