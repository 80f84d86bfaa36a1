"""The library of contents: written, tried on a real customer's facts, and approved by a named person."""

from dataclasses import asdict
from typing import Any

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from bot.rules import labels, templates
from bot.store import audit, content_pages, customer_search, customers
from bot.store.content_pages import ContentLine
from bot.store.database import Session
from bot.values.campaign import ContentDraft
from bot.values.profile import Profile
from handlers.console.content_form import ContentForm, NewContentForm, draft_of, filled, offer_category
from handlers.console.forms import Seen, seen_at
from handlers.console.guard import somebody
from handlers.console.page import Page
from handlers.console.paging import asked
from handlers.serving import services

MOST_PREVIEWS = 3

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
        previews = _previews(store, line, customer)
        users = content_pages.users_of(store, content_id)
    return render_template(
        "console/content.html", content=line, users=users, previews=previews, customer=customer
    )


@page.route("/contents/new", methods=["GET", "POST"])
def new() -> ResponseReturnValue:
    form = NewContentForm()
    if form.validate_on_submit():
        content_id, draft = form.id.data, draft_of(form)
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
    form = ContentForm(data=filled(before))
    offer_category(form, before.draft.category)
    if form.validate_on_submit():
        draft = draft_of(form)
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
                audit.changes({"approved": False}, {"approved": True, "text": line.draft.text}),
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


def _previews(store: Session, line: ContentLine, text: str) -> list[tuple[Profile, str]]:
    """The text as the first customers of that name would read it; nothing is sent."""
    found = customer_search.find(store, text=text, most=MOST_PREVIEWS) if text else []
    profiles = [customers.profile_by_id(store, customer.id) for customer in found]
    return [
        (profile, labels.labelled(templates.render(line.draft.text, profile), line.draft.purpose))
        for profile in profiles
        if profile
    ]


def _told(draft: ContentDraft) -> dict[str, Any]:
    return {key: value for key, value in asdict(draft).items() if value not in {"", None}}


def _record(store: Session, action: str, content_id: str, detail: dict[str, Any]) -> None:
    audit.record(
        store, action, "content", content_id, staff_id=somebody().id, now=services().now(), detail=detail
    )
