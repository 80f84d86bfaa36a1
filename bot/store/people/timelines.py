"""One customer's messages and deliveries as one stream, the newest first."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, NamedTuple

from sqlalchemy import Select, String, and_, cast, func, literal, or_, select, union_all

from bot.store.database import Instant, Session
from bot.store.sending import delivery_search
from bot.store.sending.delivery_search import DeliveryLine
from bot.store.tables import deliveries, messages
from bot.store.talk import log_search
from bot.store.talk.log_search import LogLine


class Place(NamedTuple):
    """Where a page ended."""

    at: datetime
    what: Literal["delivery", "message"]
    id: int


@dataclass(frozen=True, slots=True)
class Moment:
    """A message, a delivery, or a message that is a delivery's: then both."""

    place: Place
    message: LogLine | None
    delivery: DeliveryLine | None


def moments(
    session: Session, customer_id: int, *, before: Place | None = None, most: int = 50
) -> list[Moment]:
    """A delivery stands at its end, or else at the time it is due; what was said through it, beside it."""
    stream = union_all(_messages(customer_id), _deliveries(customer_id)).subquery()
    asked = select(stream.c.at, stream.c.what, stream.c.id)
    if before is not None:
        at = literal(before.at, Instant)
        same_kind = and_(stream.c.what == before.what, stream.c.id < before.id)
        asked = asked.where(
            or_(stream.c.at < at, and_(stream.c.at == at, or_(stream.c.what < before.what, same_kind)))
        )
    asked = asked.order_by(stream.c.at.desc(), stream.c.what.desc(), stream.c.id.desc()).limit(most)
    places = [Place(row.at, row.what, row.id) for row in session.execute(asked)]
    said = log_search.lines_of(session, [place.id for place in places if place.what == "message"])
    through = [line.delivery_id for line in said.values() if line.delivery_id is not None]
    lines = delivery_search.lines_of(
        session, through + [place.id for place in places if place.what == "delivery"]
    )
    return [_moment(place, said, lines) for place in places]


def _messages(customer_id: int) -> Select[Any]:
    what = cast(literal("message"), String).label("what")
    return select(messages.c.created_at.label("at"), what, messages.c.id).where(
        messages.c.customer_id == customer_id
    )


def _deliveries(customer_id: int) -> Select[Any]:
    said = select(messages.c.delivery_id).where(
        messages.c.customer_id == customer_id, messages.c.delivery_id.is_not(None)
    )
    at = func.coalesce(
        deliveries.c.finished_at, deliveries.c.claimed_at, deliveries.c.due_at, type_=Instant
    ).label("at")
    what = cast(literal("delivery"), String).label("what")
    return select(at, what, deliveries.c.id).where(
        deliveries.c.customer_id == customer_id, deliveries.c.id.not_in(said)
    )


def _moment(place: Place, said: dict[int, LogLine], lines: dict[int, DeliveryLine]) -> Moment:
    if place.what == "delivery":
        return Moment(place, None, lines[place.id])
    message = said[place.id]
    return Moment(place, message, lines.get(message.delivery_id) if message.delivery_id else None)
