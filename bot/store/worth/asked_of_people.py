"""What customers' classes ask of a person: who is to be looked after or followed up, until when, and that it was done."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Select, func, select, update

from bot.store.database import Session
from bot.store.tables import account_managers, customer_statistics, customers, follow_ups, staff
from bot.values.value import FollowUp

MOST_LISTED = 200

_f = follow_ups.c


def waiting(session: Session, staff_id: int | None = None) -> Sequence[FollowUp]:
    """The soonest due first, at most two hundred. `staff_id`: only theirs."""
    found = waits()
    if staff_id is not None:
        found = found.where(staff.c.id == staff_id)
    rows = session.execute(found.order_by(_f.due_at, _f.id).limit(MOST_LISTED)).mappings()
    return [FollowUp(**row) for row in rows]


def of(session: Session, customer_id: int) -> Sequence[FollowUp]:
    found = waits().where(_f.customer_id == customer_id).order_by(_f.due_at, _f.id)
    return [FollowUp(**row) for row in session.execute(found).mappings()]


def done(session: Session, follow_up_id: int, staff_id: int, note: str, now: datetime) -> int | None:
    """Whose it was; None when it is closed already, or never was."""
    close = update(follow_ups).where(_f.id == follow_up_id, _f.closed_at.is_(None))
    values = {"closed_at": now, "closed_by": "staff", "staff_id": staff_id, "note": note}
    return session.execute(close.values(values).returning(_f.customer_id)).scalar_one_or_none()


def waits() -> Select[tuple[int | str | datetime | None, ...]]:
    """Everything that waits for a person, in no order."""
    served_by = func.coalesce(_f.staff_id, account_managers.c.staff_id)
    columns = (
        _f.id,
        _f.customer_id,
        customers.c.openid,
        customers.c.external_id,
        customers.c.name,
        _f.service,
        customer_statistics.c.service_class,
        _f.opened_at,
        _f.due_at,
        staff.c.name.label("staff_name"),
    )
    return (
        select(*columns)
        .join_from(follow_ups, customers, customers.c.id == _f.customer_id)
        .outerjoin(customer_statistics, customer_statistics.c.customer_id == _f.customer_id)
        .outerjoin(account_managers, account_managers.c.customer_id == _f.customer_id)
        .outerjoin(staff, staff.c.id == served_by)
        .where(_f.closed_at.is_(None))
    )
