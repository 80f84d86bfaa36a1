"""What was learnt, as one piece each: written whole at night, read whole by every process that uses it."""

from datetime import datetime
from typing import Any

from sqlalchemy import select

from bot.store.database import Session
from bot.store.tables import learnt
from bot.store.upserts import or_insert


def version(session: Session, name: str) -> str:
    """Empty when nothing was learnt yet."""
    return session.execute(select(learnt.c.version).where(learnt.c.name == name)).scalar() or ""


def read(session: Session, name: str) -> tuple[str, bytes] | None:
    """Version and piece."""
    row = session.execute(select(learnt.c.version, learnt.c.data).where(learnt.c.name == name)).one_or_none()
    return None if row is None else (row.version, bytes(row.data))


def write(session: Session, name: str, version: str, data: bytes, at: datetime) -> None:
    values: dict[str, Any] = {"version": version, "data": data, "learnt_at": at}
    put = or_insert(session, learnt).values(name=name, **values)
    session.execute(put.on_conflict_do_update(index_elements=["name"], set_=values))
