"""How a content goes by the account's templates: which one, and what stands in each of its fields."""

from dataclasses import asdict, replace
from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from bot.rules.contents.notices import BadNotice
from bot.store.campaigns import contents, fillings, previews
from bot.store.campaigns.content_pages import ContentLine, line_of
from bot.store.database import Session
from bot.store.operators import audit
from bot.store.sending import notice_templates
from bot.values.channels import NOTICE, TEMPLATE
from bot.values.notice import NoticeTemplate
from bot.values.push import Content
from handlers.console.forms import Seen, seen_at
from handlers.console.guard import somebody
from handlers.console.page import Page
from handlers.console.template_form import filling, form_for
from handlers.serving import services

CHANNELS = {"notice": NOTICE, "template": TEMPLATE}

page = Page("content_templates", __name__, needs="operator", within="contents")


@page.get("/contents/<content_id>/by-template/<way>")
def show(content_id: str, way: str) -> str:
    with services().database.reading() as store:
        line, content, known = _found(store, content_id, way)
        previewed = previews.for_anybody(store, content)
    chosen = _chosen(content, way, known, request.args.get("template"))
    form = form_for(chosen, way, content) if chosen and not _unsuited(content, way) else None
    if form is not None:
        form.seen.data = line.updated_at.isoformat()
    return _page(line, content, way, known, chosen, form, previewed)


@page.post("/contents/<content_id>/by-template/<way>")
def save(content_id: str, way: str) -> ResponseReturnValue:
    with services().database.reading() as store:
        line, content, known = _found(store, content_id, way)
        previewed = previews.for_anybody(store, content)
    chosen = _chosen(content, way, known, request.form.get("template"))
    if chosen is None or _unsuited(content, way):
        return _page(line, content, way, known, chosen, None, previewed), 422
    form = form_for(chosen, way, content)
    if form.validate_on_submit():
        try:
            wanted = filling(form, way, chosen.id, content)
        except BadNotice as error:
            form.page.errors = [*form.page.errors, _("不能这样保存：%(said)s", said=str(error))]
        else:
            if _kept(line, content, wanted, form):
                flash(_("已保存，需要重新批准才会发送。"))
                return redirect(url_for("console.contents.show", content_id=content_id), code=303)
            form.page.errors = [_("没有保存：内容刚刚改过，请重新打开再改。")]
    return _page(line, content, way, known, chosen, form, previewed), 422


@page.post("/contents/<content_id>/by-template/<way>/remove")
def remove(content_id: str, way: str) -> ResponseReturnValue:
    with services().database.reading() as store:
        line, content, _known = _found(store, content_id, way)
    nothing: dict[str, Any] = {way: None}
    done = _kept(line, content, replace(content, **nothing), Seen())
    flash(_("不再这样发送；内容需要重新批准。") if done else _("没有保存：内容刚刚改过，请重新打开再改。"))
    return redirect(url_for("console.contents.show", content_id=content_id), code=303)


def _page(
    line: ContentLine,
    content: Content,
    way: str,
    known: list[NoticeTemplate],
    chosen: NoticeTemplate | None,
    form: Any,
    previewed: Any,
) -> str:
    return render_template(
        "console/content_templates.html",
        content=line,
        way=way,
        channel=CHANNELS[way],
        known=known,
        chosen=chosen,
        form=form,
        is_set=getattr(content, way) is not None,
        unsuited=_unsuited(content, way),
        filled=[one for one in previewed.filled if one.channel == CHANNELS[way]],
    )


def _found(store: Session, content_id: str, way: str) -> tuple[ContentLine, Content, list[NoticeTemplate]]:
    line, content = line_of(store, content_id), contents.find(store, content_id)
    if line is None or content is None or way not in CHANNELS:
        abort(404)
    lines = notice_templates.every(store)
    known = [one.template for one in lines if one.channel == CHANNELS[way] and one.gone_at is None]
    return line, content, known


def _chosen(
    content: Content, way: str, known: list[NoticeTemplate], asked: str | None
) -> NoticeTemplate | None:
    """What was asked for, else what is set."""
    kept = content.notice if way == "notice" else content.template
    wanted = asked or (kept.template if kept else "")
    return next((one for one in known if one.id == wanted), None)


def _unsuited(content: Content, way: str) -> str:
    if way == "notice" and content.purpose == "marketing":
        return str(_("营销内容不能作为订阅通知发送。"))
    if way == "template" and content.purpose != "service":
        return str(_("只有服务内容可以作为模板消息发送，微信会处罚其他用法。"))
    return ""


def _kept(line: ContentLine, content: Content, wanted: Content, form: Any) -> bool:
    with services().database.transaction() as store:
        now = services().now()
        kept = notice_templates.objection(store, wanted) is None and fillings.keep(
            store, wanted, seen_at=seen_at(form), now=now
        )
        if kept:
            before = _told(content) | {"approved": bool(line.approved_at)}
            detail = audit.changes(before, _told(wanted) | {"approved": False})
            audit.record(
                store,
                "content.changed",
                "content",
                content.id,
                staff_id=somebody().id,
                now=now,
                detail=detail,
            )
    return kept


def _told(content: Content) -> dict[str, Any]:
    forms = {"notice": content.notice, "template": content.template}
    return {name: asdict(form) for name, form in forms.items() if form is not None}
