"""Nobody wrote an answer: their own orders or points if that is surely meant, a menu of what may be meant, or "I don't know".

What nothing answers is kept for the operator, who sees it grouped.
"""

from collections.abc import Sequence

from bot.insight.product_entries import lasting
from bot.rules.talk import forms as form_words
from bot.rules.talk import texts
from bot.rules.talk import understanding_texts as words
from bot.rules.talk.how_words import asks_how
from bot.rules.talk.intent_names import COURTESIES, title_of
from bot.rules.talk.shop_words import OrderQuestion, wants_to_buy
from bot.store.shop import catalogue
from bot.store.shop.orders import newest
from bot.store.talk import open_questions
from bot.values.reply import Menu, Text
from bot.values.understood import Understood
from handlers.chat import fallback, goods, orders, points
from handlers.chat.speaking import Answer, Context, Words, in_parts, in_words

OWN = 0.75  # confidence from which their own orders or points are told
# confidence from which who is cross, or has trouble, is spoken to kindly where nothing else is known
HURT = 0.5
SPOKEN_TO = {
    "abuse": words.CALM,
    "complaint": words.CALM,
    "repair": words.IN_TROUBLE,
    "return": words.IN_TROUBLE,
}
HOW_TO = {"repair": words.HOW_TO_REPAIR, "return": words.HOW_TO_RETURN}  # who only asks is in no trouble yet
UNSURE = 0.25  # of the second guess: from here both are offered
OWN_INTENTS = frozenset({"order", "shipment", "payment", "points"})
DESCRIBED = frozenset({"features", "usage", "comparison", "recommendation", "price", "stock", "bundle"})
MOST_BESIDE = 3  # products that are told one after the other
NO_QUESTION = COURTESIES | {"abuse", "praise"}  # what the operator need not write an answer to


recognise = in_words


def answer(found: Words, context: Context) -> Answer:
    understood = context.services.understanding.of(found.text)
    own = _own(understood, context) if understood.confidence >= OWN else None
    return (
        own
        or _described(understood, context)
        or _beside(understood, context)
        or _by_description(found.text, understood, context)
        or _asked_back(found.text, understood, context)
    )


def _own(understood: Understood, context: Context) -> Answer | None:
    if understood.intent == "points":
        return points.answer(points.Points(), context)
    if understood.intent not in OWN_INTENTS or not _means_theirs(context) or _asks_how(understood, context):
        return None
    numbers, named = understood.slots_of("order"), understood.slots_of("product")
    asked = OrderQuestion(
        number=numbers[0].value if numbers else "", words=named[0].text if named and not numbers else ""
    )
    return orders.answer(asked, context)


def _asks_how(understood: Understood, context: Context) -> bool:
    """怎么晒单, 走对公: how a thing is done, or what somebody nearly wrote of; neither of it stands in their orders."""
    if asks_how(context.incoming.text):
        return True
    return understood.intent == "payment" and bool(context.services.knowledge.near(context.incoming.text))


def _means_theirs(context: Context) -> bool:
    """Of who never bought, only who speaks of what is theirs asks for orders: 能发顺丰不 does not, nor 想买一把壶."""
    if wants_to_buy(context.incoming.text):
        return False
    return "我" in context.incoming.text or bool(newest(context.session, context.profile.id, 1))


def _described(understood: Understood, context: Context) -> Answer | None:
    """What the shop's data say of the one product that was named, where that is what they ask."""
    named = understood.slots_of("product")
    values = {slot.value for slot in named} - {""}  # 四时 and 礼盒 may be one thing
    is_else = understood.intent not in DESCRIBED and understood.confidence >= HURT
    if is_else or not named or (len(named) > 1 and len(values) != 1):
        return None
    return _told("".join(values) or _owned(named[0].choices, context), context)


def _beside(understood: Understood, context: Context) -> Answer | None:
    """锡罐和白罐哪个好: what the shop wrote of each of those they name."""
    named = understood.slots_of("product")
    ids = list(dict.fromkeys(slot.value for slot in named))
    if understood.intent not in DESCRIBED or "" in ids or not 1 < len(ids) <= MOST_BESIDE:
        return None
    products = catalogue.described(context.session, ids)
    return in_parts(goods.beside(products, context)) if len(products) > 1 else None


def _by_description(question: str, understood: Understood, context: Context) -> Answer | None:
    """Of the products whose descriptions speak of it, one that they have before the others.

    Never for a price: a card that lies beside a set costs what somebody wrote, not what the set does.
    """
    if understood.intent not in DESCRIBED - {"price"}:
        return None
    found = [one.entry.id for one in context.services.products.search(question)]
    return _told(_owned(found, context) or found[0], context) if found else None


def _owned(ids: Sequence[str], context: Context) -> str:
    """The first of the products that stands in one of their newest orders; empty when none does."""
    if not ids or not context.profile.id:
        return ""
    bought = {line.product for order in newest(context.session, context.profile.id) for line in order.lines}
    some = catalogue.described(context.session, ids)
    return next((product.external_id for product in some if product.name in bought), "")


def _told(external_id: str, context: Context) -> Answer | None:
    for product in catalogue.described(context.session, [external_id] if external_id else []):
        if about := lasting(product.description):
            return in_parts(goods.told([product], context, about=about))
    return None


def _asked_back(question: str, understood: Understood, context: Context) -> Answer:
    """The menu where WeChat will carry it: it counts as a message of the open window."""
    near = context.services.knowledge.near(question)
    if context.profile.complaint_open and understood.intent not in DESCRIBED:
        _keep(question, understood, context)
        return Answer(reply=Text(words.COMPLAINT_WAITS))
    options = [(f"k:{found.entry.id}", found.entry.question) for found in near] or _between(understood)
    if not near and understood.confidence >= HURT and understood.intent in SPOKEN_TO:
        return Answer(reply=Text(_spoken_to(question, understood, context)))
    if not options:
        _keep(question, understood, context)
        return fallback.cannot_tell()
    if context.profile.window_left <= 0:
        return Answer(reply=Text(texts.did_you_mean([said for _, said in options])))
    return Answer(reply=Menu(words.DO_YOU_MEAN, tuple(options), words.NONE_OF_THEM))


def _spoken_to(question: str, understood: Understood, context: Context) -> str:
    if understood.intent in HOW_TO and form_words.is_a_question(question):
        _keep(question, understood, context)
        return HOW_TO[understood.intent]
    return SPOKEN_TO[understood.intent]


def _between(understood: Understood) -> list[tuple[str, str]]:
    """The wishes that are likely, when none is sure."""
    likely = [
        guess.intent
        for guess in understood.whole.guesses
        if guess.confidence >= UNSURE and guess.intent not in NO_QUESTION
    ]
    return [(f"i:{intent}", title_of(intent)) for intent in likely] if len(likely) > 1 else []


def _keep(question: str, understood: Understood, context: Context) -> None:
    intent = understood.intent if understood.confidence else ""
    if context.profile.id and intent not in NO_QUESTION:
        open_questions.keep(context.session, context.profile.id, question, intent, context.now)
