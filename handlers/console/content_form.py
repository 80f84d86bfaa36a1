"""The form of a content: what an operator fills in, and what is wrong with it, at the field."""

from datetime import timedelta
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import DateField, HiddenField, SelectField, StringField, TextAreaField, ValidationError
from wtforms.validators import Optional

from bot.rules import templates
from bot.rules.definitions import KINDS, LONGEST_TEXT, PURPOSES
from bot.store.content_pages import ContentLine
from bot.values.campaign import ContentDraft
from handlers.console.forms import Form, an_id, at_most, required, stripped
from handlers.console.paging import ends
from handlers.console.words import CATEGORIES, CONTENT_KINDS
from handlers.console.words import PURPOSES as PURPOSE_WORDS
from handlers.serving import services


class ContentForm(Form):
    title = StringField(_l("标题"), [required(), at_most(100)], description=_l("只在这里看得到，客户看不到"))
    category = SelectField(_l("类别"), choices=lambda: list(CATEGORIES.items()))
    purpose = SelectField(
        _l("目的"),
        choices=lambda: [(purpose, PURPOSE_WORDS[purpose]) for purpose in PURPOSES],
        description=_l("决定在什么时段、经什么渠道发送；营销内容会自动加上【广告】和退订方法"),
    )
    kind = SelectField(_l("形式"), choices=lambda: [(kind, CONTENT_KINDS[kind]) for kind in KINDS])
    text = TextAreaField(
        _l("正文"), description=_l("可用 {customer.name|您} 填入客户自己的资料，竖线后面是不知道时的说法")
    )
    media_id = StringField(_l("素材编号"), [at_most(128)], description=_l("图片、语音、视频在微信后台的编号"))
    useful_until = DateField(
        _l("有效期至"), [Optional()], description=_l("过了这一天就不再发送；不填则一直有效")
    )
    seen = HiddenField()

    def validate_text(self, field: Any) -> None:
        text = stripped(field.data)
        if self.kind.data == "text" and not text:
            raise ValidationError(_("请填写正文"))
        if len(text.encode()) > LONGEST_TEXT:
            raise ValidationError(_("正文太长：最多约 %(count)d 个字", count=LONGEST_TEXT // 3))
        unknown = [name for name in templates.names_in(text) if name not in templates.FIELDS]
        if unknown:
            raise ValidationError(
                _(
                    "不认识 %(names)s，可以用的有：%(known)s",
                    names="、".join(unknown),
                    known="、".join(templates.FIELDS),
                )
            )
        if "{" in templates.PLACE.sub("", text) or "}" in templates.PLACE.sub("", text):
            raise ValidationError(_("花括号没有成对，请写成 {customer.name|您}"))

    def validate_media_id(self, field: Any) -> None:
        if self.kind.data != "text" and not stripped(field.data):
            raise ValidationError(_("这种形式需要素材编号"))


class NewContentForm(ContentForm):
    id = StringField(
        _l("编号"), [required(), an_id(), at_most(64)], description=_l("例如 water-temperature，之后不能改")
    )


def offer_category(form: ContentForm, kept: str) -> None:
    """A file may have brought a category of its own; it stays a choice."""
    if kept not in CATEGORIES:
        form.category.choices = [*CATEGORIES.items(), (kept, kept)]


def draft_of(form: ContentForm) -> ContentDraft:
    return ContentDraft(
        title=stripped(form.title.data),
        category=form.category.data,
        purpose=form.purpose.data,
        kind=form.kind.data,
        text=stripped(form.text.data),
        media_id=stripped(form.media_id.data),
        useful_until=ends(form.useful_until.data),
    )


def filled(line: ContentLine) -> dict[str, Any]:
    """The form shows the last useful day; what is kept is the midnight after it."""
    draft, zone = line.draft, services().config.push.zone
    until = draft.useful_until
    return {
        "title": draft.title,
        "category": draft.category,
        "purpose": draft.purpose,
        "kind": draft.kind,
        "text": draft.text,
        "media_id": draft.media_id,
        "useful_until": (until.astimezone(zone) - timedelta(microseconds=1)).date() if until else None,
        "seen": line.updated_at.isoformat(),
    }
