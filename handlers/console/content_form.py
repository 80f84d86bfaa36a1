"""The form of a content: what an operator fills in, and what is wrong with it, at the field.

Each form of content has fields of its own; the style sheet shows those of the kind that is chosen.
"""

import re
from datetime import timedelta
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField
from wtforms import (
    DateField,
    FieldList,
    FormField,
    HiddenField,
    SelectField,
    StringField,
    TextAreaField,
    ValidationError,
)
from wtforms import Form as PlainForm
from wtforms.validators import Optional

from bot.rules.contents import articles, parts, templates
from bot.rules.contents import contents as rules
from bot.rules.contents.definition_fields import PURPOSES
from bot.store.campaigns.content_pages import ContentLine
from bot.values.campaign import ContentDraft
from bot.values.content import Part
from bot.values.definitions import Content
from handlers.console.forms import Form, an_id, at_most, required, stripped
from handlers.console.paging import ends
from handlers.console.words import CATEGORIES, CONTENT_KINDS
from handlers.console.words import PURPOSES as PURPOSE_WORDS
from handlers.serving import services

MORE = ("text", "image", "voice", "video")  # what may follow the first message
WRITTEN_HERE = frozenset({"text", "media_id", "file", "cover"})
REFUSALS = {  # by the field of a definition, where the form itself has not found out
    "purpose": _l("营销内容要写明【广告】和退订方法，这里没有写的地方：请加一条文字"),
    "cover": _l("请上传封面图片"),
    "url": _l("请填写 https:// 开头的完整网址"),
    "app_id": _l("请填写小程序的 AppID：wx 开头，后面 16 位字母或数字"),
    "page": _l("请填写小程序页面"),
    "options": _l("请填写 1 到 %(most)d 个选项，一行一个，每个最多 60 字，不要重复", most=parts.MOST_OPTIONS),
    "media_id": _l("请上传文件，或填素材编号"),
    "body": _l("文章里不能有脚本和表单，图片要先上传，正文要少于 %(most)d 字", most=articles.LONGEST_BODY),
}


class FollowingForm(PlainForm):  # type: ignore[misc] # wtforms brings no types
    """One more message of the same content."""

    kind = SelectField(
        _l("接着发"),
        choices=lambda: [("", _("不发")), *((kind, CONTENT_KINDS[kind]) for kind in MORE)],
        validate_choice=False,  # one that is not sent along is none
    )
    text = TextAreaField(_l("正文"))
    upload = FileField(_l("文件"))
    file = HiddenField()
    cover = HiddenField()
    media_id = HiddenField()


class ContentForm(Form):
    title = StringField(
        _l("标题"),
        [required(), at_most(100)],
        description=_l("图文、链接和小程序卡片上客户会看到；其他形式只在这里看得到"),
    )
    category = SelectField(_l("类别"), choices=lambda: list(CATEGORIES.items()))
    purpose = SelectField(
        _l("目的"),
        choices=lambda: [(purpose, PURPOSE_WORDS[purpose]) for purpose in PURPOSES],
        description=_l("决定在什么时段、经什么渠道发送；营销内容会自动加上【广告】和退订方法"),
    )
    kind = SelectField(_l("形式"), choices=lambda: [(kind, CONTENT_KINDS[kind]) for kind in parts.SHAPES])
    text = TextAreaField(
        _l("正文"), description=_l("可用 {customer.name|您} 填入客户自己的资料，竖线后面是不知道时的说法")
    )
    upload = FileField(_l("文件"), description=_l("图片 10 MB、语音 2 MB、视频 10 MB 以内"))
    cover_upload = FileField(_l("封面图片"), description=_l("视频封面要 64 KB 以内的 JPEG"))
    media_id = StringField(
        _l("素材编号"), [at_most(128)], description=_l("不上传文件时，填它在微信后台的编号")
    )
    body = TextAreaField(_l("文章正文"), description=_l("可以直接写文字，空一行分段；也可以贴 HTML"))
    digest = StringField(_l("摘要"), [at_most(articles.LONGEST_DIGEST)])
    author = StringField(_l("作者"), [at_most(articles.LONGEST_AUTHOR)])
    url = StringField(
        _l("网址"), [at_most(parts.LONGEST_URL)], description=_l("https:// 开头；图文里是阅读原文")
    )
    app_id = StringField(_l("小程序 AppID"), [at_most(18)])
    page = StringField(_l("小程序页面"), [at_most(1024)], description=_l("例如 pages/tea/index?id=7"))
    options = TextAreaField(_l("选项"), description=_l("一行一个，客户点一下就等于回复"))
    tail = StringField(_l("选项下面的话"), [at_most(200)])
    more = FieldList(
        FormField(FollowingForm), min_entries=parts.MOST_PARTS - 1, max_entries=parts.MOST_PARTS - 1
    )
    useful_until = DateField(
        _l("有效期至"), [Optional()], description=_l("过了这一天就不再发送；不填则一直有效")
    )
    file = HiddenField()
    cover = HiddenField()
    seen = HiddenField()

    def validate_text(self, field: Any) -> None:
        text = stripped(field.data)
        if self.kind.data in {"text", "msgmenu"} and not text:
            raise ValidationError(_("请填写正文"))
        check_words(text)

    def validate_title(self, field: Any) -> None:
        most = articles.LONGEST_TITLE - (len("【广告】") if self.purpose.data == "marketing" else 0)
        if self.kind.data == "article" and len(stripped(field.data)) > most:
            raise ValidationError(_("图文标题最多 %(max)d 个字", max=most))

    def validate_body(self, field: Any) -> None:
        if self.kind.data == "article" and not stripped(field.data):
            raise ValidationError(_("请填写文章正文"))

    def validate_media_id(self, field: Any) -> None:
        has_file = self.upload.data or stripped(self.file.data)
        shape = parts.SHAPES.get(self.kind.data)
        if shape and "file" in shape.one_of and not (stripped(field.data) or has_file):
            raise ValidationError(_("请上传文件，或填素材编号"))


class NewContentForm(ContentForm):
    id = StringField(
        _l("编号"), [required(), an_id(), at_most(64)], description=_l("例如 water-temperature，之后不能改")
    )


def misfit(field: Any) -> Any:
    """What a file would have to be, to be taken there."""
    wanted = (
        _("封面要 1 MB 以内的 JPEG 或 PNG；视频封面要 64 KB 以内的 JPEG")
        if field.name == "cover_upload"
        else _(
            "要 10 MB 以内的图片（JPEG、PNG、GIF、BMP）、2 MB 以内的语音（MP3、AMR）或 10 MB 以内的视频（MP4）"
        )
    )
    return _("这个文件不能用：%(said)s", said=wanted)


def refusal(field: str) -> Any:
    """What to say of it, as `options[3]` or `[1].media_id`; none where the rule's own words have to do."""
    return REFUSALS.get((re.findall("[a-z_]+", field) or [""])[-1])


def check_words(text: str) -> None:
    if len(text.encode()) > parts.LONGEST_TEXT:
        raise ValidationError(_("正文太长：最多约 %(count)d 个字", count=parts.LONGEST_TEXT // 3))
    if parts.links_astray(text):
        raise ValidationError(_("链接要以 %(starts)s 开头", starts="、".join(parts.LEADS_TO)))
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


def offer_category(form: ContentForm, kept: str) -> None:
    """A file may have brought a category of its own; it stays a choice."""
    if kept not in CATEGORIES:
        form.category.choices = [*CATEGORIES.items(), (kept, kept)]


def can_be_written_here(draft: ContentDraft) -> bool:
    """A combination whose later messages are cards is written as code."""
    _, *later = parts.parts_of(draft.kind, draft.text, draft.media_id, draft.details)
    return all(part.kind in MORE and not part.title for part in later)


def uploads_of(form: ContentForm) -> list[tuple[Any, Any]]:
    """Each file that came with the form, and the hidden field that keeps its name."""
    pairs = [(form.upload, form.file), (form.cover_upload, form.cover)]
    return [*pairs, *((entry.form.upload, entry.form.file) for entry in form.more)]


def definition_of(form: ContentForm, content_id: str) -> Content:
    """What a file would say. Raises `ValueError`, the field first."""
    kind = form.kind.data
    first = {name: value for name, value in _written(form).items() if name in _fields_of(kind)}
    later = [_later(entry.form) for entry in form.more if entry.form.kind.data in MORE]
    given: dict[str, Any] = {
        "title": stripped(form.title.data),
        "category": form.category.data,
        "purpose": form.purpose.data,
        "useful_until": ends(form.useful_until.data),
    }
    if not later:
        return rules.definition("", content_id, (), {**given, "kind": kind, **first})
    if kind in parts.TITLED:
        first["title"] = given["title"]
    found = parts.read_several([{"kind": kind, **first}, *later])
    return rules.definition("", content_id, found, {**given, "kind": parts.COMBINATION})


def draft_of(found: Content) -> ContentDraft:
    return ContentDraft(
        title=found.title,
        category=found.category,
        purpose=found.purpose,
        kind=found.kind,
        text=found.text,
        media_id=found.media_id or "",
        useful_until=found.useful_until,
        details=found.details,
    )


def filled(line: ContentLine) -> dict[str, Any]:
    """The form shows the last useful day; what is kept is the midnight after it."""
    draft, zone = line.draft, services().config.push.zone
    until = draft.useful_until
    first, *later = parts.parts_of(draft.kind, draft.text, draft.media_id, draft.details)
    return {
        "title": draft.title,
        "category": draft.category,
        "purpose": draft.purpose,
        "useful_until": (until.astimezone(zone) - timedelta(microseconds=1)).date() if until else None,
        "seen": line.updated_at.isoformat(),
        **_shown(first),
        "more": [_shown(part) for part in later],
    }


def _fields_of(kind: str) -> set[str]:
    shape = parts.SHAPES[kind]
    return {*shape.needs, *shape.may, *shape.one_of} - {"title"}


def _written(form: ContentForm) -> dict[str, Any]:
    """A file that was uploaded counts before a number that was typed."""
    names = ("text", "file", "cover", "url", "app_id", "page", "author", "digest", "body", "tail")
    found: dict[str, Any] = {name: stripped(form[name].data) for name in names}
    found["media_id"] = "" if found["file"] else stripped(form.media_id.data)
    found["options"] = [words for words in stripped(form.options.data).split("\n") if words.strip()]
    return {name: value for name, value in found.items() if value}


def _later(form: Any) -> dict[str, Any]:
    kind = form.kind.data
    found = {name: stripped(form[name].data) for name in sorted(WRITTEN_HERE & _fields_of(kind))}
    return {"kind": kind, **{name: value for name, value in found.items() if value}}


def _shown(part: Part) -> dict[str, Any]:
    names = (
        "kind",
        "text",
        "media_id",
        "file",
        "cover",
        "url",
        "app_id",
        "page",
        "author",
        "digest",
        "body",
        "tail",
    )
    return {name: getattr(part, name) for name in names} | {
        "options": "\n".join(option.words for option in part.options)
    }
