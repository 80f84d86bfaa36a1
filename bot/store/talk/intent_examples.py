"""Sentences operators added to what intents are learned from, and a version that tells when to learn again."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, insert, select

from bot.store.database import Session
from bot.store.tables import intent_examples

LONGEST = 200  # characters


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    id: int
    intent: str
    text: str
    added_at: datetime


def add(session: Session, intent: str, text: str, now: datetime, staff_id: int | None = None) -> bool:
    """Takes the place of the same sentence under another intent; false when it stood there already."""
    same = intent_examples.c.text == text
    there = session.execute(select(intent_examples.c.intent).where(same)).scalar_one_or_none()
    if there == intent:
        return False
    session.execute(delete(intent_examples).where(same))
    added = {"intent": intent, "text": text, "staff_id": staff_id, "added_at": now}
    session.execute(insert(intent_examples).values(added))
    return True


def remove(session: Session, text: str) -> bool:
    return session.execute(delete(intent_examples).where(intent_examples.c.text == text)).rowcount > 0


def listed(session: Session, intent: str = "") -> list[Example]:
    asked = select(
        intent_examples.c.id, intent_examples.c.intent, intent_examples.c.text, intent_examples.c.added_at
    ).order_by(intent_examples.c.intent, intent_examples.c.id)
    if intent:
        asked = asked.where(intent_examples.c.intent == intent)
    return [
        Example(id=found, intent=of, text=text, added_at=added_at)
        for found, of, text, added_at in session.execute(asked)
    ]


def pairs(session: Session) -> Sequence[tuple[str, str]]:
    """Text and intent of each, to be learned."""
    asked = select(intent_examples.c.text, intent_examples.c.intent).order_by(intent_examples.c.id)
    return [(text, intent) for text, intent in session.execute(asked)]


def version(session: Session) -> str:
    """Changes with every sentence that is added, moved to another intent or taken away."""
    said = "\n".join(f"{intent}\t{text}" for text, intent in pairs(session))
    return hashlib.sha256(said.encode("utf-8", "replace")).hexdigest()
