"""They said a word the operator wants a person to hear: put on the list, as if they had asked for one."""

from bot.rules.talk.person_words import PersonWish
from handlers.chat import human
from handlers.chat.speaking import Answer, Context, Words, in_words

recognise = in_words


def answer(found: Words, context: Context) -> Answer | None:
    if not context.services.understanding.watched.escalates(found.text):
        return None
    return human.answer(PersonWish(complains=False), context)
