"""Followers the platform names: who is new here becomes a customer, with where they came from."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from bot.rules.hashing import openid_hash
from bot.store import customers, following
from bot.store.database import Session
from bot.store.tables import customers as people


def follows(
    session: Session,
    openid: str,
    *,
    since: datetime | None,
    source: str,
    scene: str,
    salt: str,
    now: datetime,
) -> bool:
    """True when they were not known to follow. A person's own word, the opt-out, outlives their absence."""
    known = customers.profile_of(session, openid)
    if known is not None and known.followed_at is not None:
        return False
    customer = known or customers.met(session, openid, now, salt=salt)
    who = openid_hash(openid, salt)
    following.followed(session, customer.id, source=source, scene=scene, who=who, now=since or now)
    return True


@dataclass(frozen=True, slots=True)
class Known:
    id: int
    openid: str
    name: str
    followed_at: datetime | None
    scene: str


def every(session: Session) -> list[Known]:
    """All who follow, in the order in which they became customers."""
    c = people.c
    asked = select(c.id, c.openid, c.name, c.followed_at, c.source_scene).where(
        c.openid.is_not(None), c.followed_at.is_not(None), c.unfollowed_at.is_(None)
    )
    return [
        Known(row.id, row.openid, row.name or "", row.followed_at, row.source_scene)
        for row in session.execute(asked.order_by(c.id))
    ]
