"""Who of the staff looks after a customer, and who of them is present."""

from datetime import datetime

from sqlalchemy import delete, insert, select, update

from bot.store.database import Session
from bot.store.operators.staff import Person
from bot.store.operators.staff import find as find_staff
from bot.store.tables import account_managers, customers, follow_ups, handovers, staff

_a = account_managers.c
IS_PRESENT = staff.c.away_since.is_(None) & staff.c.disabled_at.is_(None)


def manager_of(session: Session, customer_id: int) -> Person | None:
    found = session.execute(select(_a.staff_id).where(_a.customer_id == customer_id)).scalar_one_or_none()
    return None if found is None else find_staff(session, found)


def present_manager(session: Session, customer_id: int) -> int | None:
    """Whom a hand-over of the customer goes to; None for the pool."""
    asked = select(_a.staff_id).join(staff, staff.c.id == _a.staff_id)
    return session.execute(asked.where(_a.customer_id == customer_id, IS_PRESENT)).scalar_one_or_none()


def put_in_charge(session: Session, customer_id: int, staff_id: int | None, now: datetime) -> None:
    """None: nobody any more. What their class asks for is theirs too (`follow_ups`)."""
    session.execute(select(customers.c.id).where(customers.c.id == customer_id).with_for_update())
    session.execute(delete(account_managers).where(_a.customer_id == customer_id))
    if staff_id is not None:
        row = {"customer_id": customer_id, "staff_id": staff_id, "since": now}
        session.execute(insert(account_managers).values(row))
    asked = (follow_ups.c.customer_id == customer_id) & follow_ups.c.closed_at.is_(None)
    manager = asked & (follow_ups.c.service == "account_manager")
    session.execute(update(follow_ups).where(manager).values(staff_id=staff_id))


def is_present(session: Session, staff_id: int) -> bool:
    return session.execute(select(staff.c.id).where(staff.c.id == staff_id, IS_PRESENT)).first() is not None


def present(session: Session) -> list[tuple[int, str]]:
    """Id and name, by name: to whom a hand-over can be passed."""
    rows = session.execute(select(staff.c.id, staff.c.name).where(IS_PRESENT).order_by(staff.c.name))
    return [(row.id, row.name) for row in rows]


def come(session: Session, staff_id: int) -> None:
    session.execute(update(staff).where(staff.c.id == staff_id).values(away_since=None))


def leave(session: Session, staff_id: int, now: datetime) -> int:
    """What was theirs and they had not begun is anybody's again; answers how many."""
    here = update(staff).where(staff.c.id == staff_id, staff.c.away_since.is_(None))
    session.execute(here.values(away_since=now))
    theirs = update(handovers).where(
        handovers.c.assigned_to == staff_id, handovers.c.closed_at.is_(None), handovers.c.taken_at.is_(None)
    )
    return session.execute(theirs.values(assigned_to=None)).rowcount
