"""Signing in and out. The same answer, after the same time, for a wrong password and for a name nobody has."""

import hashlib
from datetime import timedelta
from urllib.parse import urlsplit

from flask import g, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import PasswordField, StringField

from bot.store.operators import audit, passwords, staff, staff_sessions
from bot.store.operators.staff import Person
from handlers.console import guard, unsent
from handlers.console.addresses import address_of
from handlers.console.forms import Form, at_most, required, stripped
from handlers.console.page import Page
from handlers.serving import services

TRIES_FROM_AN_ADDRESS = 30
TRIES_FOR_A_NAME_FROM_AN_ADDRESS = 10  # who guesses locks out themselves, not whose name it is
TRIES_FOR_A_NAME = 100  # from many addresses
WITHIN = timedelta(minutes=15)

page = Page("sign_in", __name__, needs=None)


class SignIn(Form):
    name = StringField(_l("姓名"), [required(), at_most(64)])
    password = PasswordField(_l("密码"), [required(), at_most(passwords.MOST_LONG)])


def of_stranger() -> ResponseReturnValue:
    """Who asked for a page comes back to it; what was typed into one of ours waits until they are signed in."""
    if request.method == "GET":
        return redirect(url_for(guard.SIGN_IN, next=request.full_path.rstrip("?")), code=303)
    if not unsent.came_from_here():
        return redirect(url_for(guard.SIGN_IN), code=303)
    came_from = urlsplit(request.referrer or "").path
    waiting = unsent.sealed(unsent.of_this_request())
    return render_template(
        "console/sign_in.html", form=SignIn(None), unsent=waiting, came_from=came_from
    ), 401


@page.route("/sign-in", methods=["GET", "POST"])
def index() -> ResponseReturnValue:
    if guard.signed_in():
        return redirect(guard.place_after(request.args.get("next")), code=303)
    form = SignIn()
    if not form.is_submitted():
        return _form(form)
    if not form.validate():
        return _form(form), 422
    name = stripped(form.name.data)
    if _tried_too_often(name):
        refusal = _("尝试次数过多，请 15 分钟后再试。")
        return _form(form, refusal), 429
    person = _recognised(name, form.password.data)
    if person is None:
        refusal = _("姓名或密码不对。")
        return _form(form, refusal), 422
    _forget_tries(name)
    _begin(person)
    return _onward(person)


@page.post("/sign-out")
def out() -> ResponseReturnValue:
    held = guard.token()
    if held:
        with services().database.transaction() as store:
            staff_sessions.end(store, held)
    session.clear()
    return redirect(url_for(guard.SIGN_IN), code=303)


def _form(form: SignIn, refusal: str = "") -> str:
    waiting = request.form.get(unsent.FIELD, "")
    return render_template("console/sign_in.html", form=form, refusal=refusal, unsent=waiting)


def _onward(person: Person) -> ResponseReturnValue:
    waiting = unsent.opened(request.form.get(unsent.FIELD, ""))
    if waiting is None:
        return redirect(guard.place_after(request.args.get("next")), code=303)
    g.person = person
    return unsent.shown(waiting, request.args.get("next"))


def _recognised(name: str, password: str) -> Person | None:
    """Hashing takes its time with no transaction open."""
    with services().database.reading() as store:
        found = staff.find_credentials(store, name)
    if not passwords.fits(password, found.password_hash if found else None):
        _note_refusal(name)
        return None
    if found and passwords.is_outdated(found.password_hash):
        anew = passwords.hashed(password)
        with services().database.transaction() as store:
            staff.change_password(store, found.person.id, anew)
    return found.person if found else None


def _begin(person: Person) -> None:
    with services().database.transaction() as store:
        token = staff_sessions.begin(store, person.id, services().clock.real())
        audit.record(
            store,
            "staff.signed_in",
            "staff",
            person.id,
            staff_id=person.id,
            now=services().now(),
            detail={"name": person.name},
        )
    guard.remember(token)


def _note_refusal(name: str) -> None:
    """Only for people there are: what strangers type does not fill the audit."""
    with services().database.transaction() as store:
        person = staff.find_by_name(store, name)
        if person:
            audit.record(
                store,
                "staff.sign_in_refused",
                "staff",
                person.id,
                staff_id=None,
                now=services().now(),
                detail={"name": name},
            )


def _tried_too_often(name: str) -> bool:
    """Counted before the password is looked at, in the store all processes share; what is refused counts no further."""
    address = address_of(request, services().config.server)
    return any(
        services().keys.count(key, lasts=WITHIN) > most
        for key, most in (
            (_key("address", address), TRIES_FROM_AN_ADDRESS),
            (_key("name from address", f"{name} {address}"), TRIES_FOR_A_NAME_FROM_AN_ADDRESS),
            (_key("name", name), TRIES_FOR_A_NAME),
        )
    )


def _forget_tries(name: str) -> None:
    address = address_of(request, services().config.server)
    services().keys.delete(_key("name from address", f"{name} {address}"))
    services().keys.delete(_key("name", name))


def _key(what: str, value: str) -> str:
    return f"sign-in:{what}:{hashlib.sha256(value.encode()).hexdigest()[:32]}"
