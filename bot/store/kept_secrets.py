"""The key that signs sessions and hides who was forgotten, when `server.secret_key` gives none.

It is kept in the database: every process and machine finds the same one, and a restored backup still knows whom
it must not write to. Who wants it apart from the data sets `server.secret_key`.
"""

import secrets

from sqlalchemy import select

from bot.store.database import Session
from bot.store.tables import kept_secrets
from bot.store.upserts import or_insert

SECRET_KEY = "server.secret_key"  # noqa: S105 - its name, not the key
KEY_BYTES = 32


def secret_key(session: Session) -> str:
    """Made by the first who asks; those who ask at the same time get that one, too."""
    if found := _kept(session):
        return found
    made = {"name": SECRET_KEY, "value": secrets.token_urlsafe(KEY_BYTES)}
    session.execute(or_insert(session, kept_secrets).values(made).on_conflict_do_nothing())
    return _kept(session) or ""


def _kept(session: Session) -> str | None:
    return session.execute(
        select(kept_secrets.c.value).where(kept_secrets.c.name == SECRET_KEY)
    ).scalar_one_or_none()
