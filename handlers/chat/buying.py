"""They want to buy it: what it costs, whether it is there, and who takes the order. Nothing is ordered by it."""

from bot.rules.talk import understanding_texts as words
from bot.rules.talk.shop_words import wants_to_buy
from bot.values.incoming import Text as Said
from bot.values.incoming import Voice
from bot.values.profile import Profile
from bot.values.reply import Text
from handlers.chat import goods, knowledge, recommend, subject
from handlers.chat.speaking import Answer, Context, Words, in_parts


def recognise(incoming: Said | Voice, _profile: Profile) -> Words | None:
    return Words(incoming.text) if wants_to_buy(incoming.text) else None


def answer(found: Words, context: Context) -> Answer:
    """Somebody may have written how one buys here."""
    if written := knowledge.found_answer(found.text, context):
        return written
    about = subject.named(found.text, context) or subject.of(context)
    if about is None:
        return recommend.of_their_kind(found.text, context) or Answer(reply=Text(words.WHAT_TO_BUY))
    return in_parts(goods.told(about.products, context, behind=words.HOW_TO_BUY))
