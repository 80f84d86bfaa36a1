"""Nobody recognised it: say what can be asked. An event, or empty words, needs no answer at all."""

from bot.rules.talk import texts
from bot.values.incoming import Incoming
from bot.values.incoming import Text as Said
from bot.values.profile import Profile
from bot.values.reply import Silence, Text
from bot.values.tone import Told
from handlers.chat.speaking import Answer, Context


def recognise(incoming: Incoming, _profile: Profile) -> Incoming:
    return incoming


def answer(found: Incoming, _context: Context) -> Answer:
    return cannot_tell() if isinstance(found, Said) else Answer(reply=Silence())


def cannot_tell() -> Answer:
    told = Told(facts=texts.CANNOT, exact=texts.CANNOT_EXACTLY, closing=texts.TRY_THESE, wants_person=True)
    return Answer(reply=Text(texts.CANNOT_TELL), told=(told,))
