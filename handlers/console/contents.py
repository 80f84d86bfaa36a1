"""The library of contents: written, tried on a real customer's facts, and approved by a named person."""

from dataclasses import asdict
from typing import Any

from flask import Response, abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from bot.rules.contents import parts, preview_words, rendering
from bot.rules.contents.media import LARGEST
from bot.store.campaigns import approvals, content_pages, contents, media_files, previews, uploads
from bot.store.campaigns.content_pages import ContentLine
from bot.store.database import Session
from bot.store.operators import audit
from bot.store.people import customer_search, customers
from bot.store.sending import notice_templates
from bot.values.campaign import ContentDraft
from bot.values.definitions import Content
from bot.values.preview import Preview
from handlers.console.content_form import (
    ContentForm,
    NewContentForm,
    can_be_written_here,
    definition_of,
    draft_of,
    filled,
    misfit,
    offer_category,
    refusal,
    uploads_of,
)
from handlers.console.forms import Seen, seen_at
from handlers.console.guard import somebody
from handlers.console.page import Page
from handlers.console.paging import asked
from handlers.serving import services

MOST_PREVIEWS = 3
SHOWN_AT = {"file": "upload", "cover": "cover_upload"}  # hidden fields, and those that are seen

page = Page("contents", __name__, needs="operator", title=_l("内容库"))


@page.get("/contents")
def index() -> str:
    text, category, purpose = asked("text"), asked("category"), asked("purpose")
    unapproved = asked("unapproved") == "1"
    with services().database.reading() as store:
        found = content_pages.find(
            store, text=text, category=category, purpose=purpose, unapproved=unapproved
        )
        categories = content_pages.categories(store)
    is_filtered = bool(text or category or purpose or unapproved)
    return render_template(
        "console/contents.html", contents=found, categories=categories, is_filtered=is_filtered
    )


@page.get("/contents/<content_id>")
def show(content_id: str) -> str:
    customer = asked("customer")
    with services().database.reading() as store:
        line = _line(store, content_id)
        found = _previews(store, line, customer)
        users = content_pages.users_of(store, content_id)
        templates = {line.template.id: line.template.title for line in notice_templates.every(store)}
        kept = contents.find(store, content_id)
        history = approvals.of_content(store, content_id)
        held = uploads.standings(store, rendering.needs_of_any_way(kept) if kept else [])
    return render_template(
        "console/content.html",
        content=line,
        users=users,
        kept=kept,
        templates=templates,
        previews=found,
        customer=customer,
        approvals=history,
        held=held,
        pieces=preview_words.pieces,
    )


@page.get("/contents/files/<name>")
def file(name: str) -> Response:
    """A picture of ours; what is no picture is not shown."""
    with services().database.reading() as store:
        found = media_files.find(store, name)
    if found is None or not found.content_type.startswith("image/"):
        abort(404)
    return Response(found.content, content_type=found.content_type)


@page.route("/contents/new", methods=["GET", "POST"])
def new() -> ResponseReturnValue:
    form = NewContentForm()
    wanted = _wanted(form, form.id.data) if form.validate_on_submit() else None
    if wanted is not None:
        content_id, draft = wanted.id, draft_of(wanted)
        with services().database.transaction() as store:
            added = content_pages.add(store, content_id, draft, services().now())
            if added:
                _record(store, "content.created", content_id, audit.changes({}, _told(draft)))
        if added:
            flash(_("内容已保存。批准之后才会发送。"))
            return redirect(url_for(".show", content_id=content_id), code=303)
        form.id.errors = [_("这个编号已经有了")]
    return render_template("console/content_form.html", form=form, content=None), 422 if form.errors else 200


@page.route("/contents/<content_id>/edit", methods=["GET", "POST"])
def edit(content_id: str) -> ResponseReturnValue:
    with services().database.reading() as store:
        before = _line(store, content_id)
    if not can_be_written_here(before.draft):
        flash(_("这一组里有这里不能改的形式，请改它的文件，再用 weilan apply 应用。"))
        return redirect(url_for(".show", content_id=content_id), code=303)
    form = ContentForm(data=filled(before))
    offer_category(form, before.draft.category)
    wanted = _wanted(form, content_id) if form.validate_on_submit() else None
    if wanted is not None:
        draft = draft_of(wanted)
        if draft == before.draft:
            flash(_("没有改动。"))
            return redirect(url_for(".show", content_id=content_id), code=303)
        with services().database.transaction() as store:
            changed = content_pages.change(
                store, content_id, draft, seen_at=seen_at(form), now=services().now()
            )
            if changed:
                detail = audit.changes(
                    {**_told(before.draft), "approved": bool(before.approved_at)},
                    {**_told(draft), "approved": False},
                )
                _record(store, "content.changed", content_id, detail)
        if changed:
            flash(_("内容已修改，需要重新批准才会发送。"))
            return redirect(url_for(".show", content_id=content_id), code=303)
        form.title.errors = [_("别人刚刚改过这一条，请重新打开再改。")]
    return render_template(
        "console/content_form.html", form=form, content=before
    ), 422 if form.errors else 200


@page.post("/contents/<content_id>/approve")
def approve(content_id: str) -> ResponseReturnValue:
    form = Seen()
    with services().database.transaction() as store:
        line = _line(store, content_id)
        approved = content_pages.approve(
            store, content_id, staff_id=somebody().id, seen_at=seen_at(form), now=services().now()
        )
        if approved:
            _record(
                store,
                "content.approved",
                content_id,
                audit.changes({"approved": False}, {"approved": True, "text": _seen(line.draft)}),
            )
    flash(_("已由您批准。") if approved else _("没有批准：内容在您看过之后被改过，或已经批准。请再看一遍。"))
    campaign_id = asked("back")
    if campaign_id:
        return redirect(url_for("console.campaigns.show", campaign_id=campaign_id), code=303)
    return redirect(url_for(".show", content_id=content_id), code=303)


def _line(store: Session, content_id: str) -> ContentLine:
    line = content_pages.line_of(store, content_id)
    if line is None:
        abort(404)
    return line


def _wanted(form: ContentForm, content_id: str) -> Content | None:
    """What the form says, with its files kept; None, and the words at the field, when it cannot be."""
    if not _keep_files(form):
        return None
    try:
        wanted = definition_of(form, content_id)
    except ValueError as error:
        field, _colon, said = str(error).partition(": ")
        why = refusal(field) or _("不能这样保存：%(said)s", said=said or str(error))
        field = SHOWN_AT.get(field, field)
        place = form[field] if said and field in form else form.text
        place.errors = [*place.errors, why]
        return None
    with services().database.reading() as store:
        objection = media_files.objection(store, wanted)
        unfit = _against_purpose(store, wanted)
    if unfit is not None:
        form.purpose.errors = [*form.purpose.errors, unfit]
        return None
    if objection is not None:
        field = form.cover_upload if objection[0] == "cover" else form.upload
        field.errors = [*field.errors, misfit(field)]
    return wanted if objection is None else None


def _against_purpose(store: Session, wanted: Content) -> Any:
    """It goes by a template already, which what it is for now may not."""
    kept = contents.find(store, wanted.id)
    if kept is not None and kept.notice and wanted.purpose == "marketing":
        return _("这条内容还设了订阅通知，营销内容不能这样发：请先在内容页取消。")
    if kept is not None and kept.template and wanted.purpose != "service":
        return _("这条内容还设了模板消息，只有服务内容能这样发：请先在内容页取消。")
    return None


def _keep_files(form: ContentForm) -> bool:
    """Puts each file that came into the library, and its hash into the hidden field beside."""
    for given, kept in uploads_of(form):
        if not given.data or not given.data.filename:
            continue
        content = given.data.stream.read(LARGEST + 1)
        try:
            with services().database.transaction() as store:
                kept.data = media_files.keep(store, given.data.filename, content, services().now())
        except ValueError:
            given.errors = [*given.errors, misfit(given)]
            return False
    return True


def _previews(store: Session, line: ContentLine, text: str) -> list[Preview]:
    """As many get it, and as the first customers of that name would; nothing is sent."""
    content = contents.find(store, line.id)
    if content is None:
        return []
    found = customer_search.find(store, text=text, most=MOST_PREVIEWS) if text else []
    profiles = [customers.profile_by_id(store, customer.id) for customer in found]
    now = services().now()
    for_them = [previews.for_customer(store, content, profile, now) for profile in profiles if profile]
    return for_them if text else [previews.for_anybody(store, content)]


def _seen(draft: ContentDraft) -> str:
    return draft.text or " · ".join(
        filter(None, parts.texts_of(parts.parts_of(draft.kind, draft.text, draft.media_id, draft.details)))
    )


def _told(draft: ContentDraft) -> dict[str, Any]:
    return {key: value for key, value in asdict(draft).items() if value not in ("", None, {})}


def _record(store: Session, action: str, content_id: str, detail: dict[str, Any]) -> None:
    audit.record(
        store, action, "content", content_id, staff_id=somebody().id, now=services().now(), detail=detail
    )
