"""They say how they want to be called: kept as their own word, theirs to see, correct and erase."""

from bot.rules.talk import introduced_words as words
from bot.rules.talk.introduced_words import Introduced, gender_of, introduced
from bot.store.people import questions
from bot.store.talk import dialogue
from bot.values.incoming import Text as Said
from bot.values.incoming import Voice
from bot.values.profile import Profile
from bot.values.reply import Text
from handlers.chat import own_words
from handlers.chat.speaking import Answer, Context

NAME, GENDER = "name", "gender"


def recognise(incoming: Said | Voice, _profile: Profile) -> Introduced | None:
    return introduced(incoming.text)


def answer(found: Introduced, context: Context) -> Answer | None:
    """None where nobody asked: 张 alone may be a sheet of paper."""
    if not context.profile.id or (found.leans and not _was_asked(context)):
        return None
    if found.surname:
        return Answer(reply=Text(words.WHICH_TITLE.format(surname=found.surname)))
    own_words.learn(NAME, found.name, context)
    if gender := gender_of(found.name):
        own_words.learn(GENDER, gender, context)
        _settle_question(context)
    return Answer(reply=Text(words.NOTED.format(name=found.name)))


def _was_asked(context: Context) -> bool:
    return words.ASKS in dialogue.last_said(context.session, context.profile.id, context.now).text


def _settle_question(context: Context) -> None:
    """刘女士 answers the question of the day as well, where that was the gender."""
    asked = questions.open_one(context.session, context.profile.id, context.now)
    if asked is not None and asked.attribute == GENDER:
        questions.answered(context.session, context.profile.id, context.now, context.now)
