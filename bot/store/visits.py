"""Return visits and what customers answer: a review like any other, so that it counts for their satisfaction."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import exists, insert, literal, or_, select

from bot.store import statistics
from bot.store.database import Session
from bot.store.tables import deliveries, orders, returns, reviews

OPEN_FOR = timedelta(days=7)  # after which a number is no answer to it any more
EXTERNAL_ID = "visit:"


@dataclass(frozen=True, slots=True)
class Visit:
    delivery_id: int
    order_id: int | None


def open_visit(session: Session, customer_id: int, now: datetime) -> Visit | None:
    """The last one they got, when they have not answered it yet."""
    reaches_them = deliveries.c.state.in_(("sent", "unknown"))
    is_visit = or_(deliveries.c.occasion.like("order:%"), deliveries.c.occasion.like("return:%"))
    last = (
        select(deliveries.c.id, deliveries.c.occasion)
        .where(deliveries.c.customer_id == customer_id, is_visit, reaches_them)
        .where(deliveries.c.finished_at > now - OPEN_FOR)
        .order_by(deliveries.c.id.desc())
        .limit(1)
    )
    row = session.execute(last).one_or_none()
    if row is None:
        return None
    is_answered = exists().where(reviews.c.external_id == f"{EXTERNAL_ID}{row.id}")
    if session.execute(select(literal(1)).where(is_answered)).first() is not None:
        return None
    return Visit(row.id, _order_of(session, row.occasion))


def answered(session: Session, customer_id: int, visit: Visit, rating: int, now: datetime) -> None:
    session.execute(
        insert(reviews).values(
            external_id=f"{EXTERNAL_ID}{visit.delivery_id}",
            customer_id=customer_id,
            order_id=visit.order_id,
            rating=rating,
            reviewed_at=now,
            updated_at=now,
        )
    )
    statistics.touch(session, [customer_id], now)


def _order_of(session: Session, occasion: str) -> int | None:
    """None when it has been removed since."""
    kind, _colon, number = occasion.partition(":")
    meant = select(orders.c.id).where(orders.c.id == int(number))
    if kind == "return":
        meant = select(returns.c.order_id).where(returns.c.id == int(number))
    return session.execute(meant).scalar_one_or_none()
