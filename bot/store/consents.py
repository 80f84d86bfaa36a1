"""What a customer said about pushes. Effective at once: the claim of a delivery reads the same columns."""

from datetime import datetime

from sqlalchemy import update

from bot.store.database import Session
from bot.store.tables import customers


def stop_pushes(session: Session, customer_id: int, now: datetime) -> None:
    """No more pushes; an earlier START no longer counts. Saying it again keeps the first date."""
    wanting = (customers.c.id == customer_id) & customers.c.wants_pushes
    stopped = {"wants_pushes": False, "stopped_pushes_at": now, "asked_for_pushes_at": None}
    session.execute(update(customers).where(wanting).values(stopped))


def start_pushes(session: Session, customer_id: int, now: datetime) -> None:
    """Pushes are wanted, and were asked for: marketing may use the reply window from now on."""
    asked = {"wants_pushes": True, "stopped_pushes_at": None, "asked_for_pushes_at": now}
    session.execute(update(customers).where(customers.c.id == customer_id).values(asked))
