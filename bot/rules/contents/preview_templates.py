"""Previews of what goes by template: the title and lines a customer would see, as WeChat shows them. Pure."""

from collections.abc import Iterator, Mapping

from bot.rules.contents import notices
from bot.rules.contents.templates import render
from bot.values.channels import NOTICE, TEMPLATE
from bot.values.notice import Notice, NoticeTemplate, TemplateMessage
from bot.values.preview import Filled
from bot.values.profile import Profile

NAMES = {NOTICE: "订阅通知", TEMPLATE: "模板消息"}


def filled(
    channel: str,
    form: Notice | TemplateMessage,
    template: NoticeTemplate | None,
    profile: Profile,
    further: Mapping[str, str],
) -> Filled:
    """`template`: None when the account has it no more; its fields then stand by their names."""
    said = notices.words_for(form.data, profile, further)
    words = said or {name: render(text, profile, further) for name, text in form.data.items()}
    labels = template.fields if template else {}
    lines = tuple((labels.get(name, name), words[name]) for name in [*labels, *words] if name in words)
    return Filled(
        channel=channel,
        title=template.title if template else form.template,
        lines=tuple(dict.fromkeys(lines)),
        leads=_leads(form),
        fits=said is not None and template is not None,
    )


def lines_of(one: Filled) -> Iterator[str]:
    """For the terminal."""
    yield f"── {NAMES[one.channel]} · {one.title}"
    yield from (f"{label}  {words}" for label, words in one.lines)
    yield one.leads
    if not one.fits:
        yield "（这样发不出去：模板已不在，或有一栏填不进去）"


def _leads(form: Notice | TemplateMessage) -> str:
    if isinstance(form, TemplateMessage) and not form.page:
        return form.url
    return form.page
