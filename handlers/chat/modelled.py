"""What nobody wrote an answer to, asked of a language model where the shop has one: grounded, checked, labelled."""

from dataclasses import dataclass

from bot.modelling import Answering
from bot.rules.talk import texts
from bot.rules.talk.intent_names import COURTESIES
from bot.values.incoming import Incoming, Voice
from bot.values.incoming import Text as Said
from bot.values.profile import Profile
from bot.values.reply import Silence, Text
from handlers.chat.speaking import Answer, Context, Slow

NOT_ASKED = (COURTESIES - {"unclear"}) | {"abuse"}
LEAST = 4  # characters: less is no question
SOURCE = "language-model"


@dataclass(frozen=True, slots=True)
class Question:
    text: str


def recognise(incoming: Incoming, _profile: Profile) -> Question | None:
    if isinstance(incoming, Said | Voice) and len(incoming.text.strip()) >= LEAST:
        return Question(incoming.text)
    return None


def answer(found: Question, context: Context) -> Slow | None:
    """None where there is no model, and for what is no question; then the next one asks back."""
    services, profile = context.services, context.profile
    model = services.model
    understanding = services.understanding
    if model is None or (understanding.is_learned and understanding.of(found.text).intent in NOT_ASKED):
        return None
    answering = Answering(services, model, profile, found.text)
    return Slow(work=lambda: _all(answering), part=lambda: _part(answering))


def _all(answering: Answering) -> Answer:
    said = answering.run()
    if said is None:
        return Answer(reply=Text(texts.CANNOT_TELL))
    return Answer(reply=Text(said) if said else Silence(), source_id=SOURCE)


def _part(answering: Answering) -> Answer | None:
    said = answering.part()
    return None if said is None else Answer(reply=Text(said), source_id=SOURCE)
