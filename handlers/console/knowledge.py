"""What the chat answers from: entries that operators write, and that count from the next message on."""

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, HiddenField, StringField, TextAreaField, ValidationError

from bot.store.operators import audit
from bot.store.talk import knowledge_asks, knowledge_pages
from bot.store.talk.knowledge_pages import EntryLine
from bot.values.knowledge import LONGEST_ASK, MOST_ASKS
from handlers.console.forms import Form, an_id, at_most, required, seen_at, stripped
from handlers.console.guard import somebody
from handlers.console.page import Page
from handlers.console.paging import ON_A_PAGE, asked, sheet
from handlers.serving import services

page = Page("knowledge", __name__, needs="operator", title=_l("知识库"))


class EntryForm(Form):
    question = StringField(_l("问题"), [required(), at_most(500)], description=_l("用客户会说的话来写"))
    keywords = StringField(_l("关键词"), [at_most(500)], description=_l("同义的说法，用空格分开"))
    asks = TextAreaField(
        _l("也会这样问"), description=_l("客户还会怎么问同一件事，一行一句；真实问过的原话最管用")
    )
    answer = TextAreaField(_l("回答"), [required(), at_most(1000)])
    category = StringField(_l("类别"), [at_most(20)])
    enabled = BooleanField(_l("启用"), default=True)
    seen = HiddenField()

    def validate_asks(self, field: TextAreaField) -> None:
        found = _lines(field)
        if len(found) > MOST_ASKS or any(len(ask) > LONGEST_ASK for ask in found):
            raise ValidationError(
                _("最多 %(lines)d 行，每行最多 %(longest)d 个字", lines=MOST_ASKS, longest=LONGEST_ASK)
            )


class NewEntryForm(EntryForm):
    id = StringField(
        _l("编号"), [required(), an_id(), at_most(64)], description=_l("例如 water-temperature，之后不能改")
    )


@page.get("/knowledge")
def index() -> str:
    text, category = asked("text"), asked("category")
    with services().database.reading() as store:
        found = knowledge_pages.find(
            store, text=text, category=category, after=asked("after"), most=ON_A_PAGE + 1
        )
        categories = knowledge_pages.categories(store)
    entries = sheet(found, lambda entry: entry.id, by="after")
    return render_template(
        "console/knowledge.html", entries=entries, categories=categories, is_filtered=bool(text or category)
    )


@page.route("/knowledge/new", methods=["GET", "POST"])
def new() -> ResponseReturnValue:
    form = NewEntryForm()
    if form.validate_on_submit():
        entry = _entry(form.id.data, form)
        with services().database.transaction() as store:
            added = knowledge_pages.add(store, entry)
            if added:
                asks = _lines(form.asks)
                knowledge_asks.replace(store, entry.id, asks, entry.updated_at)
                detail = audit.changes({}, entry.fields | {"asks": asks})
                audit.record(
                    store,
                    "knowledge.created",
                    "knowledge",
                    entry.id,
                    staff_id=somebody().id,
                    now=services().now(),
                    detail=detail,
                )
        if added:
            flash(_("已保存，从下一条消息起生效。"))
            return redirect(url_for(".index"), code=303)
        form.id.errors = [_("这个编号已经有了")]
    return render_template("console/knowledge_form.html", form=form, entry=None), 422 if form.errors else 200


@page.route("/knowledge/<entry_id>", methods=["GET", "POST"])
def edit(entry_id: str) -> ResponseReturnValue:
    with services().database.reading() as store:
        before = knowledge_pages.entry_of(store, entry_id)
        asked_before = list(knowledge_asks.of_entries(store, [entry_id]).get(entry_id, ()))
    if before is None:
        abort(404)
    shown = {"asks": "\n".join(asked_before), "seen": before.updated_at.isoformat()}
    form = EntryForm(data=before.fields | shown)
    if form.validate_on_submit():
        after = _entry(entry_id, form)
        with services().database.transaction() as store:
            changed = knowledge_pages.change(store, after, seen_at=seen_at(form))
            if changed:
                asks = _lines(form.asks)
                knowledge_asks.replace(store, entry_id, asks, after.updated_at)
                detail = audit.changes(before.fields | {"asks": asked_before}, after.fields | {"asks": asks})
                audit.record(
                    store,
                    "knowledge.changed",
                    "knowledge",
                    entry_id,
                    staff_id=somebody().id,
                    now=services().now(),
                    detail=detail,
                )
        if changed:
            flash(_("已保存，从下一条消息起生效。"))
            return redirect(url_for(".index"), code=303)
        form.question.errors = [_("别人刚刚改过这一条，请重新打开再改。")]
    return render_template(
        "console/knowledge_form.html", form=form, entry=before
    ), 422 if form.errors else 200


def _lines(field: TextAreaField) -> list[str]:
    """Each wording once."""
    return list(dict.fromkeys(line.strip() for line in stripped(field.data).splitlines() if line.strip()))


def _entry(entry_id: str, form: EntryForm) -> EntryLine:
    return EntryLine(
        id=entry_id,
        question=stripped(form.question.data),
        keywords=stripped(form.keywords.data),
        answer=stripped(form.answer.data),
        category=stripped(form.category.data),
        enabled=form.enabled.data,
        updated_at=services().now(),
    )
