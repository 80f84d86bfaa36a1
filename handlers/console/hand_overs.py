"""Customers who wait for a person: take one, read what they said, write to them, pass them on, give them back to the bot.

Writing makes a delivery that is due now; a worker sends it. The console never sends.
"""

from datetime import timedelta
from typing import Any

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import SelectField, TextAreaField

from bot.rules.contents.parts import LONGEST_TEXT
from bot.store.database import Session
from bot.store.operators import audit
from bot.store.people import customer_search, timelines
from bot.store.people.customer_search import Facts
from bot.store.sending import deliveries
from bot.store.talk import account_managers, handover_endings, handover_turns, handovers, waiting_list
from bot.values.reply import Text
from handlers.console.forms import Form, at_most, required, stripped
from handlers.console.guard import somebody
from handlers.console.page import Page
from handlers.serving import services

SHOWN = 12
COUNTED = timedelta(days=30)  # whose satisfaction is shown
SILENT_AFTER_WRITING = timedelta(minutes=30)  # the bot does not talk between a person's words

page = Page("hand_overs", __name__, needs="operator", title=_l("人工接待"))


class Words(Form):
    text = TextAreaField(_l("回复"), [required(), at_most(LONGEST_TEXT // 3)])


class To(Form):
    staff_id = SelectField(_l("转给"), coerce=int, validate_choice=False)


@page.get("/hand-overs")
def index() -> str:
    now, me = services().now(), somebody().id
    with services().database.reading() as store:
        return render_template(
            "console/hand_overs.html",
            waiting=waiting_list.waiting(store, now),
            is_present=account_managers.is_present(store, me),
            served=handover_endings.satisfaction(store, now - COUNTED),
            now=now,
        )


@page.post("/hand-overs/present")
def present() -> ResponseReturnValue:
    with services().database.transaction() as store:
        account_managers.come(store, somebody().id)
        _record(store, "staff.present", somebody().id, {}, "staff")
    return redirect(url_for(".index"), code=303)


@page.post("/hand-overs/away")
def away() -> ResponseReturnValue:
    with services().database.transaction() as store:
        given = account_managers.leave(store, somebody().id, services().now())
        _record(store, "staff.away", somebody().id, {"given_back": given}, "staff")
    flash(
        _("已记为离开，还没接待的 %(count)d 位客户回到公共队列。", count=given)
        if given
        else _("已记为离开。")
    )
    return redirect(url_for(".index"), code=303)


@page.route("/hand-overs/<int:customer_id>", methods=["GET", "POST"])
def write(customer_id: int) -> ResponseReturnValue:
    form = Words()
    if form.validate_on_submit():
        with services().database.transaction() as store:
            other = _served_by_another(store, customer_id)
            if other is None:
                _owe(store, _facts(store, customer_id), stripped(form.text.data))
        if other is None:
            flash(_("已交给系统发送。"))
            return redirect(url_for(".write", customer_id=customer_id), code=303)
        form.text.errors = [_("没有发送：%(name)s 正在接待这位客户。", name=other)]
    now = services().now()
    with services().database.reading() as store:
        return render_template(
            "console/hand_over.html",
            facts=_facts(store, customer_id),
            line=waiting_list.line_of(store, customer_id, now),
            manager=account_managers.manager_of(store, customer_id),
            colleagues=[one for one in account_managers.present(store) if one[0] != somebody().id],
            moments=timelines.moments(store, customer_id, most=SHOWN)[::-1],
            form=form,
            now=now,
        ), 422 if form.errors else 200


@page.post("/hand-overs/<int:customer_id>/take")
def take(customer_id: int) -> ResponseReturnValue:
    """Of two who press at once one serves; the other is told who."""
    with services().database.transaction() as store:
        facts = _facts(store, customer_id)
        taken = handover_turns.take(store, customer_id, somebody().id, services().now())
        holder = handover_turns.holder(store, customer_id)
        if taken:
            _record(store, "customer.handover_taken", customer_id, {"name": facts.line.name})
    if not taken:
        flash(
            _("%(name)s 已经接待了这位客户。", name=holder.name) if holder else _("这位客户已经不在等待了。")
        )
        return redirect(url_for(".index"), code=303)
    return redirect(url_for(".write", customer_id=customer_id), code=303)


@page.post("/hand-overs/<int:customer_id>/give-back")
def give_back(customer_id: int) -> ResponseReturnValue:
    with services().database.transaction() as store:
        facts = _facts(store, customer_id)
        given = handover_turns.give_back(store, customer_id, somebody().id)
        if given:
            _record(store, "customer.handover_given_back", customer_id, {"name": facts.line.name})
    flash(_("已放回公共队列。") if given else _("没有改动：这位客户不在您手里。"))
    return redirect(url_for(".index"), code=303)


@page.post("/hand-overs/<int:customer_id>/pass")
def pass_on(customer_id: int) -> ResponseReturnValue:
    form = To()
    if not form.validate() or form.staff_id.data is None:
        abort(400)
    with services().database.transaction() as store:
        facts = _facts(store, customer_id)
        passed = handover_turns.pass_on(store, customer_id, somebody().id, form.staff_id.data)
        to = handover_turns.holder(store, customer_id)
        if passed and to:
            _record(
                store, "customer.handover_passed", customer_id, {"name": facts.line.name, "staff": to.name}
            )
    flash(
        _("已转给 %(name)s。", name=to.name)
        if passed and to
        else _("没有转成：对方不在，或者别人正在接待这位客户。")
    )
    return redirect(url_for(".index"), code=303)


@page.post("/hand-overs/<int:customer_id>/close")
def close(customer_id: int) -> ResponseReturnValue:
    now = services().now()
    day = now.astimezone(services().config.push.zone).date()
    with services().database.transaction() as store:
        facts = _facts(store, customer_id)
        closed = handover_endings.end(store, customer_id, staff_id=somebody().id, now=now, day=day)
        if closed:
            _record(store, "customer.handover_closed", customer_id, {"name": facts.line.name})
    flash(_("已结束，机器人重新接待这位客户。") if closed else _("这位客户已经不在等待了。"))
    return redirect(url_for(".index"), code=303)


def _owe(store: Session, facts: Facts, text: str) -> None:
    now = services().now()
    day = now.astimezone(services().config.push.zone).date()
    delivery_id = deliveries.owe_answer(
        store,
        customer_id=facts.line.id,
        answers_id=None,
        reply=Text(text),
        day=day,
        now=now,
        staff_id=somebody().id,
    )
    handovers.served(store, facts.line.id, now + SILENT_AFTER_WRITING)
    _record(store, "customer.written_to", facts.line.id, {"delivery_id": delivery_id, "text": text})


def _served_by_another(store: Session, customer_id: int) -> str | None:
    """Who writes to somebody who waits serves them from then on; the name of who does already."""
    if handover_turns.take(store, customer_id, somebody().id, services().now()):
        return None
    holder = handover_turns.holder(store, customer_id)
    return None if holder is None else holder.name


def _record(
    store: Session, action: str, subject: int, detail: dict[str, Any], kind: str = "customer"
) -> None:
    audit.record(store, action, kind, subject, staff_id=somebody().id, now=services().now(), detail=detail)


def _facts(store: Session, customer_id: int) -> Facts:
    facts = customer_search.facts_of(store, customer_id)
    if facts is None:
        abort(404)
    return facts
