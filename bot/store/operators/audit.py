"""Who did what, when, and what it was before: written with each change, never altered."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select

from bot.store.database import Session
from bot.store.newest import newest
from bot.store.tables import audit, staff


@dataclass(frozen=True, slots=True)
class Entry:
    id: int
    staff_id: int | None
    staff_name: str  # empty: the system, or the command
    action: str
    subject_kind: str
    subject_id: str
    detail: dict[str, Any]
    at: datetime


def record(
    session: Session,
    action: str,
    subject_kind: str,
    subject_id: str | int,
    *,
    staff_id: int | None,
    now: datetime,
    detail: Mapping[str, Any] | None = None,
) -> None:
    """`detail` is JSON: {"before": {...}, "after": {...}} for a change, see `changes`."""
    fields = {
        "staff_id": staff_id, "action": action, "subject_kind": subject_kind, "subject_id": str(subject_id)[:64],
        "detail": dict(detail) if detail else None, "at": now,
    }  # fmt: skip
    session.execute(insert(audit).values(fields))


def changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, Any]:
    """Only what differs, as an audit row keeps it; empty when nothing does."""
    changed = [key for key in after if before.get(key) != after[key]]
    if not changed:
        return {}
    return {
        "before": {key: _plain(before.get(key)) for key in changed},
        "after": {key: _plain(after[key]) for key in changed},
    }


def entries(
    session: Session,
    *,
    staff_id: int | None = None,
    action: str = "",
    subject: str = "",
    before: int | None = None,
    most: int = 50,
) -> list[Entry]:
    """Newest first; `before` is the id the last page ended with, `subject` an exact id."""
    asked = select(audit, staff.c.name).outerjoin(staff, staff.c.id == audit.c.staff_id)
    if staff_id is not None:
        asked = asked.where(audit.c.staff_id == staff_id)
    if action:
        asked = asked.where(audit.c.action == action)
    if subject:
        asked = asked.where(audit.c.subject_id == subject)
    return [
        Entry(
            row.id,
            row.staff_id,
            row.name or "",
            row.action,
            row.subject_kind,
            row.subject_id,
            row.detail or {},
            row.at,
        )
        for row in newest(session, asked, audit.c.id, before=before, most=most)
    ]


def actions(session: Session) -> list[str]:
    return list(session.execute(select(audit.c.action).distinct().order_by(audit.c.action)).scalars())


def _plain(value: Any) -> Any:
    if isinstance(value, tuple):
        return list(value)
    return value if value is None or isinstance(value, bool | int | float | str | list | dict) else str(value)
