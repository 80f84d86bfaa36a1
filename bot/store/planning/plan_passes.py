"""The passes of planning: which there were, and what their numbers mean."""

from datetime import datetime
from typing import Any

from sqlalchemy import insert, update

from bot.store.database import Session
from bot.store.tables import plan_passes

FULL, CHANGES = "full", "changes"


def begin(session: Session, kind: str, book: dict[str, Any] | None, full_id: int | None, at: datetime) -> int:
    made = insert(plan_passes).values(kind=kind, book=book, full_id=full_id, at=at)
    pass_id: int = session.execute(made.returning(plan_passes.c.id)).scalar_one()
    return pass_id


def finish(session: Session, pass_id: int, looked_at: int, now: datetime) -> None:
    done = {"looked_at": looked_at, "finished_at": now}
    session.execute(update(plan_passes).where(plan_passes.c.id == pass_id).values(done))
