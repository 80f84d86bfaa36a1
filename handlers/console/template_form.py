"""The form of how a content fills one template of the account: a field for each of the template's, with what it takes."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, StringField

from bot.rules.contents import notices, templates
from bot.values.notice import Notice, NoticeTemplate, TemplateMessage
from bot.values.push import Content
from handlers.console.content_form import check_words
from handlers.console.forms import Form, at_most, required, stripped
from handlers.console.words import TEMPLATE_FIELDS

LONGEST_WORDS = 200  # with places, before they are filled in
_DATA = "data-"


def form_for(template: NoticeTemplate, way: str, content: Content) -> Any:
    """An instance whose fields are the template's; filled with what the content says so far."""
    shown = {name: label for name, label in template.fields.items() if name not in notices.DROPPED}
    fields: dict[str, Any] = {
        _DATA + name: StringField(label, [required(), at_most(LONGEST_WORDS)], description=_taken_by(name))
        for name, label in shown.items()
    }
    if way == "notice":
        fields["page"] = StringField(_l("点开到哪个网址"), [at_most(notices.LONGEST_PAGE)])
    else:
        fields["url"] = StringField(_l("点开到哪个网址"), [at_most(notices.LONGEST_PAGE)])
        fields["app_id"] = StringField(_l("或小程序 AppID"), [at_most(18)])
        fields["page"] = StringField(_l("小程序页面"), [at_most(notices.LONGEST_PAGE)])
    made = type("TemplateForm", (_TemplateForm,), fields)
    kept = content.notice if way == "notice" else content.template
    return made(data=_filled(kept) if kept and kept.template == template.id else {})


class _TemplateForm(Form):
    template = HiddenField()
    seen = HiddenField()

    def validate(self, extra_validators: Any = None) -> bool:
        return all([super().validate(extra_validators), *[_fits(field) for field in _data_of(self)]])


def filling(form: Any, way: str, template_id: str, content: Content) -> Content:
    """The content with what the form says of the way. Raises `BadNotice` for what does not stand in a field."""
    data = {field.name.removeprefix(_DATA): stripped(field.data) for field in _data_of(form)}
    if way == "notice":
        notice = Notice(template=template_id, page=stripped(form.page.data), data=data)
        notices.check(notice)
        return replace(content, notice=notice)
    message = TemplateMessage(
        template=template_id,
        data=data,
        url=stripped(form.url.data),
        app_id=stripped(form.app_id.data),
        page=stripped(form.page.data),
    )
    notices.check_message(message)
    return replace(content, template=message)


def _taken_by(name: str) -> Any:
    return TEMPLATE_FIELDS.get(notices.kind_of(name), "")


def _data_of(form: Any) -> list[Any]:
    return [field for field in form if field.name.startswith(_DATA)]


def _fits(field: Any) -> bool:
    """Words with places are looked at once they are filled in."""
    name, words = field.name.removeprefix(_DATA), stripped(field.data)
    try:
        check_words(words)
    except ValueError as error:
        field.errors = [*field.errors, str(error)]
        return False
    if not words or templates.names_in(words) or notices.takes(name, words):
        return True
    field.errors = [*field.errors, _("这一栏填不进去，可以填：%(what)s", what=_taken_by(name))]
    return False


def _filled(kept: Notice | TemplateMessage) -> Mapping[str, Any]:
    beside = {"page": kept.page}
    if isinstance(kept, TemplateMessage):
        beside |= {"url": kept.url, "app_id": kept.app_id}
    return {_DATA + name: words for name, words in kept.data.items()} | beside
