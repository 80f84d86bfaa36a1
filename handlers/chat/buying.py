"""They want to buy it: what it costs, whether it is there, and who takes the order. Nothing is ordered by it."""

from bot.rules.talk import understanding_texts as words
from bot.rules.talk.shop_words import wants_it_again, wants_to_buy
from bot.values.incoming import Text as Said
from bot.values.incoming import Voice
from bot.values.profile import Profile
from bot.values.reply import Text
from handlers.chat import goods, knowledge, recommend, subject
from handlers.chat.speaking import Answer, Context, Words, in_parts


def recognise(incoming: Said | Voice, _profile: Profile) -> Words | None:
    text = incoming.text
    return Words(text) if wants_to_buy(text) or wants_it_again(text) else None


def answer(found: Words, context: Context) -> Answer | None:
    """Somebody may have written how one buys here."""
    if wants_it_again(found.text):
        return _again(context)
    if written := knowledge.found_answer(found.text, context):
        return written
    about = subject.named(found.text, context) or subject.of(context)
    if about is None:
        return recommend.of_their_kind(found.text, context) or Answer(reply=Text(words.WHAT_TO_BUY))
    return in_parts(goods.told(about.products, context, behind=words.HOW_TO_BUY))


def _again(context: Context) -> Answer | None:
    """None where they never bought anything: then it is asked of the shop."""
    about = subject.bought(context) if context.profile.id else None
    return in_parts(goods.told(about.products, context, behind=words.HOW_TO_BUY)) if about else None
