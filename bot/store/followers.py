"""Followers the platform names: who is new here becomes a customer, with where they came from."""

from datetime import datetime

from bot.store import customers, following
from bot.store.database import Session


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
    following.followed(session, customer.id, source=source, scene=scene, now=since or now)
    return True
