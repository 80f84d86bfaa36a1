"""Who approved which version of a content, for good: an approval that does not stand any more stays on record."""

from datetime import datetime
from typing import Any

from sqlalchemy import insert, select, update

from bot.rules.contents import parts
from bot.store.database import Session
from bot.store.tables import approvals, contents, staff
from bot.values.content import Approval


def approve(session: Session, content_id: str, *, staff_id: int, now: datetime) -> None:
    """What stands there now, in the caller's transaction: who calls has looked at exactly this."""
    withdraw(session, content_id, now)
    row = session.execute(select(contents).where(contents.c.id == content_id)).one()
    seen = (row.purpose, row.kind, row.text, row.media_id, row.details)
    version = parts.version_of(*seen)
    session.execute(
        update(contents)
        .where(contents.c.id == content_id)
        .values(approved_by=staff_id, approved_at=now, version=version)
    )
    made: dict[str, Any] = {
        "content_id": content_id, "version": version, "staff_id": staff_id, "approved_at": now,
        "seen": {
            "title": row.title, "purpose": row.purpose, "kind": row.kind, "text": row.text,
            "media_id": row.media_id or "", "details": row.details,
            **({"notice": row.notice_data} if row.notice_data else {}),
            **({"template": row.template_data} if row.template_data else {}),
        },
    }  # fmt: skip
    session.execute(insert(approvals).values(made))


def withdraw(session: Session, content_id: str, now: datetime) -> None:
    """The content was changed: nobody has seen what stands there now."""
    session.execute(
        update(contents).where(contents.c.id == content_id).values(approved_by=None, approved_at=None)
    )
    stands = (approvals.c.content_id == content_id, approvals.c.withdrawn_at.is_(None))
    session.execute(update(approvals).where(*stands).values(withdrawn_at=now))


def of_content(session: Session, content_id: str) -> list[Approval]:
    """The newest first."""
    asked = (
        select(approvals, staff.c.name.label("person"))
        .join(staff, staff.c.id == approvals.c.staff_id)
        .where(approvals.c.content_id == content_id)
        .order_by(approvals.c.id.desc())
    )
    return [
        Approval(
            version=row.version,
            staff=row.person,
            approved_at=row.approved_at,
            withdrawn_at=row.withdrawn_at,
        )
        for row in session.execute(asked)
    ]
