"""What customers' wishes are understood from: sentences operators add to the product's own, and a field to try it."""

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import SelectField, StringField

from bot.store.talk import intent_examples
from bot.values.understood import Understood
from handlers.console.forms import Form, at_most, required
from handlers.console.guard import somebody
from handlers.console.page import Page
from handlers.console.paging import ON_A_PAGE, asked, sheet
from handlers.console.words import INTENTS
from handlers.serving import services

page = Page("examples", __name__, needs="operator", title=_l("客户说法"))


def intents() -> list[tuple[str, str]]:
    """The product's own, and those the shop's sentences or operators brought."""
    known = dict.fromkeys([*INTENTS, *services().understanding.labels])
    return [(intent, str(INTENTS.get(intent, intent))) for intent in known]


class NewExample(Form):
    text = StringField(
        _l("客户会怎么说"),
        [required(), at_most(intent_examples.LONGEST)],
        description=_l("一次一句，照客户的口气写"),
    )
    intent = SelectField(_l("是什么意思"), choices=intents)


class Try(Form):
    said = StringField(_l("试一句"), [required(), at_most(intent_examples.LONGEST)])


@page.get("/examples")
def index() -> str:
    return _page(NewExample(), Try())


@page.post("/examples")
def add() -> ResponseReturnValue:
    form = NewExample()
    if not form.validate():
        return _page(form, Try(formdata=None)), 422
    text = _in_one_line(form.text.data)
    with services().database.transaction() as store:
        is_new = intent_examples.add(store, form.intent.data, text, services().now(), staff_id=somebody().id)
    flash(_("已添加，几秒后学会。") if is_new else _("这一句已经在这里了。"))
    return redirect(url_for(".index", intent=form.intent.data), code=303)


@page.post("/examples/try")
def try_out() -> ResponseReturnValue:
    """Posted, so that what customers say stands in no address and no log."""
    form = Try()
    if not form.validate():
        return _page(NewExample(formdata=None), form), 422
    understood = services().understanding.of(form.said.data.strip())
    return _page(NewExample(formdata=None, data={"text": form.said.data}), form, understood)


@page.post("/examples/<int:example_id>/remove")
def remove(example_id: int) -> ResponseReturnValue:
    with services().database.transaction() as store:
        text = intent_examples.text_of(store, example_id)
        if text is None:
            abort(404)
        intent_examples.remove(store, text, services().now(), staff_id=somebody().id)
    flash(_("已删除，几秒后不再算数；下面可以恢复。"))
    return redirect(url_for(".index"), code=303)


@page.post("/examples/removed/<int:removal>/undo")
def undo(removal: int) -> ResponseReturnValue:
    with services().database.transaction() as store:
        text = intent_examples.bring_back(store, removal, services().now(), somebody().id)
    flash(_("已恢复，几秒后学会。") if text else _("没有改动：这一句已经在这里了。"))
    return redirect(url_for(".index"), code=303)


def _page(form: NewExample, trial: Try, understood: Understood | None = None) -> str:
    text, intent = asked("text"), asked("intent")
    with services().database.reading() as store:
        found = intent_examples.find(store, text=text, intent=intent, after=_after(), most=ON_A_PAGE + 1)
        removed = intent_examples.removed(store)
    return render_template(
        "console/examples.html",
        examples=sheet(found, lambda one: f"{one.intent}/{one.id}", by="after"),
        removed=removed,
        intents=intents(),
        form=form,
        trial=trial,
        understood=understood,
        is_learned=services().understanding.is_learned,
        is_filtered=bool(text or intent),
    )


def _after() -> tuple[str, int] | None:
    intent, _slash, example_id = asked("after").rpartition("/")
    return (intent, int(example_id)) if intent and example_id.isascii() and example_id.isdigit() else None


def _in_one_line(text: str) -> str:
    return " ".join(text.replace("\0", "").split())
