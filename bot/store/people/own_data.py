"""What customers wished about their own data: asked, confirmed, done, with a receipt that stays when all else is gone."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, delete, insert, select, update

from bot import chance
from bot.store import numbers
from bot.store.database import Session
from bot.store.prepared import Prepared
from bot.store.tables import customers, own_data_wishes

CONFIRMED_WITHIN = timedelta(minutes=10)
MOST_SHOWN = 10
LETTERS, CHANCE = 12, 43  # of a receipt, behind its day; and how many of their 60 bits are chance

_w = own_data_wishes.c
_DONE_AT_ONCE = Prepared(
    insert(own_data_wishes).values(
        {
            name: bindparam(name, type_=_w[name].type)
            for name in ("customer_id", "kind", "asked_at", "done_at", "receipt", "detail")
        }
    )
)


@dataclass(frozen=True, slots=True)
class Done:
    kind: str  # export, erase, personal_off, personal_on, pushes_off, pushes_on
    receipt: str
    at: datetime


def ask(session: Session, customer_id: int, kind: str, now: datetime) -> None:
    """Waits for their confirmation; an older question about the same is answered by this one, too."""
    session.execute(insert(own_data_wishes).values(customer_id=customer_id, kind=kind, asked_at=now))


def is_asked(session: Session, customer_id: int, kind: str, now: datetime) -> bool:
    """They asked for it a short while ago, and it was not done since."""
    newest = (
        select(_w.asked_at, _w.done_at)
        .where(_w.customer_id == customer_id, _w.kind == kind)
        .order_by(_w.id.desc())
        .limit(1)
    )
    row = session.execute(newest).one_or_none()
    return row is not None and row.done_at is None and row.asked_at > now - CONFIRMED_WITHIN


def take_back(session: Session, customer_id: int, kind: str) -> None:
    """They thought better of it."""
    waits = (_w.customer_id == customer_id, _w.kind == kind, _w.done_at.is_(None))
    session.execute(delete(own_data_wishes).where(*waits))


def done(
    session: Session, customer_id: int, kind: str, now: datetime, detail: Mapping[str, Any] | None = None
) -> str:
    """The receipt's number. `detail` holds counts, and no words of theirs: it outlives them."""
    values: dict[str, Any] = {
        "done_at": now,
        "receipt": _receipt(now),
        "detail": dict(detail or {}),
    }
    newest = select(_w.id).where(_w.customer_id == customer_id, _w.kind == kind, _w.done_at.is_(None))
    waits = session.execute(newest.order_by(_w.id.desc()).limit(1)).scalar()
    if waits is None:
        asked = {"customer_id": customer_id, "kind": kind, "asked_at": now}
        session.execute(insert(own_data_wishes).values(asked | values))
    else:
        session.execute(update(own_data_wishes).where(_w.id == waits).values(values))
    return str(values["receipt"])


def done_at_once(session: Session, customer_id: int, kind: str, now: datetime) -> None:
    """What nobody is asked to confirm: pushes off and on."""
    _DONE_AT_ONCE.run(
        session,
        {
            "customer_id": customer_id,
            "kind": kind,
            "asked_at": now,
            "done_at": now,
            "receipt": _receipt(now),
            "detail": {},
        },
    )


def receipts(session: Session, customer_id: int) -> list[Done]:
    """The newest first."""
    theirs = (
        select(_w.kind, _w.receipt, _w.done_at)
        .where(_w.customer_id == customer_id, _w.done_at.is_not(None))
        .order_by(_w.id.desc())
        .limit(MOST_SHOWN)
    )
    return [Done(row.kind, row.receipt, row.done_at) for row in session.execute(theirs)]


def wants_personal(session: Session, customer_id: int) -> bool:
    """Whether who they are may decide what they are shown; true for who never said."""
    wish = select(customers.c.wants_personal).where(customers.c.id == customer_id)
    return session.execute(wish).scalar() is not False


def set_personal(session: Session, customer_id: int, *, wants: bool) -> None:
    session.execute(update(customers).where(customers.c.id == customer_id).values(wants_personal=wants))


def _receipt(now: datetime) -> str:
    """The second of the day goes before the chance: receipts of one time lie beside each other in their index."""
    second = int(now.timestamp()) % 86_400
    rest = numbers.written(second << CHANCE | chance.number(CHANCE), LETTERS)
    return f"WL{now.year}{now.month:02}{now.day:02}-{rest}"
