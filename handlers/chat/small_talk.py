"""Greetings, thanks, and who it is that answers."""

from collections.abc import Callable
from dataclasses import dataclass

from bot.rules.talk import texts
from bot.rules.talk import understanding_texts as words
from bot.rules.talk.person_words import asks_who_answers, calls_the_bot
from bot.rules.talk.shop_words import (
    apologises,
    bids_farewell,
    greets,
    is_angry_face,
    is_courtesy,
    is_only_marks,
    laughs,
    never_minds,
)
from bot.values.incoming import Text as Said
from bot.values.profile import Profile
from bot.values.reply import Text
from handlers.chat.speaking import Answer, Context

SAID: tuple[tuple[Callable[[str], bool], str], ...] = (  # the first that it is
    (bids_farewell, texts.FAREWELL),
    (greets, texts.HELLO),
    (apologises, texts.NO_HARM),
    (never_minds, texts.NEVER_MIND),
    (is_only_marks, words.SAY_MORE),
    (is_angry_face, words.CALM),
    (laughs, words.CHATS[0]),
    (is_courtesy, texts.THANKS),
    (asks_who_answers, texts.WHO_ANSWERS),
    (calls_the_bot, texts.STILL_THE_BOT),
)


@dataclass(frozen=True, slots=True)
class SmallTalk:
    sentence: str


def recognise(incoming: Said, _profile: Profile) -> SmallTalk | None:
    return next((SmallTalk(said) for is_it, said in SAID if is_it(incoming.content)), None)


def answer(found: SmallTalk, context: Context) -> Answer:
    return Answer(reply=Text(texts.addressed(found.sentence, context.profile.name)))
