"""Words the operator watches: those that bring a customer to a person, and those the bot must not say."""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy import delete, insert, select

from bot.store.database import Session
from bot.store.tables import watched_words

Action = Literal["escalate", "forbid"]
LONGEST = 40  # characters


@dataclass(frozen=True, slots=True)
class Watched:
    escalating: tuple[str, ...] = ()
    forbidden: tuple[str, ...] = ()


def put(session: Session, word: str, action: Action, now: datetime) -> None:
    """In place of what was said of the word before."""
    take_away(session, word)
    session.execute(insert(watched_words).values(word=word, action=action, added_at=now))


def take_away(session: Session, word: str) -> bool:
    return session.execute(delete(watched_words).where(watched_words.c.word == word)).rowcount > 0


def watched(session: Session) -> Watched:
    rows = session.execute(
        select(watched_words.c.word, watched_words.c.action).order_by(watched_words.c.word)
    )
    found: dict[str, list[str]] = {"escalate": [], "forbid": []}
    for word, action in rows:
        found[action].append(word)
    return Watched(escalating=tuple(found["escalate"]), forbidden=tuple(found["forbid"]))


def version(session: Session) -> str:
    """Changes with every word that is added, watched otherwise or taken away."""
    found = watched(session)
    said = "\n".join([*found.escalating, "", *found.forbidden])
    return hashlib.sha256(said.encode("utf-8", "replace")).hexdigest()
