"""What they want by what was learned, where no word rule was sure: only wishes that nobody's knowledge answers.

Whoever gets a person, or no more pushes, must have been understood well; less sure, the next ones are asked.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from bot.rules import texts
from bot.rules import understanding_texts as words
from bot.rules.person_words import PersonWish
from bot.store import catalogue
from bot.values.incoming import Incoming, Voice
from bot.values.incoming import Text as Said
from bot.values.profile import Profile
from bot.values.reply import Text
from bot.values.understood import Understood
from handlers.chat import human, knowledge, my_facts, start_pushes, stop_pushes
from handlers.chat.speaking import Answer, Context

MOST_PRODUCTS = 3
TOLD = frozenset({"price", "stock"})  # of a product that was named: from the shop's data
TOLD_FROM = 0.6  # confidence

Route = Callable[[Context], Answer]


@dataclass(frozen=True, slots=True)
class Words:
    text: str


def recognise(incoming: Incoming, _profile: Profile) -> Words | None:
    if isinstance(incoming, Said | Voice) and incoming.text.strip():
        return Words(incoming.text)
    return None


def answer(found: Words, context: Context) -> Answer | None:
    if not context.services.understanding.is_learned:
        return None
    understood = context.services.understanding.of(found.text)
    least, route = ROUTES.get(understood.intent, (2.0, None))
    if route is not None and understood.confidence >= least:
        return route(context)
    return _products(found.text, understood, context)


def _products(text: str, understood: Understood, context: Context) -> Answer | None:
    """What a product costs and whether it is there, as it is at this moment."""
    if understood.intent not in TOLD or understood.confidence < TOLD_FROM:
        return None
    named = understood.slots_of("product")
    if len(named) != 1 or not 0 < len(named[0].choices) <= MOST_PRODUCTS:
        return None
    products = catalogue.described(context.session, named[0].choices)
    if not products:
        return None
    lines = [words.product(one.name, one.price, one.stock) for one in products]
    said = lines[0] if len(lines) == 1 else words.SEVERAL_PRODUCTS.format(lines="\n".join(lines))
    missing = understood.intent == "stock" and all(one.stock <= 0 for one in products)
    more = knowledge.found_answer(text, context) if missing else None
    if more is not None and isinstance(more.reply, Text):
        return Answer(reply=Text(f"{said}\n{more.reply.text}"), source_id=more.source_id)
    return Answer(reply=Text(said))


def _says(sentence: str) -> Route:
    return lambda context: Answer(reply=Text(texts.addressed(sentence, context.profile.name)))


def _gets_a_person(*, complains: bool) -> Route:
    return lambda context: human.answer(PersonWish(complains=complains), context)


ROUTES: Mapping[str, tuple[float, Route]] = {  # intent: confidence it needs, and who answers
    "complaint": (0.8, _gets_a_person(complains=True)),
    "human": (0.8, _gets_a_person(complains=False)),
    "stop": (0.9, lambda context: stop_pushes.answer(stop_pushes.Stop(), context)),
    "start": (0.9, lambda context: start_pushes.answer(start_pushes.Start(), context)),
    "greeting": (0.8, _says(texts.HELLO)),
    "thanks": (0.8, _says(texts.THANKS)),
    "identity": (0.8, _says(texts.WHO_ANSWERS)),
    "praise": (0.8, _says(words.PRAISED)),
    "abuse": (0.8, _says(words.CALM)),
    "unclear": (0.8, _says(words.SAY_MORE)),
    "privacy": (0.9, lambda context: my_facts.answer(my_facts.Wanted(), context)),
}
