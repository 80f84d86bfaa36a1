"""Who waits for a person, the most urgent first: what they wrote, whose they are, and why they stand where they stand."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import Row, Select, and_, func, or_, select

from bot.rules.talk.urgency import Plea, Urgency, urgency
from bot.store.database import Session
from bot.store.tables import customer_statistics, customers, handovers, messages, orders, staff

MOST_LISTED = 200
MOST_READ = 12  # of each one's messages since they asked
BEFORE = timedelta(days=30)
LATE_ORDERS = timedelta(days=60)

_h = handovers.c


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """One line of the list."""

    id: int
    customer_id: int
    name: str
    reason: str
    opened_at: datetime
    asked_again_at: datetime | None
    asked: int
    bot_silent_until: datetime | None
    unanswered: int  # messages since they asked that nobody of the staff answered
    is_answered: bool  # somebody of the staff wrote since they asked
    last_text: str
    assigned_to: int | None
    staff_name: str
    taken_at: datetime | None
    service_class: str
    urgency: Urgency


@dataclass(frozen=True, slots=True)
class Place:
    """Of one customer on the list."""

    ahead: int  # who wait before them and whom nobody has taken
    is_taken: bool
    is_answered: bool


def waiting(session: Session, now: datetime) -> list[Waiting]:
    """At most two hundred, those who wait longest; of equal urgency the longest waiting first."""
    found = session.execute(_open(now)).all()
    words = _words(session, [row.customer_id for row in found])
    lines = [_line(row, words.get(row.customer_id, ()), now) for row in found]
    return sorted(lines, key=lambda line: (-line.urgency.points, line.opened_at, line.id))


def line_of(session: Session, customer_id: int, now: datetime) -> Waiting | None:
    row = session.execute(_open(now).where(_h.customer_id == customer_id)).one_or_none()
    return _line(row, _words(session, [customer_id]).get(customer_id, ()), now) if row else None


def place_of(session: Session, customer_id: int, now: datetime) -> Place | None:
    ahead = 0
    for line in waiting(session, now):
        if line.customer_id == customer_id:
            return Place(ahead, line.taken_at is not None, line.is_answered)
        ahead += line.taken_at is None
    return None


def _open(now: datetime) -> Select[Any]:
    of_customer = messages.c.customer_id == _h.customer_id
    by_staff = messages.alias("by_staff")
    answered = (
        select(func.max(by_staff.c.id))
        .where(by_staff.c.customer_id == _h.customer_id, by_staff.c.direction == "out")
        .where(by_staff.c.staff_id.is_not(None), by_staff.c.created_at >= _h.opened_at)
        .correlate(handovers)
        .scalar_subquery()
    )
    theirs = and_(of_customer, messages.c.direction == "in", ~messages.c.kind.startswith("event:"))
    since = and_(messages.c.created_at >= _h.opened_at, or_(answered.is_(None), messages.c.id > answered))
    unanswered = select(func.count()).where(theirs, since).scalar_subquery()
    last = select(messages.c.text).where(theirs, messages.c.text != "").order_by(messages.c.id.desc())
    earlier = handovers.alias("earlier")
    before = select(func.count()).where(
        earlier.c.customer_id == _h.customer_id,
        earlier.c.id != _h.id,
        earlier.c.opened_at > now - BEFORE,
    )
    bought = select(func.coalesce(func.sum(orders.c.amount), 0)).where(
        orders.c.customer_id == _h.customer_id,
        orders.c.ordered_at > now - LATE_ORDERS,
        orders.c.status != "refunded",
    )
    return (
        select(
            handovers,
            customers.c.name.label("customer_name"),
            customers.c.with_person_until,
            staff.c.name.label("staff_name"),
            customer_statistics.c.service_class,
            answered.label("answered"),
            unanswered.label("unanswered"),
            last.limit(1).scalar_subquery().label("last_text"),
            before.scalar_subquery().label("before"),
            bought.scalar_subquery().label("bought"),
        )
        .join(customers, customers.c.id == _h.customer_id)
        .outerjoin(staff, staff.c.id == _h.assigned_to)
        .outerjoin(customer_statistics, customer_statistics.c.customer_id == _h.customer_id)
        .where(_h.closed_at.is_(None))
        .order_by(_h.reason == "asked", _h.opened_at, _h.id)
        .limit(MOST_LISTED)
    )


def _words(session: Session, ids: Sequence[int]) -> dict[int, tuple[str, ...]]:
    """The last ones each wrote since they asked, oldest first."""
    place = func.row_number().over(partition_by=messages.c.customer_id, order_by=messages.c.id.desc())
    said = (
        select(messages.c.id, messages.c.customer_id, messages.c.text, place.label("place"))
        .join(handovers, and_(_h.customer_id == messages.c.customer_id, _h.closed_at.is_(None)))
        .where(messages.c.customer_id.in_(ids), messages.c.direction == "in", messages.c.text != "")
        .where(messages.c.created_at >= _h.opened_at)
        .subquery()
    )
    asked = select(said.c.customer_id, said.c.text).where(said.c.place <= MOST_READ).order_by(said.c.id)
    found: dict[int, tuple[str, ...]] = {}
    for customer_id, text in session.execute(asked):
        found[customer_id] = (*found.get(customer_id, ()), text)
    return found


def _line(row: Row[Any], words: tuple[str, ...], now: datetime) -> Waiting:
    plea = Plea(
        complains=row.reason == "complaint",
        words=words,
        unanswered=row.unanswered,
        asked=row.asked,
        before=row.before,
        service_class=row.service_class or "",
        late_orders=Decimal(row.bought),
        waits=now - row.opened_at,
    )
    return Waiting(
        id=row.id,
        customer_id=row.customer_id,
        name=row.customer_name or "",
        reason=row.reason,
        opened_at=row.opened_at,
        asked_again_at=row.asked_again_at,
        asked=row.asked,
        bot_silent_until=row.with_person_until,
        unanswered=row.unanswered,
        is_answered=row.answered is not None,
        last_text=row.last_text or "",
        assigned_to=row.assigned_to,
        staff_name=row.staff_name or "",
        taken_at=row.taken_at,
        service_class=row.service_class or "",
        urgency=urgency(plea),
    )
