"""Customers who wait for a person: read what they said, write to them, give them back to the bot.

Writing makes a delivery that is due now; a worker sends it. The console never sends.
"""

from datetime import timedelta

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import TextAreaField

from bot.rules.definitions import LONGEST_TEXT
from bot.store import audit, customer_search, deliveries, handovers, timelines
from bot.store.customer_search import Facts
from bot.store.database import Session
from bot.values.reply import Text
from handlers.console.forms import Form, at_most, required, stripped
from handlers.console.guard import somebody
from handlers.console.page import Page
from handlers.serving import services

SHOWN = 12
SILENT_AFTER_WRITING = timedelta(minutes=30)  # the bot does not talk between a person's words

page = Page("hand_overs", __name__, needs="operator", title=_l("人工接待"))


class Words(Form):
    text = TextAreaField(_l("回复"), [required(), at_most(LONGEST_TEXT // 3)])


@page.get("/hand-overs")
def index() -> str:
    with services().database.reading() as store:
        return render_template(
            "console/hand_overs.html", waiting=handovers.waiting(store), now=services().now()
        )


@page.route("/hand-overs/<int:customer_id>", methods=["GET", "POST"])
def write(customer_id: int) -> ResponseReturnValue:
    form = Words()
    if form.validate_on_submit():
        with services().database.transaction() as store:
            _owe(store, _facts(store, customer_id), stripped(form.text.data))
        flash(_("已交给系统发送。"))
        return redirect(url_for(".write", customer_id=customer_id), code=303)
    with services().database.reading() as store:
        return render_template(
            "console/hand_over.html",
            facts=_facts(store, customer_id),
            is_open=handovers.is_open(store, customer_id),
            moments=timelines.moments(store, customer_id, most=SHOWN)[::-1],
            form=form,
            now=services().now(),
        ), 422 if form.errors else 200


@page.post("/hand-overs/<int:customer_id>/close")
def close(customer_id: int) -> ResponseReturnValue:
    now = services().now()
    with services().database.transaction() as store:
        facts = _facts(store, customer_id)
        closed = handovers.close(store, customer_id, staff_id=somebody().id, now=now)
        if closed:
            detail = {"name": facts.line.name}
            audit.record(
                store,
                "customer.handover_closed",
                "customer",
                customer_id,
                staff_id=somebody().id,
                now=now,
                detail=detail,
            )
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
    handovers.go_on(store, facts.line.id, now + SILENT_AFTER_WRITING)
    detail = {"delivery_id": delivery_id, "text": text}
    audit.record(
        store,
        "customer.written_to",
        "customer",
        facts.line.id,
        staff_id=somebody().id,
        now=now,
        detail=detail,
    )


def _facts(store: Session, customer_id: int) -> Facts:
    facts = customer_search.facts_of(store, customer_id)
    if facts is None:
        abort(404)
    return facts
