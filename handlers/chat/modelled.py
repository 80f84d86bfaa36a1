"""What nobody wrote an answer to, asked of a language model where the shop has one: grounded, checked, labelled."""

from dataclasses import dataclass

from bot import modelling
from bot.language.model import Model
from bot.rules.talk import texts
from bot.rules.talk.intent_names import COURTESIES
from bot.services import Services
from bot.values.incoming import Incoming, Voice
from bot.values.incoming import Text as Said
from bot.values.profile import Profile
from bot.values.reply import Text
from handlers.chat.speaking import Answer, Context, Slow

NOT_ASKED = (COURTESIES - {"unclear"}) | {"abuse"}
LEAST = 4  # characters: less is no question


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
    return Slow(work=lambda: _answered(services, model, profile, found.text))


def _answered(services: Services, model: Model, profile: Profile, question: str) -> Answer:
    said = modelling.answer(services, model, profile, question)
    return Answer(reply=Text(said or texts.CANNOT_TELL), source_id="language-model" if said else "")
