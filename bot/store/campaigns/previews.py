"""How a content looks to one customer, with the facts that are looked up for it."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime

from bot.rules.contents import preview_templates, preview_words, templates
from bot.rules.contents.rendering import ANYBODY
from bot.store.database import Session
from bot.store.people import customers, personal
from bot.store.sending import notice_templates
from bot.values.channels import NOTICE, TEMPLATE
from bot.values.preview import Filled, Preview
from bot.values.profile import Profile
from bot.values.push import Content


def of_content(session: Session, content: Content, openid: str | None, now: datetime) -> Preview | None:
    """None when nobody has the openid; without one, what many get alike."""
    if openid is None:
        return for_anybody(session, content)
    profile = customers.profile_of(session, openid)
    return for_customer(session, content, profile, now) if profile else None


def for_anybody(session: Session, content: Content) -> Preview:
    filled = tuple(_filled(session, content, ANYBODY, {}))
    return replace(preview_words.preview(content, None, {}), filled=filled)


def for_customer(session: Session, content: Content, profile: Profile, now: datetime) -> Preview:
    names = templates.further_in(preview_words.words_of(content))
    further = personal.further(session, [profile.id], names, now)[profile.id]
    filled = tuple(_filled(session, content, profile, further))
    return replace(preview_words.preview(content, profile, further), filled=filled)


def _filled(
    session: Session, content: Content, profile: Profile, further: Mapping[str, str]
) -> Iterator[Filled]:
    for channel, form in ((NOTICE, content.notice), (TEMPLATE, content.template)):
        if form is not None:
            template = notice_templates.find(session, channel, form.template)
            yield preview_templates.filled(channel, form, template, profile, further)
