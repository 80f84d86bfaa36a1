"""The passes of planning: which there were, what their numbers mean, and the last one over everybody."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select, update

from bot.store.database import Session
from bot.store.tables import plan_passes

FULL, CHANGES = "full", "changes"


@dataclass(frozen=True, slots=True)
class Pass:
    id: int
    at: datetime
    book: dict[str, Any]


def begin(session: Session, kind: str, book: dict[str, Any] | None, full_id: int | None, at: datetime) -> int:
    made = insert(plan_passes).values(kind=kind, book=book, full_id=full_id, at=at)
    pass_id: int = session.execute(made.returning(plan_passes.c.id)).scalar_one()
    return pass_id


def finish(session: Session, pass_id: int, looked_at: int, now: datetime) -> None:
    done = {"looked_at": looked_at, "finished_at": now}
    session.execute(update(plan_passes).where(plan_passes.c.id == pass_id).values(done))


def last_full(session: Session) -> Pass | None:
    """The last that came to its end."""
    done = (plan_passes.c.kind == FULL, plan_passes.c.finished_at.is_not(None))
    asked = select(plan_passes.c.id, plan_passes.c.at, plan_passes.c.book).where(*done)
    row = session.execute(asked.order_by(plan_passes.c.id.desc()).limit(1)).one_or_none()
    return Pass(row.id, row.at, row.book) if row else None
