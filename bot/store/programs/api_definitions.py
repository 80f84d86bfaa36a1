"""One definition at a time, as a program sends it: wholly or not at all, with the program's name in the audit."""

from datetime import datetime

from sqlalchemy.exc import IntegrityError

from bot.config import Config
from bot.store.campaigns import definitions
from bot.store.database import Session
from bot.values.definitions import Change, Definitions


def put(session: Session, wanted: Definitions, *, client: str, now: datetime, config: Config) -> Change:
    """`wanted` holds one. Raises `BadDefinition`. Somebody who makes the same at this moment may come in between."""
    try:
        return _put(session, wanted, client, now, config)
    except IntegrityError:
        return _put(session, wanted, client, now, config)


def _put(session: Session, wanted: Definitions, client: str, now: datetime, config: Config) -> Change:
    with session.begin_nested():
        changes = definitions.apply(
            session, wanted, staff_id=None, approve=False, now=now, config=config, client=client
        )
    return changes[-1]
