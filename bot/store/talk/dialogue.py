"""What the talk stands at: what the account said last, and what the customer wrote before. Read from the log, kept nowhere else."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select

from bot.store.database import Session
from bot.store.tables import messages
from bot.values.reply import Reply, Silence, from_json

REMEMBERED = timedelta(minutes=30)  # what was shown
GOES_ON = timedelta(minutes=10)  # what they write is still about what they wrote

NO_REPLY = Silence()
_m = messages.c


@dataclass(frozen=True, slots=True)
class LastSaid:
    """`handler`: which intention said it; empty for pushes and people."""

    handler: str = ""
    text: str = ""
    reply: Reply = NO_REPLY
    source_id: str = ""


NOTHING = LastSaid()


def last_said(session: Session, customer_id: int, now: datetime) -> LastSaid:
    return next(iter(lately_said(session, customer_id, now, 1)), NOTHING)


def lately_said(session: Session, customer_id: int, now: datetime, most: int) -> list[LastSaid]:
    """The newest first; what was said in words, for a picture may follow these."""
    theirs = (_m.customer_id == customer_id, _m.direction == "out", _m.text != "")
    mine = (*theirs, _m.created_at > now - REMEMBERED)
    columns = (_m.handler, _m.text, _m.payload, _m.source_id)
    rows = session.execute(select(*columns).where(*mine).order_by(_m.id.desc()).limit(most))
    return [
        LastSaid(
            row.handler or "",
            row.text,
            from_json(row.payload) if row.payload else NO_REPLY,
            row.source_id or "",
        )
        for row in rows
    ]


def written_before(
    session: Session, customer_id: int, message_id: int, now: datetime, most: int = 4
) -> list[str]:
    """Their own words before this message, the newest first."""
    theirs = (_m.customer_id == customer_id, _m.direction == "in", _m.text != "", _m.id != message_id)
    query = select(_m.text).where(*theirs, _m.created_at > now - GOES_ON).order_by(_m.id.desc()).limit(most)
    return list(session.execute(query).scalars())
