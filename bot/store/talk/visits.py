"""Return visits, the question after a person served, and what customers answer.

An answer is a review like any other, so that it counts for their satisfaction.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import exists, insert, literal, or_, select, update

from bot.store.database import Session
from bot.store.tables import deliveries, handovers, orders, returns, reviews
from bot.store.worth import statistics

OPEN_FOR = timedelta(days=7)  # after which a number is no answer to it any more
OF_A_VISIT, OF_A_HANDOVER = "visit:", "handover:"


@dataclass(frozen=True, slots=True)
class Visit:
    """A question about their satisfaction that waits for an answer."""

    external_id: str  # of the review it becomes
    asked_at: datetime
    order_id: int | None = None
    handover_id: int | None = None


def open_visit(session: Session, customer_id: int, now: datetime) -> Visit | None:
    """The last one they got, when they have not answered it yet."""
    found = (_of_a_delivery(session, customer_id, now), _of_a_handover(session, customer_id, now))
    return max(filter(None, found), key=lambda visit: visit.asked_at, default=None)


def answered(session: Session, customer_id: int, visit: Visit, rating: int, now: datetime) -> None:
    if visit.handover_id is not None:
        theirs = update(handovers).where(handovers.c.id == visit.handover_id)
        session.execute(theirs.values(rating=rating))
    session.execute(
        insert(reviews).values(
            external_id=visit.external_id,
            customer_id=customer_id,
            order_id=visit.order_id,
            rating=rating,
            reviewed_at=now,
            updated_at=now,
        )
    )
    statistics.touch(session, [customer_id], now)


def _of_a_handover(session: Session, customer_id: int, now: datetime) -> Visit | None:
    last = (
        select(handovers.c.id, handovers.c.rating_asked_at)
        .where(handovers.c.customer_id == customer_id, handovers.c.rating.is_(None))
        .where(handovers.c.rating_asked_at > now - OPEN_FOR)
        .order_by(handovers.c.id.desc())
        .limit(1)
    )
    row = session.execute(last).one_or_none()
    if row is None:
        return None
    return Visit(f"{OF_A_HANDOVER}{row.id}", row.rating_asked_at, handover_id=row.id)


def _of_a_delivery(session: Session, customer_id: int, now: datetime) -> Visit | None:
    reaches_them = deliveries.c.state.in_(("sent", "unknown"))
    is_visit = or_(deliveries.c.occasion.like("order:%"), deliveries.c.occasion.like("return:%"))
    last = (
        select(deliveries.c.id, deliveries.c.occasion, deliveries.c.finished_at)
        .where(deliveries.c.customer_id == customer_id, is_visit, reaches_them)
        .where(deliveries.c.finished_at > now - OPEN_FOR)
        .order_by(deliveries.c.id.desc())
        .limit(1)
    )
    row = session.execute(last).one_or_none()
    if row is None:
        return None
    is_answered = exists().where(reviews.c.external_id == f"{OF_A_VISIT}{row.id}")
    if session.execute(select(literal(1)).where(is_answered)).first() is not None:
        return None
    return Visit(f"{OF_A_VISIT}{row.id}", row.finished_at, order_id=_order_of(session, row.occasion))


def _order_of(session: Session, occasion: str) -> int | None:
    """None when it has been removed since."""
    kind, _colon, number = occasion.partition(":")
    meant = select(orders.c.id).where(orders.c.id == int(number))
    if kind == "return":
        meant = select(returns.c.order_id).where(returns.c.id == int(number))
    return session.execute(meant).scalar_one_or_none()
