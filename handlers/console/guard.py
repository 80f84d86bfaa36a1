"""Who is signed in, and whether they may see what they ask for: asked once, before every request of the console."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from flask import abort, current_app, flash, g, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_wtf import CSRFProtect

from bot.store.operators import staff_sessions
from bot.store.operators.staff import Person, Role
from handlers.console.page import Page
from handlers.serving import services

TOKEN = "staff"  # noqa: S105 - the name of a place, not a secret
STYLE = "console.static"
SIGN_IN = "console.sign_in.index"

csrf = CSRFProtect()


def guard(to_sign_in: Callable[[], ResponseReturnValue]) -> ResponseReturnValue | None:
    """A stranger is sent to sign in, whatever the route; a route on no page is for admins, until somebody says else."""
    if request.endpoint == STYLE:
        return None
    g.person = _person()
    page = current_app.blueprints.get(request.blueprint or "")
    needed: Role | None = page.needs if isinstance(page, Page) else "admin"
    if needed is not None:
        if g.person is None:
            return to_sign_in()
        if not g.person.may(needed):
            abort(403)
    csrf.protect()
    return None


def somebody() -> Person:
    """The person who is signed in; only behind the guard."""
    person: Person = g.person
    return person


def signed_in() -> Person | None:
    person: Person | None = g.get("person")
    return person


def remember(token: str) -> None:
    """Into a fresh cookie: what stood there before belonged to a stranger."""
    session.clear()
    g.pop("csrf_token", None)  # made for the stranger's cookie
    session[TOKEN] = token


def token() -> str | None:
    found: Any = session.get(TOKEN)
    return found if isinstance(found, str) else None


def place_after(wanted: str | None) -> str:
    """Where to go on: only to a page of the console itself, whatever stands in ?next=."""
    home = url_for("console.overview.index")
    if not wanted or "\\" in wanted or not wanted.isprintable():
        return home
    parts = urlsplit(wanted)
    if parts.scheme or parts.netloc or not parts.path.startswith(home) or ".." in parts.path:
        return home
    return wanted


def _person() -> Person | None:
    held = token()
    if held is None:
        return None
    now = services().clock.real()
    with services().database.reading() as store:
        found = staff_sessions.find(store, held, now)
    if found is None:
        session.pop(TOKEN)
        flash(_("登录已经结束，请重新登录。"))
        return None
    if found.is_to_be_noted(now):
        with services().database.transaction() as store:
            staff_sessions.note_use(store, held, now)
    return found.person
