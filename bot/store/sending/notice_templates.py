"""The account's templates for subscription notices and template messages, as WeChat listed them last."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, func, select, update

from bot.rules.contents.notices import BadNotice, check_against
from bot.store.database import Session
from bot.store.tables import notice_consents, notice_templates
from bot.store.upserts import or_insert
from bot.values import push
from bot.values.channels import NOTICE, TEMPLATE
from bot.values.definitions import Content
from bot.values.notice import Notice, NoticeTemplate, TemplateLine, TemplateMessage


def keep(session: Session, channel: str, templates: Sequence[NoticeTemplate], now: datetime) -> None:
    """These, and no others, are the account's for the channel. One that is gone stays, so that contents that name it say so."""
    for template in templates:
        row: dict[str, Any] = {
            "id": template.id,
            "channel": channel,
            "title": template.title[:100],
            "fields": [[name, label] for name, label in template.fields.items()],
            "example": template.example,
            "synced_at": now,
            "gone_at": None,
        }
        session.execute(
            or_insert(session, notice_templates)
            .values(row)
            .on_conflict_do_update(index_elements=["id"], set_=row)
        )
    listed = [template.id for template in templates]
    session.execute(
        update(notice_templates)
        .where(notice_templates.c.channel == channel, notice_templates.c.id.not_in(listed))
        .where(notice_templates.c.gone_at.is_(None))
        .values(gone_at=now)
    )


def find(session: Session, channel: str, template_id: str) -> NoticeTemplate | None:
    """None when WeChat does not list it."""
    known = (
        select(notice_templates)
        .where(notice_templates.c.id == template_id, notice_templates.c.channel == channel)
        .where(notice_templates.c.gone_at.is_(None))
    )
    row = session.execute(known).one_or_none()
    return _read(row) if row else None


def objection(session: Session, content: Content | push.Content) -> tuple[str, str] | None:
    """The field and what stands against sending the content by the templates it fills; None when nothing does."""
    if content.notice is not None:
        if content.purpose == "marketing":
            return "notice", "promotion may not go as a subscription notice"
        if said := _against(session, NOTICE, content.notice):
            return "notice", said
    if content.template is not None:
        if content.purpose != "service":
            said = "only a service notice may go as a template message; WeChat punishes anything else"
            return "template", f"{said}: purpose is {content.purpose}"
        if said := _against(session, TEMPLATE, content.template):
            return "template", said
    return None


def _against(session: Session, channel: str, form: Notice | TemplateMessage) -> str:
    """Empty when the account has the template, and this fills it."""
    template = find(session, channel, form.template)
    if template is None:
        return f"the account has no template {form.template}; `weilan notice sync` asks WeChat"
    try:
        check_against(form, template)
    except BadNotice as error:
        return str(error)
    return ""


def every(session: Session) -> list[TemplateLine]:
    """By channel and title, with the consents that are left."""
    left = (
        select(notice_consents.c.template_id, func.count().label("customers"), func.sum(notice_consents.c.remaining).label("consents"))
        .where(notice_consents.c.remaining > 0)
        .group_by(notice_consents.c.template_id)
        .subquery()
    )  # fmt: skip
    asked = (
        select(notice_templates, left.c.customers, left.c.consents)
        .outerjoin(left, left.c.template_id == notice_templates.c.id)
        .order_by(notice_templates.c.channel, notice_templates.c.title, notice_templates.c.id)
    )
    return [
        TemplateLine(
            channel=row.channel,
            template=_read(row),
            synced_at=row.synced_at,
            gone_at=row.gone_at,
            customers=row.customers or 0,
            consents=int(row.consents or 0),
        )
        for row in session.execute(asked)
    ]


def _read(row: Row[Any]) -> NoticeTemplate:
    return NoticeTemplate(id=row.id, title=row.title, fields=dict(row.fields), example=row.example)
