"""They say a product's name and no more, as they are asked to behind what is recommended: what it is, costs, and whether it is there."""

from dataclasses import dataclass

from bot.insight.product_entries import lasting
from bot.rules.talk.mention_words import bare_name
from bot.rules.talk.products import is_called
from bot.rules.talk.wording import compact
from bot.values.incoming import Text as Said
from bot.values.incoming import Voice
from bot.values.profile import Profile
from handlers.chat import goods, subject
from handlers.chat.speaking import Answer, Context, in_parts

SHORT = 2  # characters: 桂花 may be anything that smells of it, 那个桂花 is what they saw


@dataclass(frozen=True, slots=True)
class Name:
    words: str
    points: bool


def recognise(incoming: Said | Voice, _profile: Profile) -> Name | None:
    words = bare_name(incoming.text)
    return Name(words, points=words != compact(incoming.text)) if words else None


def answer(found: Name, context: Context) -> Answer | None:
    """None where the words say more than one product's name."""
    about = subject.named(found.words, context)
    if about is None or len(about.products) > 1 or bare_name(about.words) != found.words:
        return None
    if len(found.words) <= SHORT and not found.points and not is_called(found.words, about.products[0].name):
        return None
    return in_parts(goods.told(about.products, context, about=lasting(about.products[0].description)))
