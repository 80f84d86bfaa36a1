"""The people who sign in to the console: operators and admins."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal, cast

from sqlalchemy import Row, insert, select, update
from sqlalchemy.exc import IntegrityError

from bot.store.database import Session
from bot.store.tables import staff

Role = Literal["operator", "admin"]
LONGEST_NAME = 64

_COLUMNS = (staff.c.id, staff.c.name, staff.c.role, staff.c.disabled_at, staff.c.created_at)


@dataclass(frozen=True, slots=True)
class Person:
    id: int
    name: str
    role: Role
    disabled_at: datetime | None
    created_at: datetime

    def may(self, needed: Role) -> bool:
        return self.role in {needed, "admin"}


@dataclass(frozen=True, slots=True)
class Credentials:
    person: Person
    password_hash: str


def people(session: Session) -> list[Person]:
    """Everybody, by name, the disabled ones last."""
    rows = session.execute(select(*_COLUMNS).order_by(staff.c.disabled_at.is_not(None), staff.c.name))
    return [_person(row) for row in rows]


def find(session: Session, staff_id: int) -> Person | None:
    row = session.execute(select(*_COLUMNS).where(staff.c.id == staff_id)).one_or_none()
    return _person(row) if row else None


def find_by_name(session: Session, name: str) -> Person | None:
    row = session.execute(select(*_COLUMNS).where(staff.c.name == name)).one_or_none()
    return _person(row) if row else None


def find_credentials(session: Session, name: str) -> Credentials | None:
    """None also for somebody who is disabled."""
    asked = select(*_COLUMNS, staff.c.password_hash).where(
        staff.c.name == name, staff.c.disabled_at.is_(None)
    )
    row = session.execute(asked).one_or_none()
    return Credentials(_person(row), row.password_hash) if row else None


def add(session: Session, *, name: str, role: Role, password_hash: str, now: datetime) -> int | None:
    """The new person's id; None when somebody has this name already."""
    fields = {"name": name, "role": role, "password_hash": password_hash, "created_at": now}
    try:
        with session.begin_nested():
            added: int = session.execute(insert(staff).values(fields).returning(staff.c.id)).scalar_one()
    except IntegrityError:
        return None
    return added


def change_password(session: Session, staff_id: int, password_hash: str) -> None:
    session.execute(update(staff).where(staff.c.id == staff_id).values(password_hash=password_hash))


def change_role(session: Session, staff_id: int, role: Role) -> None:
    session.execute(update(staff).where(staff.c.id == staff_id).values(role=role))


def disable(session: Session, staff_id: int, now: datetime) -> None:
    session.execute(
        update(staff).where(staff.c.id == staff_id, staff.c.disabled_at.is_(None)).values(disabled_at=now)
    )


def enable(session: Session, staff_id: int) -> None:
    session.execute(update(staff).where(staff.c.id == staff_id).values(disabled_at=None))


def is_last_admin(session: Session, staff_id: int) -> bool:
    """True when nobody else could manage the staff. Locks the admins: two of them cannot remove each other at once."""
    admins = (
        select(staff.c.id).where(staff.c.role == "admin", staff.c.disabled_at.is_(None)).with_for_update()
    )
    return set(session.execute(admins).scalars()) == {staff_id}


def _person(row: Row[*tuple[object, ...]]) -> Person:
    return Person(row.id, row.name, cast("Role", row.role), row.disabled_at, row.created_at)
