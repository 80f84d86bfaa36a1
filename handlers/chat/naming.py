"""They say a product's name and no more, as they are asked to behind what is recommended: what it is, costs, and whether it is there."""

from bot.insight.product_entries import lasting
from bot.rules.talk.mention_words import bare_name
from bot.values.incoming import Text as Said
from bot.values.incoming import Voice
from bot.values.profile import Profile
from handlers.chat import goods, subject
from handlers.chat.speaking import Answer, Context, Words, in_parts


def recognise(incoming: Said | Voice, _profile: Profile) -> Words | None:
    words = bare_name(incoming.text)
    return Words(words) if words else None


def answer(found: Words, context: Context) -> Answer | None:
    """None where the words say more than one product's name."""
    about = subject.named(found.text, context)
    if about is None or len(about.products) > 1 or bare_name(about.words) != found.text:
        return None
    return in_parts(goods.told(about.products, context, about=lasting(about.products[0].description)))
