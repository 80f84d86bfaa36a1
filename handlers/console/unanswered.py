"""What customers asked and nothing could answer: each group is put to the entry that answers it, or let be."""

from dataclasses import dataclass

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import IntegerField, StringField

from bot.store.operators import audit
from bot.values.knowledge import Entry
from handlers import open_questions as questions
from handlers.console.forms import Form, given, required, stripped
from handlers.console.guard import somebody
from handlers.console.page import Page
from handlers.serving import services

page = Page("unanswered", __name__, needs="operator", title=_l("没答上的问题"))

SHOWN = 50  # groups
SUGGESTED = 5  # entries


@dataclass(frozen=True, slots=True)
class Asked:
    group: questions.Group
    near: list[Entry]


class Settle(Form):
    question = IntegerField(validators=[given()])


class SettleWith(Settle):
    entry = StringField(validators=[required()])


@page.get("/unanswered")
def index() -> str:
    with services().database.reading() as store:
        found = questions.groups(store)
    asked = [Asked(group, _near(group.texts[0])) for group in found[:SHOWN]]
    return render_template("console/unanswered.html", asked=asked, total=len(found))


@page.post("/unanswered/answered")
def answered() -> ResponseReturnValue:
    form = SettleWith()
    if not form.validate():
        flash(_("请先选一条知识。"))
        return redirect(url_for(".index"), code=303)
    now = services().now()
    with services().database.transaction() as store:
        group = questions.group_of(store, form.question.data) or abort(404)
        try:
            questions.settle_with(store, group, stripped(form.entry.data), now, staff_id=somebody().id)
            said = _("已记到这条知识，从下一条消息起这样问也答得上。")
        except questions.NoSuchEntry:
            said = _("没有这个编号的知识。")
    flash(said)
    return redirect(url_for(".index"), code=303)


@page.post("/unanswered/let-be")
def let_be() -> ResponseReturnValue:
    form = Settle()
    if not form.validate():
        abort(404)
    now = services().now()
    with services().database.transaction() as store:
        group = questions.group_of(store, form.question.data) or abort(404)
        questions.settle(store, group, now)
        detail = {"texts": list(group.texts)}
        audit.record(
            store, "question.let_be", "question", group.ids[0], staff_id=somebody().id, now=now, detail=detail
        )
    flash(_("已处理，不再列出。"))
    return redirect(url_for(".index"), code=303)


def _near(text: str) -> list[Entry]:
    return [found.entry for found in services().knowledge.ranked(text, most=SUGGESTED)]
