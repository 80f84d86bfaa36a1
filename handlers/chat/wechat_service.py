"""WeChat's own customer service tells that one of its people begins or ends a talk with the customer."""

from bot.store.talk import handover_endings, handovers
from bot.values.incoming import PersonSession
from bot.values.profile import Profile
from bot.values.reply import Silence
from handlers.chat.human import BOT_SILENT
from handlers.chat.speaking import Answer, Context


def recognise(incoming: PersonSession, _profile: Profile) -> PersonSession:
    return incoming


def answer(found: PersonSession, context: Context) -> Answer:
    if found.change == "close":
        day = context.today
        handover_endings.end_at_wechat(context.session, context.profile.id, context.now, day)
    else:
        handovers.served(context.session, context.profile.id, context.now + BOT_SILENT)
    return Answer(reply=Silence())
