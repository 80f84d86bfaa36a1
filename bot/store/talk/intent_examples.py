"""Sentences operators added to what intents are learned from, and a version that tells when to learn again.

Who added, moved, took away or brought back one, and when, stands in the audit; that is also what one is brought back from.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, delete, select, tuple_

from bot.store.database import Session
from bot.store.operators import audit
from bot.store.tables import intent_examples, staff
from bot.store.upserts import or_insert

LONGEST = 200  # characters
KIND = "example"  # of an audit row's subject
REMOVED = "example.removed"

_example = intent_examples.c


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    id: int
    intent: str
    text: str
    staff_name: str  # empty: by the command
    added_at: datetime


def add(session: Session, intent: str, text: str, now: datetime, staff_id: int | None = None) -> bool:
    """Takes the place of the same sentence under another intent; false when it stood there already."""
    there = session.execute(select(_example.intent).where(_example.text == text)).scalar_one_or_none()
    if there == intent:
        return False
    session.execute(delete(intent_examples).where(_example.text == text))
    example_id = _put(session, intent, text, now, staff_id)
    if example_id is None:
        return False
    after = {"intent": intent, "text": text}
    detail = audit.changes({"intent": there, "text": text}, after) if there else after
    action = "example.moved" if there else "example.added"
    audit.record(session, action, KIND, example_id, staff_id=staff_id, now=now, detail=detail)
    return True


def remove(session: Session, text: str, now: datetime, staff_id: int | None = None) -> bool:
    gone = delete(intent_examples).where(_example.text == text).returning(_example.id, _example.intent)
    found = session.execute(gone).one_or_none()
    if found is None:
        return False
    detail = {"intent": found.intent, "text": text}
    audit.record(session, REMOVED, KIND, found.id, staff_id=staff_id, now=now, detail=detail)
    return True


def bring_back(session: Session, removal: int, now: datetime, staff_id: int) -> str | None:
    """The sentence an audit row says was taken away, under the intent it had; None when there is nothing to bring back."""
    found = next((one for one in removed(session) if one.id == removal), None)
    if found is None:
        return None
    text: str = found.detail["text"]
    example_id = _put(session, found.detail["intent"], text, now, staff_id)
    if example_id is None:
        return None
    detail = found.detail
    audit.record(session, "example.restored", KIND, example_id, staff_id=staff_id, now=now, detail=detail)
    return text


def removed(session: Session, most: int = 20) -> list[audit.Entry]:
    """The last ones that were taken away and are not there again, each once, newest first."""
    entries = audit.entries(session, action=REMOVED, most=most)
    said = {str(entry.detail["text"]) for entry in entries}
    seen = set(session.execute(select(_example.text).where(_example.text.in_(said))).scalars())
    gone = []
    for entry in entries:
        if entry.detail["text"] not in seen:
            seen.add(entry.detail["text"])
            gone.append(entry)
    return gone


def find(
    session: Session,
    *,
    text: str = "",
    intent: str = "",
    after: tuple[str, int] | None = None,
    most: int = 50,
) -> list[Example]:
    """By intent, oldest first; `after` is the intent and the id the last page ended with, `text` a part."""
    asked: Select[Any] = select(_example.id, _example.intent, _example.text, _example.added_at, staff.c.name)
    asked = asked.outerjoin(staff, staff.c.id == _example.staff_id).order_by(_example.intent, _example.id)
    if text:
        asked = asked.where(_example.text.icontains(text, autoescape=True))
    if intent:
        asked = asked.where(_example.intent == intent)
    if after:
        asked = asked.where(tuple_(_example.intent, _example.id) > after)
    return [
        Example(id=row.id, intent=row.intent, text=row.text, staff_name=row.name or "", added_at=row.added_at)
        for row in session.execute(asked.limit(most))
    ]


def text_of(session: Session, example_id: int) -> str | None:
    return session.execute(select(_example.text).where(_example.id == example_id)).scalar_one_or_none()


def pairs(session: Session) -> Sequence[tuple[str, str]]:
    """Text and intent of each, to be learned."""
    asked = select(_example.text, _example.intent).order_by(_example.id)
    return [(text, intent) for text, intent in session.execute(asked)]


def version(session: Session) -> str:
    """Changes with every sentence that is added, moved to another intent or taken away."""
    said = "\n".join(f"{intent}\t{text}" for text, intent in pairs(session))
    return hashlib.sha256(said.encode("utf-8", "replace")).hexdigest()


def _put(session: Session, intent: str, text: str, now: datetime, staff_id: int | None) -> int | None:
    """Its id; None when somebody else put the same sentence there at the same moment."""
    fields = {"intent": intent, "text": text, "staff_id": staff_id, "added_at": now}
    put = or_insert(session, intent_examples).values(fields).on_conflict_do_nothing()
    found: int | None = session.execute(put.returning(_example.id)).scalar_one_or_none()
    return found
