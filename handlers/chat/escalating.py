"""They said a word the operator wants a person to hear: put on the list, as if they had asked for one."""

from dataclasses import dataclass

from bot.rules.talk.person_words import PersonWish
from bot.values.incoming import Incoming, Voice
from bot.values.incoming import Text as Said
from bot.values.profile import Profile
from handlers.chat import human
from handlers.chat.speaking import Answer, Context


@dataclass(frozen=True, slots=True)
class Words:
    text: str


def recognise(incoming: Incoming, _profile: Profile) -> Words | None:
    return Words(incoming.text) if isinstance(incoming, Said | Voice) and incoming.text else None


def answer(found: Words, context: Context) -> Answer | None:
    if not context.services.understanding.watched.escalates(found.text):
        return None
    return human.answer(PersonWish(complains=False), context)
