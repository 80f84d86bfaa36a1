"""They want a person, or complain: put on the list, and the bot is silent until half an hour of quiet."""

from datetime import timedelta

from bot.rules import texts
from bot.rules.person_words import PersonWish, person_wish
from bot.store import handovers
from bot.values.incoming import Incoming, MenuClick
from bot.values.incoming import Text as Said
from bot.values.profile import Profile
from bot.values.reply import Text
from handlers.chat.speaking import Answer, Context

MENU_KEYS = frozenset({"HUMAN", "KEFU"})
BOT_SILENT = timedelta(minutes=30)  # since the last word of customer or person


def recognise(incoming: Incoming, _profile: Profile) -> PersonWish | None:
    match incoming:
        case Said():
            return person_wish(incoming.content)
        case MenuClick(key=key) if key.upper() in MENU_KEYS:
            return PersonWish(complains=False)
        case _:
            return None


def answer(found: PersonWish, context: Context) -> Answer:
    until = context.now + BOT_SILENT
    is_new = handovers.open_handover(
        context.session, context.profile.id, complaint=found.complains, now=context.now, until=until
    )
    if found.complains:
        return Answer(reply=Text(texts.COMPLAINT_TAKEN))
    return Answer(reply=Text(texts.PERSON_COMES if is_new else texts.PERSON_COMES_ALREADY))
