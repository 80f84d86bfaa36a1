"""The points of members: a ledger of double entry, and lots that expire. The balance is what the lots have left.

Every entry has a key that says what it is about, so that whoever tries again writes nothing. `customers.points` is the
same balance, changed in the same transaction; spending asks it and takes from it in one statement.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal

from sqlalchemy import ColumnElement, Select, func, insert, literal, select, update

from bot.store.database import Instant, Session
from bot.store.segments import segment_changes
from bot.store.tables import customers, point_journals, point_lots, point_postings
from bot.store.upserts import or_insert
from bot.values.membership import Entry

BEGIN = "begin"
MOST_ENTRIES = 10

Account = Literal["issued", "spent", "expired"]  # the other side of what a member gains or loses

_j, _p, _l = point_journals.c, point_postings.c, point_lots.c


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """What an entry is about; `key` makes it the only one."""

    key: str
    kind: str
    order_id: int | None = None
    staff_id: int | None = None
    note: str = ""


def begun_at(session: Session) -> datetime | None:
    return session.execute(select(_j.at).where(_j.key == BEGIN)).scalar()


def are_counted_here(session: Session, source: str) -> bool:
    """From the ledger's beginning on; before that an import brings what everybody begins with."""
    return source == "orders" and begun_at(session) is not None


def begin(session: Session, expires_on: date, now: datetime) -> None:
    """What everybody has today becomes their first lot; a second time nothing happens."""
    if _journal(session, None, About(key=BEGIN, kind=BEGIN), now) is None:
        return
    has = (customers.c.points > 0, customers.c.forgotten_at.is_(None))
    opening = select(
        literal("opening:").concat(customers.c.id),
        customers.c.id,
        literal("opening"),
        literal(now, Instant()),
    )
    session.execute(
        insert(point_journals).from_select(
            ["key", "customer_id", "kind", "at"], opening.where(*has).order_by(customers.c.id)
        )
    )
    opened = select(_j.id, customers.c.id, customers.c.points).join_from(
        point_journals, customers, customers.c.id == _j.customer_id
    )
    mine = opened.where(_j.kind == "opening").subquery()
    for account, points in (("member", mine.c.points), ("issued", -mine.c.points)):
        rows = select(mine.c[0], literal(account), points)
        session.execute(insert(point_postings).from_select(["journal_id", "account", "points"], rows))
    lots = select(mine.c[1], mine.c[0], mine.c.points, mine.c.points, literal(expires_on))
    session.execute(
        insert(point_lots).from_select(
            ["customer_id", "journal_id", "points", "remaining", "expires_on"], lots
        )
    )


def gain(
    session: Session, customer_id: int, points: int, about: About, expires_on: date, now: datetime
) -> bool:
    """False when this was written before. An order that brings nothing is noted all the same."""
    journal_id = _journal(session, customer_id, about, now)
    if journal_id is None:
        return False
    _post(session, journal_id, points, "issued")
    if points:
        lot = {"customer_id": customer_id, "journal_id": journal_id, "points": points, "remaining": points}
        session.execute(insert(point_lots).values(lot | {"expires_on": expires_on}))
        _change(session, customer_id, points)
    return True


def spend(session: Session, customer_id: int, points: int, about: About, now: datetime) -> bool | None:
    """None when they have not so many, False when this was written before; neither changes anything."""
    if not _change(session, customer_id, -points, customers.c.points >= points):
        return None
    journal_id = _journal(session, customer_id, about, now)
    if journal_id is None:
        _change(session, customer_id, points)
        return False
    _post(session, journal_id, -points, "spent")
    _from_lots(session, customer_id, points)
    return True


def take_back(session: Session, customer_id: int, points: int, about: About, now: datetime) -> int | None:
    """What is left of so many, from what the order brought first; what was spent already stays spent. None: written before."""
    lock = select(customers.c.points).where(customers.c.id == customer_id).with_for_update()
    taken = min(points, session.execute(lock).scalar() or 0)
    journal_id = _journal(session, customer_id, about, now)
    if journal_id is None:
        return None
    _post(session, journal_id, -taken, "issued")
    if taken:
        _from_lots(session, customer_id, taken, first_of_order=about.order_id)
        _change(session, customer_id, -taken)
    return taken


def expire(session: Session, today: date, now: datetime, most: int) -> int:
    """Lots whose last day has passed, `most` at a time; gives how many were looked at.

    Members are locked before their lots, as who spends does: otherwise the two could wait for each other.
    """
    old = select(_l.id, _l.customer_id).where(_l.expires_on < today, _l.remaining > 0)
    found = session.execute(old.order_by(_l.id).limit(most)).all()
    theirs = customers.c.id.in_({lot.customer_id for lot in found})
    session.execute(select(customers.c.id).where(theirs).order_by(customers.c.id).with_for_update())
    left = select(_l.id, _l.customer_id, _l.remaining).where(
        _l.id.in_([lot.id for lot in found]), _l.remaining > 0
    )
    for lot in session.execute(left.order_by(_l.id).with_for_update()).all():
        journal_id = _journal(session, lot.customer_id, About(key=f"expiry:{lot.id}", kind="expiry"), now)
        if journal_id is not None:
            _post(session, journal_id, -lot.remaining, "expired")
            session.execute(update(point_lots).where(_l.id == lot.id).values(remaining=0))
            _change(session, lot.customer_id, -lot.remaining)
    return len(found)


def forget(session: Session, customer_id: int, now: datetime) -> None:
    """The books go on adding up; what was theirs is nobody's. Their row is emptied by whoever calls."""
    left = session.execute(
        select(func.coalesce(func.sum(_l.remaining), 0)).where(_l.customer_id == customer_id)
    ).scalar_one()
    if not left:
        return
    about = About(key=f"forgotten:{customer_id}", kind="expiry")
    if (journal_id := _journal(session, customer_id, about, now)) is not None:
        _post(session, journal_id, -left, "expired")
        session.execute(update(point_lots).where(_l.customer_id == customer_id).values(remaining=0))


def put_right(session: Session, customer_id: int) -> None:
    """After two became one: the balance is what the lots have left. Where no ledger was begun, it stays."""
    if begun_at(session) is None:
        return
    left = select(func.coalesce(func.sum(_l.remaining), 0)).where(_l.customer_id == customer_id)
    session.execute(
        update(customers).where(customers.c.id == customer_id).values(points=left.scalar_subquery())
    )


def next_to_expire(session: Session, customer_id: int) -> tuple[int, date] | None:
    """How many go next, and the last day on which they can be spent."""
    by_day = (
        select(func.sum(_l.remaining), _l.expires_on)
        .where(_l.customer_id == customer_id, _l.remaining > 0)
        .group_by(_l.expires_on)
        .order_by(_l.expires_on)
        .limit(1)
    )
    found = session.execute(by_day).one_or_none()
    return (int(found[0]), found[1]) if found else None


def entries(session: Session, customer_id: int, most: int = MOST_ENTRIES) -> list[Entry]:
    """The newest first."""
    mine = (
        select(_j.at, _j.kind, _p.points, _j.note)
        .join_from(point_journals, point_postings, (_p.journal_id == _j.id) & (_p.account == "member"))
        .where(_j.customer_id == customer_id, _p.points != 0)
        .order_by(_j.id.desc())
        .limit(most)
    )
    return [
        Entry(at=row.at, kind=row.kind, points=row.points, note=row.note) for row in session.execute(mine)
    ]


def faults(session: Session) -> Sequence[str]:
    """What the books say when they do not add up; nothing when they do."""
    found = []
    unbalanced = (
        select(_p.journal_id).group_by(_p.journal_id).having(func.sum(_p.points) != 0).order_by(_p.journal_id)
    )
    found += [f"journal {id_} does not add up to nothing" for id_ in session.scalars(unbalanced.limit(20))]
    posting = _sum_by(_j.customer_id, _p.points).join_from(
        point_journals, point_postings, _p.journal_id == _j.id
    )
    posted = posting.where(_p.account == "member").group_by(_j.customer_id).subquery()
    held = _sum_by(_l.customer_id, _l.remaining).group_by(_l.customer_id).subquery()
    differs = (
        select(customers.c.id)
        .outerjoin(posted, posted.c.customer_id == customers.c.id)
        .outerjoin(held, held.c.customer_id == customers.c.id)
        .where(
            (func.coalesce(posted.c.points, 0) != func.coalesce(held.c.points, 0))
            | (func.coalesce(held.c.points, 0) != customers.c.points)
        )
        .order_by(customers.c.id)
        .limit(20)
    )
    found += [f"customer {id_}: ledger, lots and balance differ" for id_ in session.scalars(differs)]
    return found


def brought_by(session: Session, order_id: int) -> tuple[int, int]:
    """What an order brought at first, and what is left of that after all that was taken back."""
    of_order = (
        select(_j.kind, func.sum(_p.points))
        .join_from(point_journals, point_postings, _p.journal_id == _j.id)
        .where(_j.order_id == order_id, _p.account == "member")
        .group_by(_j.kind)
    )
    by_kind = {kind: int(points) for kind, points in session.execute(of_order)}
    return by_kind.get("order", 0), sum(by_kind.values())


def _sum_by(whose: ColumnElement[Any], what: ColumnElement[int]) -> Select[Any]:
    return select(whose.label("customer_id"), func.sum(what).label("points"))


def _journal(session: Session, customer_id: int | None, about: About, now: datetime) -> int | None:
    """Its id, or None when the key is taken."""
    row = {
        "key": about.key, "customer_id": customer_id, "kind": about.kind, "order_id": about.order_id,
        "staff_id": about.staff_id, "note": about.note[:200], "at": now,
    }  # fmt: skip
    return session.execute(
        or_insert(session, point_journals)
        .values(row)
        .on_conflict_do_nothing(index_elements=["key"])
        .returning(_j.id)
    ).scalar()


def _post(session: Session, journal_id: int, points: int, other: Account) -> None:
    rows: list[dict[str, Any]] = [
        {"journal_id": journal_id, "account": "member", "points": points},
        {"journal_id": journal_id, "account": other, "points": -points},
    ]
    session.execute(insert(point_postings), rows)


def _change(session: Session, customer_id: int, by: int, *only_if: ColumnElement[bool]) -> bool:
    changed = update(customers).where(customers.c.id == customer_id, *only_if)
    if not session.execute(changed.values(points=customers.c.points + by)).rowcount:
        return False
    segment_changes.note(session, [customer_id])
    return True


def _from_lots(session: Session, customer_id: int, points: int, first_of_order: int | None = None) -> None:
    """The customer's row is locked by now. The lot of an order that came back goes first, then what expires first."""
    theirs = (
        select(_l.id, _l.remaining, _j.order_id)
        .join_from(point_lots, point_journals, _j.id == _l.journal_id)
        .where(_l.customer_id == customer_id, _l.remaining > 0)
        .order_by(_l.expires_on, _l.id)
    )
    lots = session.execute(theirs).all()
    lots = sorted(lots, key=lambda lot: first_of_order is None or lot.order_id != first_of_order)
    for lot in lots:
        part = min(points, lot.remaining)
        if part:
            session.execute(update(point_lots).where(_l.id == lot.id).values(remaining=_l.remaining - part))
            points -= part
