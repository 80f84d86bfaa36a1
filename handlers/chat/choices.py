"""They tapped an option of the menu "did you mean": the knowledge entry, or the wish, that stands behind it."""

from dataclasses import dataclass

from bot.rules.talk.intent_names import TITLES
from bot.rules.talk.shop_words import OrderQuestion
from bot.values.incoming import Text as Said
from bot.values.profile import Profile
from handlers.chat import knowledge, orders, points, understood
from handlers.chat.speaking import Answer, Context

ENTRY, INTENT = "k:", "i:"  # how the ids of our options begin


@dataclass(frozen=True, slots=True)
class Choice:
    id: str


def recognise(incoming: Said, _profile: Profile) -> Choice | None:
    if incoming.menu_id.startswith((ENTRY, INTENT)):
        return Choice(incoming.menu_id)
    return None


def answer(found: Choice, context: Context) -> Answer | None:
    """None where the entry is gone meanwhile: the words of the option are asked like any other."""
    if found.id.startswith(ENTRY):
        return knowledge.answer_of(found.id.removeprefix(ENTRY), context)
    intent = found.id.removeprefix(INTENT)
    if intent in {"order", "shipment", "payment"}:
        return orders.answer(OrderQuestion(), context)
    if intent == "points":
        return points.answer(points.Points(), context)
    if intent in understood.ROUTES:
        return understood.ROUTES[intent][1](context)
    if intent in understood.SERVED and (served := understood.SERVED[intent](context)) is not None:
        return served
    return knowledge.found_answer(TITLES.get(intent, context.incoming.text), context)
