"""What they want by what was learned, where no word rule was sure: only wishes that nobody's knowledge answers.

Whoever gets a person, or no more pushes, must have been understood well; less sure, the next ones are asked.
"""

from collections.abc import Callable, Mapping

from bot.rules.talk import forms as form_words
from bot.rules.talk import membership_words, own_data_words, recommend_words, texts, wishes
from bot.rules.talk import understanding_texts as words
from bot.rules.talk.person_words import PersonWish
from bot.store.shop import catalogue
from bot.store.talk import dialogue
from bot.values.reply import Text
from bot.values.understood import Understood
from handlers.chat import (
    forms,
    goods,
    human,
    knowledge,
    membership,
    own_data,
    points,
    prices,
    recommend,
    start_pushes,
    stop_pushes,
)
from handlers.chat.speaking import Answer, Context, Words, in_parts, in_words

MOST_PRODUCTS = 3
TOLD = frozenset({"price", "stock"})  # of a product that was named: from the shop's data
TOLD_FROM = 0.6  # confidence

SERVED_FROM = 0.8
AGREED_FROM = 0.5
SENT_BACK = frozenset({"repair", "return"})
GOES_ON_FROM = 0.5  # where the last words were of the same: 还是停了吧
OF_PUSHES = frozenset({"start_pushes", "stop_pushes"})
OF_VOUCHERS = frozenset({"membership", "offers", "points"})
LOOKED_BACK = 3  # things said
CROSS = frozenset({"complaint", "abuse"})
STILL_CROSS_FROM = 0.4  # of who has a complaint open

Route = Callable[[Context], Answer | None]


recognise = in_words


def answer(found: Words, context: Context) -> Answer | None:
    if not context.services.understanding.is_learned:
        return None
    understood = context.services.understanding.of(found.text)
    least, route = ROUTES.get(understood.intent, (2.0, None))
    if route is not None and (understood.confidence >= least or _goes_on(understood, context)):
        return route(context)
    return _products(found.text, understood, context) or _served(found.text, understood, context)


def _goes_on(understood: Understood, context: Context) -> bool:
    """Less sure words are enough where the talk is of it already."""
    if understood.intent in CROSS and context.profile.complaint_open:
        return understood.confidence >= STILL_CROSS_FROM
    if understood.intent != "stop" or understood.confidence < GOES_ON_FROM:
        return False
    lately = dialogue.lately_said(context.session, context.profile.id, context.now, LOOKED_BACK)
    return any(one.handler in OF_PUSHES for one in lately)


def _said_last(context: Context) -> str:
    return dialogue.last_said(context.session, context.profile.id, context.now).handler


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
    if understood.intent == "price":
        return prices.priced(products, context)
    missing = all(one.stock <= 0 for one in products)
    more = knowledge.found_answer(text, context) if missing else None
    if more is not None and isinstance(more.reply, Text):
        return in_parts(goods.told(products, context, behind=more.reply.text), more.source_id)
    return in_parts(goods.told(products, context))


def _served(text: str, understood: Understood, context: Context) -> Answer | None:
    """By who does it, unless somebody wrote an answer to these words: that tells this shop's own way."""
    route = SERVED.get(understood.intent) if understood.confidence >= _least(text, understood) else None
    if route is None:
        return None
    return knowledge.found_answer(text, context) or route(context)


def _least(text: str, understood: Understood) -> float:
    """Where a word rule says as well that it came broken, less is enough."""
    agrees = understood.intent in SENT_BACK and form_words.came_bad(text)
    return AGREED_FROM if agrees else SERVED_FROM


def _mended(context: Context) -> Answer | None:
    """What came broken, or is to be eaten or drunk, is sent back; the rest is repaired."""
    form = "return" if form_words.came_bad(context.incoming.text) else "repair"
    return _begins(form)(context)


def _begins(form: str) -> Route:
    """A wish begins the form; a question about it does not: what follows would be taken for its answers."""

    def begin(context: Context) -> Answer | None:
        if form_words.leaves(context.incoming.text):
            return Answer(reply=Text(form_words.NOT_BEGUN))
        if form_words.is_a_question(context.incoming.text):
            return None
        return forms.answer(form_words.Heard("begin", form), context)

    return begin


def _stops(context: Context) -> Answer | None:
    if wishes.asks_about_pushes(context.incoming.text):
        return knowledge.found_answer(context.incoming.text, context) or Answer(reply=Text(words.HOW_OFTEN))
    return stop_pushes.answer(stop_pushes.Stop(), context)


def _starts(context: Context) -> Answer:
    """Never for who says no to something: 上新提醒不用了 is near to 上新提醒我; nor for 打开, which says not what."""
    text = context.incoming.text
    if wishes.refuses(text) or not wishes.names_pushes(text):
        return Answer(reply=Text(words.STOP_OR_START))
    return start_pushes.answer(start_pushes.Start(), context)


def _says(sentence: str) -> Callable[[Context], Answer]:
    return lambda context: Answer(reply=Text(texts.addressed(sentence, context.profile.name)))


def _greets(context: Context) -> Answer:
    """周末有人吗 is near to 有人吗: what somebody wrote goes first."""
    return knowledge.found_answer(context.incoming.text, context) or _says(texts.HELLO)(context)


def _chats(context: Context) -> Answer:
    """Not the same twice in a row; somebody may have written what the shop says to it."""
    sentence = words.CHATS[context.message_id % len(words.CHATS)]
    return knowledge.found_answer(context.incoming.text, context) or Answer(reply=Text(sentence))


def _advises(context: Context) -> Answer | None:
    """Of the kind of thing they named, where the shop has any."""
    text = context.incoming.text
    return recommend.of_their_kind(text, context) or recommend.answer(recommend_words.Wish(), context)


def _coupons(context: Context) -> Answer | None:
    """什么时候过期, behind their points, is said of these; 还能用吗, behind anything else, of no voucher."""
    last = _said_last(context)
    if last == "points":
        return points.answer(points.Points(), context)
    if last not in OF_VOUCHERS and not membership_words.names_vouchers(context.incoming.text):
        return None
    return membership.answer(membership_words.Asked("vouchers"), context)


def _gets_a_person(*, complains: bool) -> Route:
    return lambda context: human.answer(PersonWish(complains=complains), context)


ROUTES: Mapping[str, tuple[float, Route]] = {  # intent: confidence it needs, and who answers
    "complaint": (0.8, _gets_a_person(complains=True)),
    "human": (0.8, _gets_a_person(complains=False)),
    "stop": (0.9, _stops),
    "start": (0.9, _starts),
    "greeting": (0.8, _greets),
    "thanks": (0.8, _says(texts.THANKS)),
    "identity": (0.8, _says(texts.WHO_ANSWERS)),
    "praise": (0.8, _says(words.PRAISED)),
    "abuse": (0.8, _says(words.CALM)),
    "small_talk": (0.85, _chats),
    "unclear": (0.8, _says(words.SAY_MORE)),
}
SERVED: Mapping[str, Route] = {  # where nobody wrote an answer
    "return": _begins("return"),
    "repair": _mended,
    "recommendation": _advises,
    "points": lambda context: points.answer(points.Points(), context),
    "coupons": _coupons,
    "privacy": lambda context: own_data.answer(own_data_words.Asked.RIGHTS, context),
}
