"""How a content looks to one customer, with the facts that are looked up for it."""

from datetime import datetime

from bot.rules.contents import preview_words, templates
from bot.rules.contents.parts import texts_of
from bot.store.database import Session
from bot.store.people import customers, personal
from bot.values.preview import Preview
from bot.values.profile import Profile
from bot.values.push import Content


def of_content(session: Session, content: Content, openid: str | None, now: datetime) -> Preview | None:
    """None when nobody has the openid; without one, what many get alike."""
    if openid is None:
        return preview_words.preview(content, None, {})
    profile = customers.profile_of(session, openid)
    return for_customer(session, content, profile, now) if profile else None


def for_customer(session: Session, content: Content, profile: Profile, now: datetime) -> Preview:
    names = templates.further_in(texts_of(content.messages))
    further = personal.further(session, [profile.id], names, now)[profile.id]
    return preview_words.preview(content, profile, further)
