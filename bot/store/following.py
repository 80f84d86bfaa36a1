"""Follow events: where a customer came from is kept from the first time."""

from datetime import datetime

from sqlalchemy import case, update

from bot.store.database import Session
from bot.store.tables import customers


def followed(session: Session, customer_id: int, *, source: str, scene: str, now: datetime) -> None:
    """Follows now. Source and scene stay what brought them first."""
    unknown = customers.c.source.in_(("", "message", "event"))
    follows = {
        "followed_at": now,
        "unfollowed_at": None,
        "source": case((unknown, source), else_=customers.c.source),
        "source_scene": case((customers.c.source_scene == "", scene), else_=customers.c.source_scene),
    }
    session.execute(update(customers).where(customers.c.id == customer_id).values(follows))
