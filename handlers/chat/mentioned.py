"""The second one, this one: of the products they were shown in the last half hour, or of their newest orders."""

from bot.rules.talk import texts
from bot.rules.talk.mention_words import Pointed, pointed
from bot.rules.talk.shop_words import OrderQuestion
from bot.store.shop import catalogue
from bot.store.shop.orders import newest
from bot.store.talk import mentions
from bot.values.incoming import Incoming, Voice
from bot.values.incoming import Text as Said
from bot.values.profile import Profile
from bot.values.reply import Text
from handlers.chat import goods, orders
from handlers.chat.speaking import Answer, Context, in_parts


def recognise(incoming: Incoming, _profile: Profile) -> Pointed | None:
    return pointed(incoming.text) if isinstance(incoming, Said | Voice) else None


def answer(found: Pointed, context: Context) -> Answer | None:
    """None where not so many were shown, or 这个 may be any of several: then it is meant otherwise."""
    if found.of_orders:
        mine = newest(context.session, context.profile.id, orders.MOST_LISTED)
        number = mine[found.place].number if found.place < len(mine) and mine else ""
        return orders.answer(OrderQuestion(number=number), context) if number else None
    shown = mentions.last(context.session, context.profile.id, context.now)
    if not shown or found.place >= len(shown) or (found.is_this and len(shown) > 1):
        return None
    return _told(shown[found.place], context)


def _told(external_id: str, context: Context) -> Answer:
    for product in catalogue.described(context.session, [external_id]):
        mentions.note(context.session, context.profile.id, [external_id], context.now)
        return in_parts(goods.told([product], context, about=product.description))
    return Answer(reply=Text(texts.GONE_MEANWHILE))
