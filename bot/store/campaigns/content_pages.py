"""Contents as operators write and approve them: an approval is of exactly the text that was seen."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, Select, insert, select, update
from sqlalchemy.exc import IntegrityError

from bot.rules.contents import parts
from bot.store.campaigns import approvals
from bot.store.database import Session
from bot.store.sending import withdrawals
from bot.store.tables import campaign_contents, campaigns, contents, staff
from bot.values.campaign import ContentDraft


@dataclass(frozen=True, slots=True, kw_only=True)
class ContentLine:
    id: str
    draft: ContentDraft
    approved_by: str  # a name; empty while nobody has
    approved_at: datetime | None
    updated_at: datetime


def find(
    session: Session, *, text: str = "", category: str = "", purpose: str = "", unapproved: bool = False
) -> list[ContentLine]:
    """By category and title; `text` is a part of the title or the text."""
    asked = _lines().order_by(contents.c.category, contents.c.title, contents.c.id)
    if text:
        asked = asked.where(
            contents.c.title.icontains(text, autoescape=True)
            | contents.c.text.icontains(text, autoescape=True)
        )
    if category:
        asked = asked.where(contents.c.category == category)
    if purpose:
        asked = asked.where(contents.c.purpose == purpose)
    if unapproved:
        asked = asked.where(contents.c.approved_at.is_(None))
    return [_line(row) for row in session.execute(asked)]


def line_of(session: Session, content_id: str) -> ContentLine | None:
    row = session.execute(_lines().where(contents.c.id == content_id)).one_or_none()
    return _line(row) if row else None


def categories(session: Session) -> list[str]:
    return list(
        session.execute(select(contents.c.category).distinct().order_by(contents.c.category)).scalars()
    )


def users_of(session: Session, content_id: str) -> list[tuple[str, str, str]]:
    """Id, name and status of each campaign that may send it."""
    asked = (
        select(campaigns.c.id, campaigns.c.name, campaigns.c.status)
        .join(campaign_contents, campaign_contents.c.campaign_id == campaigns.c.id)
        .where(campaign_contents.c.content_id == content_id)
        .order_by(campaigns.c.name)
    )
    return [(row.id, row.name, row.status) for row in session.execute(asked)]


def add(session: Session, content_id: str, draft: ContentDraft, now: datetime) -> bool:
    """False when there is a content of this id."""
    try:
        with session.begin_nested():
            session.execute(insert(contents).values(id=content_id, **_fields(draft, now)))
    except IntegrityError:
        return False
    return True


def change(
    session: Session, content_id: str, draft: ContentDraft, *, seen_at: datetime, now: datetime
) -> bool:
    """Takes the approval away. False when somebody changed it since it was seen, at `seen_at`."""
    changed = session.execute(
        update(contents)
        .where(contents.c.id == content_id, contents.c.updated_at == seen_at)
        .values(_fields(draft, now))
        .returning(contents.c.id)
    )
    if changed.one_or_none() is None:
        return False
    approvals.withdraw(session, content_id, now)
    withdrawals.after_purpose(session, content_id, now)
    return True


def approve(session: Session, content_id: str, *, staff_id: int, seen_at: datetime, now: datetime) -> bool:
    """False when it is approved already, or was changed since it was seen: nobody approves what they have not read."""
    seen = session.execute(
        select(contents.c.id)
        .where(
            contents.c.id == content_id, contents.c.updated_at == seen_at, contents.c.approved_at.is_(None)
        )
        .with_for_update()
    )
    if seen.one_or_none() is None:
        return False
    approvals.approve(session, content_id, staff_id=staff_id, now=now)
    return True


def _fields(draft: ContentDraft, now: datetime) -> dict[str, Any]:
    made_of = parts.parts_of(draft.kind, draft.text, draft.media_id, draft.details)
    return {
        "title": draft.title,
        "category": draft.category,
        "purpose": draft.purpose,
        "kind": draft.kind,
        "text": draft.text,
        "media_id": draft.media_id or None,
        "details": draft.details,
        "version": parts.version_of(draft.purpose, draft.kind, draft.text, draft.media_id, draft.details),
        "messages": len(made_of),
        "by_mass": parts.by_mass(made_of, draft.purpose),
        "useful_until": draft.useful_until,
        "updated_at": now,
    }


def _lines() -> Select[Any]:
    return select(contents, staff.c.name.label("approver")).outerjoin(
        staff, staff.c.id == contents.c.approved_by
    )


def _line(row: Row[Any]) -> ContentLine:
    draft = ContentDraft(
        title=row.title,
        category=row.category,
        purpose=row.purpose,
        kind=row.kind,
        text=row.text,
        media_id=row.media_id or "",
        useful_until=row.useful_until,
        details=row.details,
    )
    return ContentLine(
        id=row.id,
        draft=draft,
        approved_by=row.approver or "",
        approved_at=row.approved_at,
        updated_at=row.updated_at,
    )
