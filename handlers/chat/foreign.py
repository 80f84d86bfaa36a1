"""Words in another writing than ours: said in both languages that a person can help. Never guessed at."""

from bot.rules.talk import understanding_texts as words
from bot.rules.talk.foreign_words import is_foreign
from bot.store.talk import open_questions
from bot.values.incoming import Text as Said
from bot.values.incoming import Voice
from bot.values.profile import Profile
from bot.values.reply import Text
from handlers.chat.speaking import Answer, Context, Words


def recognise(incoming: Said | Voice, _profile: Profile) -> Words | None:
    return Words(incoming.text) if is_foreign(incoming.text) else None


def answer(found: Words, context: Context) -> Answer | None:
    """None where a language model may know the language."""
    if context.services.model is not None:
        return None
    if context.profile.id:
        open_questions.keep(context.session, context.profile.id, found.text, "", context.now)
    return Answer(reply=Text(words.IN_CHINESE))
