"""An answer out of the operator's knowledge, with the customer's own facts filled in; else what might help."""

from dataclasses import dataclass

from bot.rules import texts
from bot.rules.templates import render
from bot.values.incoming import Incoming, Voice
from bot.values.incoming import Text as Said
from bot.values.profile import Profile
from bot.values.reply import Text
from handlers.chat.speaking import Answer, Context


@dataclass(frozen=True, slots=True)
class Question:
    text: str


def recognise(incoming: Incoming, _profile: Profile) -> Question | None:
    """Anything said in words; whether somebody wrote an answer to it is known only when it is looked for."""
    if isinstance(incoming, Said | Voice) and incoming.text.strip():
        return Question(incoming.text)
    return None


def answer(found: Question, context: Context) -> Answer:
    return found_answer(found.text, context) or Answer(reply=Text(_asked_back(found.text, context)))


def _asked_back(question: str, context: Context) -> str:
    near = context.services.knowledge.near(question)
    if not near:
        return texts.CANNOT_TELL
    return texts.did_you_mean([found.entry.question for found in near])


def found_answer(question: str, context: Context) -> Answer | None:
    best = next(iter(context.services.knowledge.search(question, most=1)), None)
    if best is None:
        return None
    return Answer(reply=Text(render(best.entry.answer, context.profile)), source_id=best.entry.id)
