"""Follow events: where a customer came from is kept from the first time."""

from datetime import datetime

from sqlalchemy import case, update

from bot.store.database import Session
from bot.store.people import follow_history, forgetting
from bot.store.programs import outbox
from bot.store.tables import customers


def followed(session: Session, customer_id: int, *, source: str, scene: str, who: str, now: datetime) -> None:
    """Follows now. Source and scene stay what brought them first; who is new was brought by this.

    `who` is the keyed hash of the openid.
    """
    is_new = (customers.c.created_at == now) | customers.c.source.in_(("", "message", "menu"))
    follows = {
        "followed_at": now,
        "unfollowed_at": None,
        "source": case((is_new, source), else_=customers.c.source),
        "source_scene": case((is_new, scene), else_=customers.c.source_scene),
    }
    session.execute(update(customers).where(customers.c.id == customer_id).values(follows))
    outbox.record(session, "customer.followed", customer_id, {"source": source, "scene": scene}, now)
    follow_history.came(session, customer_id, source=source, scene=scene, who=who, now=now)


def has_left(session: Session, customer_id: int, *, salt: str, now: datetime) -> bool:
    """WeChat says that they do not follow: they are forgotten as if they had said so. False when they were already."""
    outbox.record(session, "customer.unfollowed", customer_id, None, now)
    follow_history.left(session, customer_id, now)
    return forgetting.forget(session, customer_id, salt, now).known
