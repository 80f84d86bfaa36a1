"""Knowledge entries as operators write them. The chat reads them elsewhere, and sees each change at once."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, Select, insert, or_, select, update
from sqlalchemy.exc import IntegrityError

from bot.store.database import Session
from bot.store.tables import knowledge


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryLine:
    id: str
    question: str
    keywords: str
    answer: str
    category: str
    enabled: bool
    updated_at: datetime

    @property
    def fields(self) -> dict[str, Any]:
        return {
            "question": self.question, "keywords": self.keywords, "answer": self.answer, "category": self.category,
            "enabled": self.enabled,
        }  # fmt: skip


def find(
    session: Session, *, text: str = "", category: str = "", after: str = "", most: int = 50
) -> list[EntryLine]:
    """By id; `after` is the id the last page ended with, `text` a part of question, keywords or answer."""
    asked: Select[Any] = select(knowledge).order_by(knowledge.c.id).limit(most)
    if text:
        columns = (knowledge.c.question, knowledge.c.keywords, knowledge.c.answer)
        asked = asked.where(or_(*(column.icontains(text, autoescape=True) for column in columns)))
    if category:
        asked = asked.where(knowledge.c.category == category)
    if after:
        asked = asked.where(knowledge.c.id > after)
    return [_line(row) for row in session.execute(asked)]


def entry_of(session: Session, entry_id: str) -> EntryLine | None:
    row = session.execute(select(knowledge).where(knowledge.c.id == entry_id)).one_or_none()
    return _line(row) if row else None


def categories(session: Session) -> list[str]:
    asked = (
        select(knowledge.c.category)
        .where(knowledge.c.category != "")
        .distinct()
        .order_by(knowledge.c.category)
    )
    return list(session.execute(asked).scalars())


def add(session: Session, entry: EntryLine) -> bool:
    """False when there is an entry of this id."""
    try:
        with session.begin_nested():
            session.execute(
                insert(knowledge).values(id=entry.id, updated_at=entry.updated_at, **entry.fields)
            )
    except IntegrityError:
        return False
    return True


def change(session: Session, entry: EntryLine, *, seen_at: datetime) -> bool:
    """False when somebody changed it since it was seen, at `seen_at`."""
    changed = session.execute(
        update(knowledge)
        .where(knowledge.c.id == entry.id, knowledge.c.updated_at == seen_at)
        .values(updated_at=entry.updated_at, **entry.fields)
        .returning(knowledge.c.id)
    )
    return changed.one_or_none() is not None


def _line(row: Row[Any]) -> EntryLine:
    return EntryLine(
        id=row.id,
        question=row.question,
        keywords=row.keywords,
        answer=row.answer,
        category=row.category,
        enabled=row.enabled,
        updated_at=row.updated_at,
    )
