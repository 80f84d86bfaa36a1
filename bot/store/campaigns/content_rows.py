"""A content's row as what is sent, and how it fills templates as columns."""

from typing import Any

from sqlalchemy import Row

from bot.rules.contents.parts import parts_of
from bot.values.definitions import Content as Definition
from bot.values.notice import Notice, TemplateMessage
from bot.values.push import Content


def content_of(row: Row[Any]) -> Content:
    return Content(
        id=row.id,
        purpose=row.purpose,
        kind=row.kind,
        text=row.text,
        media_id=row.media_id or "",
        notice=_notice(row),
        template=_template(row),
        parts=parts_of(row.kind, row.text, row.media_id, row.details),
        is_approved=row.approved_by is not None,
    )


def form_columns(content: Definition) -> dict[str, Any]:
    return filling_columns(content.notice, content.template)


def filling_columns(notice: Notice | None, message: TemplateMessage | None) -> dict[str, Any]:
    template = message or TemplateMessage(template="")
    return {
        "notice_template": notice.template if notice else None,
        "notice_page": notice.page if notice else "",
        "notice_data": dict(notice.data) if notice else None,
        "template_id": template.template or None,
        "template_data": dict(template.data) or None,
        "template_url": template.url,
        "template_app_id": template.app_id,
        "template_page": template.page,
    }


def _notice(row: Row[Any]) -> Notice | None:
    if not row.notice_template:
        return None
    return Notice(template=row.notice_template, page=row.notice_page, data=row.notice_data or {})


def _template(row: Row[Any]) -> TemplateMessage | None:
    if not row.template_id:
        return None
    return TemplateMessage(
        template=row.template_id,
        data=row.template_data or {},
        url=row.template_url,
        app_id=row.template_app_id,
        page=row.template_page,
    )
