"""The staff, for admins: who may sign in, and as what. What is changed here counts at once."""

from typing import Any

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import PasswordField, SelectField, StringField

from bot.store.database import Session
from bot.store.operators import audit, passwords, staff, staff_sessions
from bot.store.operators.staff import Person
from handlers.console.forms import Form, at_most, required, stripped
from handlers.console.guard import somebody
from handlers.console.page import Page
from handlers.console.words import PASSWORDS, ROLES
from handlers.serving import services

page = Page("people", __name__, needs="admin", title=_l("员工"))


class NewPerson(Form):
    name = StringField(_l("姓名"), [required(), at_most(64)], render_kw={"autocomplete": "off"})
    role = SelectField(_l("角色"), choices=lambda: list(ROLES.items()))
    password = PasswordField(
        _l("初始密码"),
        [required(), at_most(passwords.MOST_LONG)],
        description=_l("至少 10 个字符；请对方登录后自己修改"),
        render_kw={"autocomplete": "new-password"},
    )


class Reset(Form):
    password = PasswordField(
        _l("新密码"), [required(), at_most(passwords.MOST_LONG)], render_kw={"autocomplete": "new-password"}
    )


class Role(Form):
    role = SelectField(_l("角色"), choices=lambda: list(ROLES.items()))


@page.get("/staff")
def index() -> str:
    return _page(NewPerson())


@page.post("/staff")
def add() -> ResponseReturnValue:
    form = NewPerson()
    if not form.validate():
        return _page(form), 422
    name = stripped(form.name.data)
    if objection := passwords.objection(form.password.data, name):
        form.password.errors = [PASSWORDS[objection]]
        return _page(form), 422
    password_hash = passwords.hashed(form.password.data)
    with services().database.transaction() as store:
        added = staff.add(
            store, name=name, role=form.role.data, password_hash=password_hash, now=services().now()
        )
        if added is not None:
            _record(store, "staff.created", added, {"name": name, "role": form.role.data})
    if added is None:
        form.name.errors = [_("已经有这个姓名的员工")]
        return _page(form), 422
    flash(_("已添加 %(name)s。", name=name))
    return redirect(url_for(".index"), code=303)


@page.post("/staff/<int:staff_id>/role")
def change_role(staff_id: int) -> ResponseReturnValue:
    form = Role()
    if not form.validate():
        abort(400)
    with services().database.transaction() as store:
        person = _person(store, staff_id)
        if form.role.data != "admin" and staff.is_last_admin(store, staff_id):
            flash(_("没有改动：至少要有一位管理员。"))
        elif form.role.data != person.role:
            staff.change_role(store, staff_id, form.role.data)
            _record(
                store,
                "staff.role_changed",
                staff_id,
                audit.changes({"role": person.role}, {"role": form.role.data}),
            )
            flash(_("%(name)s 的角色已修改。", name=person.name))
    return redirect(url_for(".index"), code=303)


@page.post("/staff/<int:staff_id>/disable")
def disable(staff_id: int) -> ResponseReturnValue:
    with services().database.transaction() as store:
        person = _person(store, staff_id)
        if staff.is_last_admin(store, staff_id):
            flash(_("没有改动：至少要有一位管理员。"))
        else:
            staff.disable(store, staff_id, services().now())
            staff_sessions.end_all(store, staff_id)
            _record(store, "staff.disabled", staff_id, {"name": person.name})
            flash(_("%(name)s 已停用，并已退出登录。", name=person.name))
    return redirect(url_for(".index"), code=303)


@page.post("/staff/<int:staff_id>/enable")
def enable(staff_id: int) -> ResponseReturnValue:
    with services().database.transaction() as store:
        person = _person(store, staff_id)
        staff.enable(store, staff_id)
        _record(store, "staff.enabled", staff_id, {"name": person.name})
    flash(_("%(name)s 可以登录了。", name=person.name))
    return redirect(url_for(".index"), code=303)


@page.route("/staff/<int:staff_id>/password", methods=["GET", "POST"])
def reset_password(staff_id: int) -> ResponseReturnValue:
    form = Reset()
    with services().database.reading() as store:
        person = _person(store, staff_id)
    if not form.validate_on_submit():
        return render_template(
            "console/reset_password.html", form=form, subject=person
        ), 422 if form.errors else 200
    if objection := passwords.objection(form.password.data, person.name):
        form.password.errors = [PASSWORDS[objection]]
        return render_template("console/reset_password.html", form=form, subject=person), 422
    password_hash = passwords.hashed(form.password.data)
    with services().database.transaction() as store:
        staff.change_password(store, staff_id, password_hash)
        staff_sessions.end_all(store, staff_id)
        _record(store, "staff.password_reset", staff_id, {"name": person.name})
    flash(_("%(name)s 的密码已重设，所有设备已退出。", name=person.name))
    return redirect(url_for(".index"), code=303)


def _page(form: NewPerson) -> str:
    with services().database.reading() as store:
        people = staff.people(store)
        browsers = staff_sessions.open_counts(store, services().clock.real())
    return render_template("console/people.html", people=people, browsers=browsers, form=form)


def _person(store: Session, staff_id: int) -> Person:
    person = staff.find(store, staff_id)
    if person is None:
        abort(404)
    return person


def _record(store: Session, action: str, staff_id: int, detail: dict[str, Any]) -> None:
    audit.record(
        store, action, "staff", staff_id, staff_id=somebody().id, now=services().now(), detail=detail
    )
