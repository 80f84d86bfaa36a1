"""One's own account: another password, and signing out everywhere."""

from flask import flash, redirect, render_template, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import PasswordField

from bot.store.operators import audit, passwords, staff, staff_sessions
from handlers.console import guard
from handlers.console.forms import Form, at_most, required
from handlers.console.page import Page
from handlers.console.words import PASSWORDS
from handlers.serving import services

page = Page("account", __name__, needs="operator")


class NewPassword(Form):
    old = PasswordField(
        _l("现在的密码"),
        [required(), at_most(passwords.MOST_LONG)],
        render_kw={"autocomplete": "current-password"},
    )
    new = PasswordField(
        _l("新密码"), [required(), at_most(passwords.MOST_LONG)], render_kw={"autocomplete": "new-password"}
    )


@page.route("/account", methods=["GET", "POST"])
def index() -> ResponseReturnValue:
    form = NewPassword()
    if not form.is_submitted():
        return render_template("console/account.html", form=form)
    if not form.validate() or not _changed(form):
        return render_template("console/account.html", form=form), 422
    flash(_("密码已修改，其他设备已退出。"))
    return redirect(url_for(".index"), code=303)


@page.post("/account/sign-out-everywhere")
def out_everywhere() -> ResponseReturnValue:
    person = guard.somebody()
    with services().database.transaction() as store:
        staff_sessions.end_all(store, person.id)
        audit.record(
            store, "staff.signed_out_everywhere", "staff", person.id, staff_id=person.id, now=services().now()
        )
    session.clear()
    return redirect(url_for(guard.SIGN_IN), code=303)


def _changed(form: NewPassword) -> bool:
    """All other sessions end: whoever changes a password may fear that somebody has it."""
    person = guard.somebody()
    with services().database.reading() as store:
        credentials = staff.find_credentials(store, person.name)
    if credentials is None or not passwords.fits(form.old.data, credentials.password_hash):
        form.old.errors = [_("密码不对。")]
        return False
    if objection := passwords.objection(form.new.data, person.name):
        form.new.errors = [PASSWORDS[objection]]
        return False
    password_hash = passwords.hashed(form.new.data)
    with services().database.transaction() as store:
        staff.change_password(store, person.id, password_hash)
        staff_sessions.end_all(store, person.id)
        token = staff_sessions.begin(store, person.id, services().clock.real())
        audit.record(
            store, "staff.password_changed", "staff", person.id, staff_id=person.id, now=services().now()
        )
    guard.remember(token)
    return True
