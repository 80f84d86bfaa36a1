"""What a person has to hear, whatever was meant by it: a word the operator watches for, or that somebody was hurt."""

from dataclasses import replace

from bot.rules.talk import person_texts
from bot.rules.talk.person_words import PersonWish
from bot.rules.talk.urgency import tells_of_harm
from bot.values.reply import Text, ToPerson
from handlers.chat import human
from handlers.chat.speaking import Answer, Context, Words, in_words

recognise = in_words


def answer(found: Words, context: Context) -> Answer | None:
    if tells_of_harm(found.text):
        told = human.answer(PersonWish(complains=True), context)
        if isinstance(told.reply, ToPerson):
            return told
        said = told.reply.text if isinstance(told.reply, Text) else ""
        return replace(told, reply=Text(f"{person_texts.FIRST_OF_ALL}\n{said}".strip()))
    if not context.services.understanding.watched.escalates(found.text):
        return None
    return human.answer(PersonWish(complains=False), context)
