"""The log of merges: what became one, by whom, and whether it still is. Erasing a person takes its contents along."""

from typing import Any

from sqlalchemy import Select, null, or_, select, update

from bot.store.database import Session
from bot.store.people import pointers
from bot.store.tables import merges, staff
from bot.values.merging import Merge


def listed(session: Session, *, customer_id: int | None = None, most: int = 50) -> list[Merge]:
    """The newest first; of one customer, those on either side."""
    asked = _asked().order_by(merges.c.id.desc()).limit(most)
    if customer_id is not None:
        asked = asked.where(or_(merges.c.survivor_id == customer_id, merges.c.loser_id == customer_id))
    return [_read(row) for row in session.execute(asked)]


def find(session: Session, merge_id: int) -> Merge | None:
    row = session.execute(_asked().where(merges.c.id == merge_id)).one_or_none()
    return _read(row) if row else None


def were_parted(session: Session, survivor_id: int, loser_id: int) -> bool:
    """They were one before, and somebody undid it."""
    pair = (merges.c.survivor_id == survivor_id, merges.c.loser_id == loser_id)
    parted = select(merges.c.id).where(*pair, merges.c.undone_at.is_not(None))
    return session.execute(parted.limit(1)).first() is not None


def forget(session: Session, customer_id: int) -> None:
    """The customer is forgotten: so is what stayed with the rows they were made of, and what the log kept of them."""
    rows = _of_their_making(session, customer_id)
    if not rows:
        return
    session.execute(update(merges).where(merges.c.id.in_(rows)).values(kept=null()))
    pointers.forget(session, [loser_id for loser_id in rows.values() if loser_id is not None])


def _of_their_making(session: Session, customer_id: int) -> dict[int, int | None]:
    """The merges that hold something of the customer, and of those that stand the row that is no more."""
    found: dict[int, int | None] = {}
    looking = {customer_id}
    while looking:
        theirs = or_(merges.c.survivor_id.in_(looking), merges.c.loser_id.in_(looking))
        rows = session.execute(select(merges).where(theirs, merges.c.id.not_in(list(found)))).all()
        found |= {row.id: None if row.undone_at else row.loser_id for row in rows}
        looking = {row.loser_id for row in rows if row.undone_at is None}
    return found


def _asked() -> Select[Any]:
    by, undone_by = staff.alias("by"), staff.alias("undone_by")
    return (
        select(merges, by.c.name.label("staff_name"), undone_by.c.name.label("undone_name"))
        .outerjoin(by, by.c.id == merges.c.staff_id)
        .outerjoin(undone_by, undone_by.c.id == merges.c.undone_by)
    )


def _read(row: Any) -> Merge:
    return Merge(
        id=row.id,
        survivor_id=row.survivor_id,
        loser_id=row.loser_id,
        how=row.how,
        staff=row.staff_name or "",
        at=row.at,
        counts=row.counts,
        changes=(row.kept or {}).get("changes", {}),
        undone_at=row.undone_at,
        undone_by=row.undone_name or "",
        can_be_undone=row.undone_at is None and row.kept is not None,
    )
