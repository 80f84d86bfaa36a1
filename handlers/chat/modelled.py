"""What nobody wrote an answer to, asked of a language model where the shop has one: grounded, checked, labelled."""

from bot.modelling import Answering
from bot.rules.talk import texts
from bot.rules.talk.intent_names import COURTESIES
from bot.values.reply import Silence, Text
from handlers.chat.speaking import Answer, Context, Slow, Words, in_words

NOT_ASKED = (COURTESIES - {"unclear"}) | {"abuse"}
LEAST = 4  # characters: less is no question
SOURCE = "language-model"


recognise = in_words


def answer(found: Words, context: Context) -> Slow | None:
    """None where there is no model, and for what is no question; then the next one asks back."""
    services, profile = context.services, context.profile
    model = services.model
    understanding = services.understanding
    if model is None or len(found.text.strip()) < LEAST:
        return None
    if understanding.is_learned and understanding.of(found.text).intent in NOT_ASKED:
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
