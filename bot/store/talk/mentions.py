"""The products a customer was shown last, in their order: then they may say the second one, or this one."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, select

from bot.store.database import Session
from bot.store.tables import mentions
from bot.store.upserts import or_insert

REMEMBERED = timedelta(minutes=30)


def note(session: Session, customer_id: int, external_ids: Sequence[str], now: datetime) -> None:
    """What was shown before is forgotten: the second one is of the newest list."""
    if not customer_id:
        return
    values: dict[str, Any] = {"ids": list(external_ids), "at": now}
    put = or_insert(session, mentions).values(values | {"customer_id": customer_id})
    session.execute(put.on_conflict_do_update(index_elements=["customer_id"], set_=values))


def last(session: Session, customer_id: int, now: datetime) -> tuple[str, ...]:
    """External ids of the last half hour; empty when nothing was shown."""
    fresh = (mentions.c.customer_id == customer_id, mentions.c.at > now - REMEMBERED)
    return tuple(session.execute(select(mentions.c.ids).where(*fresh)).scalar() or ())


def forget(session: Session, customer_id: int) -> None:
    session.execute(delete(mentions).where(mentions.c.customer_id == customer_id))
