"""Whether some process holds a lease, seen from outside: for the page that says whether the scheduler runs."""

import zlib
from datetime import datetime

from sqlalchemy import select, text

from bot.store.database import Session
from bot.store.tables import leases

_LOCKED = text(
    "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND classid = 0 AND objid = :key AND granted "
    "AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
)


def is_held(session: Session, name: str, real: datetime) -> bool:
    """`real` is the real time, not the sandbox's."""
    if session.dialect.name == "postgresql":
        return bool(session.execute(_LOCKED, {"key": zlib.crc32(name.encode())}).scalar_one())
    held = select(leases.c.name).where(leases.c.name == name, leases.c.until > real)
    return session.execute(held).one_or_none() is not None
