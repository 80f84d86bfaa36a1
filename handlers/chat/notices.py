"""Subscription notices: a customer allows or refuses them, and WeChat reports whether one came. Nobody is answered."""

from bot.store.sending import notice_consents, notice_endings
from bot.values.profile import Profile
from bot.values.reply import Silence
from bot.values.reports import NoticeChange, NoticePopup, NoticeSent
from handlers.chat.speaking import Answer, Context

Found = NoticePopup | NoticeChange | NoticeSent


def recognise(incoming: Found, _profile: Profile) -> Found:
    return incoming


def answer(found: Found, context: Context) -> Answer:
    """Of somebody who is no customer nothing is kept."""
    session, who = context.session, context.profile.id
    if who and isinstance(found, NoticeSent):
        notice_endings.reported(session, who, found.results, context.now)
    elif who and isinstance(found, NoticePopup | NoticeChange):
        notice_consents.told(session, who, found.consents, context.now)
    return Answer(reply=Silence())
