"""Who of the staff serves a customer who waits: one of them takes it, gives it back, or passes it on.

Each change is one statement that names what it expects, so that of two who take at once one gets it.
"""

from datetime import datetime

from sqlalchemy import ColumnElement, and_, exists, or_, select, update

from bot.store.database import Session
from bot.store.operators.staff import Person, find
from bot.store.tables import handovers, staff
from bot.store.talk.account_managers import IS_PRESENT

_h = handovers.c


def take(session: Session, customer_id: int, staff_id: int, now: datetime) -> bool:
    """False when nobody waits there, or somebody else serves; see `holder`.

    What is kept for somebody who has not begun, or who has left meanwhile, may be taken.
    """
    holder_is_here = exists(select(staff.c.id).where(staff.c.id == _h.assigned_to, IS_PRESENT))
    is_free = or_(_h.taken_at.is_(None), ~holder_is_here)
    free = update(handovers).where(_h.customer_id == customer_id, _h.closed_at.is_(None), is_free)
    if session.execute(free.values(assigned_to=staff_id, taken_at=now)).rowcount > 0:
        return True
    return _is_theirs(session, customer_id, staff_id)


def give_back(session: Session, customer_id: int, staff_id: int) -> bool:
    """It is anybody's again. False when it was not theirs."""
    mine = _theirs(customer_id, staff_id)
    given = update(handovers).where(mine).values(assigned_to=None, taken_at=None)
    return session.execute(given).rowcount > 0


def pass_on(session: Session, customer_id: int, staff_id: int, to: int) -> bool:
    """It waits for somebody else, who has to be present. False when they are not, or somebody else serves."""
    is_here = exists(select(staff.c.id).where(staff.c.id == to, IS_PRESENT))
    may = or_(_h.taken_at.is_(None), _h.assigned_to == staff_id)
    passed = update(handovers).where(_h.customer_id == customer_id, _h.closed_at.is_(None), may, is_here)
    return session.execute(passed.values(assigned_to=to, taken_at=None)).rowcount > 0


def holder(session: Session, customer_id: int) -> Person | None:
    """Whose it is, whether they have begun or not; None for anybody's."""
    asked = select(_h.assigned_to).where(_h.customer_id == customer_id, _h.closed_at.is_(None))
    found = session.execute(asked).scalar_one_or_none()
    return None if found is None else find(session, found)


def _theirs(customer_id: int, staff_id: int) -> ColumnElement[bool]:
    return and_(_h.customer_id == customer_id, _h.closed_at.is_(None), _h.assigned_to == staff_id)


def _is_theirs(session: Session, customer_id: int, staff_id: int) -> bool:
    mine = select(_h.id).where(_theirs(customer_id, staff_id), _h.taken_at.is_not(None))
    return session.execute(mine).first() is not None
