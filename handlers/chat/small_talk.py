"""Greetings, thanks, and who it is that answers."""

from dataclasses import dataclass

from bot.rules.talk import texts
from bot.rules.talk import understanding_texts as words
from bot.rules.talk.person_words import asks_who_answers
from bot.rules.talk.shop_words import (
    apologises,
    greets,
    is_angry_face,
    is_courtesy,
    is_only_marks,
    never_minds,
)
from bot.values.incoming import Text as Said
from bot.values.profile import Profile
from bot.values.reply import Text
from handlers.chat.speaking import Answer, Context


@dataclass(frozen=True, slots=True)
class SmallTalk:
    sentence: str


def recognise(incoming: Said, _profile: Profile) -> SmallTalk | None:
    if greets(incoming.content):
        return SmallTalk(texts.HELLO)
    if apologises(incoming.content):
        return SmallTalk(texts.NO_HARM)
    if never_minds(incoming.content):
        return SmallTalk(texts.NEVER_MIND)
    if is_only_marks(incoming.content):
        return SmallTalk(words.SAY_MORE)
    if is_angry_face(incoming.content):
        return SmallTalk(words.CALM)
    if is_courtesy(incoming.content):
        return SmallTalk(texts.THANKS)
    return SmallTalk(texts.WHO_ANSWERS) if asks_who_answers(incoming.content) else None


def answer(found: SmallTalk, context: Context) -> Answer:
    return Answer(reply=Text(texts.addressed(found.sentence, context.profile.name)))
