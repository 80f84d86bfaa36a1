"""An answer out of the operator's knowledge, with the customer's own facts filled in."""

from dataclasses import dataclass

from bot.rules.templates import render
from bot.values.incoming import Incoming, Voice
from bot.values.incoming import Text as Said
from bot.values.knowledge import Entry
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


def answer(found: Question, context: Context) -> Answer | None:
    return found_answer(found.text, context)


def found_answer(question: str, context: Context) -> Answer | None:
    best = next(iter(context.services.knowledge.search(question, most=1)), None)
    return None if best is None else _told(best.entry, context)


def answer_of(entry_id: str, context: Context) -> Answer | None:
    entry = context.services.knowledge.entry(entry_id)
    return None if entry is None else _told(entry, context)


def _told(entry: Entry, context: Context) -> Answer:
    return Answer(reply=Text(render(entry.answer, context.profile)), source_id=entry.id)
