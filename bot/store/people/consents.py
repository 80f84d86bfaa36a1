"""What a customer said about pushes. Effective at once: the claim of a delivery reads the same columns."""

from datetime import datetime

from sqlalchemy import bindparam, null, update

from bot.store.database import Session
from bot.store.prepared import Prepared
from bot.store.programs import outbox
from bot.store.tables import customers

_CHANGED = {"fields": ["wants_pushes"]}
_NOW = bindparam("now_", type_=customers.c.stopped_pushes_at.type)
_THEM = customers.c.id == bindparam("id_", type_=customers.c.id.type)
_STOP = Prepared(
    update(customers)
    .where(_THEM, customers.c.wants_pushes)
    .values(wants_pushes=False, stopped_pushes_at=_NOW, asked_for_pushes_at=null())
)
_START = Prepared(
    update(customers)
    .where(_THEM)
    .values(wants_pushes=True, stopped_pushes_at=null(), asked_for_pushes_at=_NOW)
)


def stop_pushes(session: Session, customer_id: int, now: datetime) -> None:
    """No more pushes; an earlier START no longer counts. Saying it again keeps the first date."""
    _STOP.run(session, {"id_": customer_id, "now_": now})
    outbox.record(session, "customer.changed", customer_id, _CHANGED, now)


def start_pushes(session: Session, customer_id: int, now: datetime) -> None:
    """Pushes are wanted, and were asked for: marketing may use the reply window from now on."""
    _START.run(session, {"id_": customer_id, "now_": now})
    outbox.record(session, "customer.changed", customer_id, _CHANGED, now)
