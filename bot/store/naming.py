"""Finds a customer by any of their names, as a person at the terminal says it."""

from sqlalchemy import or_, select

from bot.store.database import Session
from bot.store.tables import customers

BY_ID = "id:"


def meant_by(session: Session, word: str) -> list[int]:
    """The ids of those with this openid, external_id, phone or, after `id:`, id; more than one where it is ambiguous."""
    c = customers.c
    if word.startswith(BY_ID):
        number = word.removeprefix(BY_ID)
        known = c.id == (int(number) if number.isascii() and number.isdigit() and len(number) < 19 else -1)
    else:
        known = or_(c.openid == word, c.external_id == word, c.phone == word)
    return list(session.scalars(select(c.id).where(known).order_by(c.id)))
