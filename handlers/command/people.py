"""Whom a command is about, and who does it: found by the name that was typed, or one line that says there is nobody."""

from bot.store.database import Session
from bot.store.operators import staff
from bot.store.operators.staff import Person
from bot.store.people import customers
from bot.values.profile import Profile
from handlers.command.common import Fault


def customer(session: Session, openid: str) -> Profile:
    found = customers.profile_of(session, openid)
    if found is None:
        raise Fault(f"nobody has the openid {openid}")
    return found


def named(session: Session, name: str) -> int | None:
    """None when nobody was named: the command did it."""
    return on_staff(session, name).id if name else None


def on_staff(session: Session, name: str, option: str = "--as") -> Person:
    found = staff.find_by_name(session, name)
    if found is None or found.disabled_at is not None:
        raise Fault(f"{option}: nobody called {name} is on the staff; see `weilan staff add`")
    return found
