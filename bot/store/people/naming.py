"""Finds a customer by any of their names: as a person at the terminal says it, and as the shop said it before a merge."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from sqlalchemy import or_, select

from bot.store import rows
from bot.store.database import Session
from bot.store.tables import customers, former_names
from bot.values.records import CustomerRecord

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


def formerly(session: Session, name: str, values: Iterable[str | None]) -> dict[str, int]:
    """Whose former name each of these is: of customers that were two rows with two names, and are one."""
    if session.execute(select(former_names.c.value).limit(1)).first() is None:
        return {}
    wanted = sorted({value for value in values if value is not None})
    found: dict[str, int] = {}
    for some in rows.parts(wanted):
        theirs = select(former_names.c.value, former_names.c.customer_id).where(
            former_names.c.name == name, rows.among(session, former_names.c.value, some)
        )
        found.update((value, customer_id) for value, customer_id in session.execute(theirs))
    return found


def as_named_now(session: Session, records: Sequence[CustomerRecord]) -> list[CustomerRecord]:
    """The records with the name a customer has now in the place of one they had before a merge."""
    now = list(records)
    for name in ("external_id", "phone"):
        was = formerly(session, name, (getattr(record, name) for record in now))
        if not was:
            continue
        column = customers.c[name]
        named = dict(
            session.execute(select(customers.c.id, column).where(customers.c.id.in_(was.values()))).all()
        )
        for at, record in enumerate(now):
            if owner := was.get(getattr(record, name)):
                now[at] = replace(record, **{name: named[owner] or getattr(record, name)})
    return now
