"""The second one, this one, 不是那个，是干泡台: of the list they were shown last, be it products, orders or what may be meant."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.rules.talk import membership_words, texts
from bot.rules.talk.mention_words import Pointed, named_thing, pointed
from bot.rules.talk.offers import letters_shown
from bot.rules.talk.products import best_named
from bot.rules.talk.shop_words import OrderQuestion
from bot.store.shop import catalogue
from bot.store.shop.orders import Order, newest
from bot.store.talk import dialogue, mentions
from bot.store.talk.dialogue import LastSaid
from bot.values.incoming import Text as Said
from bot.values.incoming import Voice
from bot.values.profile import Profile
from bot.values.reply import Menu, Text
from handlers.chat import choices, goods, offers, orders
from handlers.chat.speaking import Answer, Context, in_parts

LOOKED_BACK = 4  # things said


@dataclass(frozen=True, slots=True)
class Named:
    """What they name instead of what they were shown."""

    words: str


def recognise(incoming: Said | Voice, _profile: Profile) -> Pointed | Named | None:
    found = pointed(incoming.text)
    if found is not None:
        return found
    words = named_thing(incoming.text)
    return Named(words) if words else None


def answer(found: Pointed | Named, context: Context) -> Answer | None:
    """None where not so many were shown, or 这个 may be any of several: then it is meant otherwise."""
    last = dialogue.last_said(context.session, context.profile.id, context.now)
    if isinstance(found, Named):
        return _named(found.words, _orders_in(last, context), context)
    is_a_choice = last.handler == offers.HANDLER or bool(letters_shown(last.text))
    return None if is_a_choice else _listed(found, last, context)


def _listed(found: Pointed, last: LastSaid, context: Context) -> Answer | None:
    if isinstance(last.reply, Menu) and not found.is_this:
        return _option(found.place, last.reply, context)
    if _orders_in(last, context):
        return _order(found, _list_of(found, context), context)
    if membership_words.lists_rewards(last.text) and not found.is_this:
        return Answer(reply=Text(membership_words.HOW_TO_EXCHANGE.format(number=found.place + 1)))
    if found.of_orders:
        return _order(found, newest(context.session, context.profile.id, orders.MOST_LISTED), context)
    return _product(found, context)


def _orders_in(last: LastSaid, context: Context) -> list[Order]:
    """Theirs that were named in it, in the order they were named in."""
    if texts.ORDER_NUMBERED not in last.text:
        return []
    mine = [order for order in newest(context.session, context.profile.id) if order.number in last.text]
    return sorted(mine, key=lambda order: last.text.index(order.number))


def _list_of(found: Pointed, context: Context) -> list[Order]:
    """The orders told last; of one that was picked out of a list, the list: they may want the next of it."""
    lately = dialogue.lately_said(context.session, context.profile.id, context.now, LOOKED_BACK)
    told = [_orders_in(one, context) for one in lately]
    lists = [one for one in told if len(one) > 1]
    return lists[0] if lists and not found.is_this else told[0]


def _named(words: str, told: Sequence[Order], context: Context) -> Answer | None:
    """Only where the words are all of a product's name, so that a question about it goes to who knows."""
    mine = newest(context.session, context.profile.id) if told else []
    meant = best_named(words, mine, lambda order: [line.product for line in order.lines])
    if not meant or len(words) < orders.LEAST_NAMED:
        return None
    named = best_named(
        words, meant, lambda order: [line.product for line in order.lines if words in line.product]
    )
    return orders.answer(OrderQuestion(number=named[0].number), context) if named else None


def _order(found: Pointed, told: Sequence[Order], context: Context) -> Answer | None:
    if found.place >= len(told) or not told or (found.is_this and len(told) > 1):
        return None
    return orders.answer(OrderQuestion(number=told[found.place].number), context)


def _option(place: int, menu: Menu, context: Context) -> Answer | None:
    if place >= len(menu.options):
        return None
    chosen = choices.Choice(menu.options[place][0])
    return choices.answer(chosen, context) if chosen.id.startswith((choices.ENTRY, choices.INTENT)) else None


def _product(found: Pointed, context: Context) -> Answer | None:
    shown = mentions.last(context.session, context.profile.id, context.now)
    places = [found.place] if found.beside is None else [found.place, found.beside]
    if not shown or max(places) >= len(shown) or (found.is_this and len(shown) > 1):
        return None
    ids = [shown[place] for place in places]
    return _told(ids[0], context) if len(ids) == 1 else _compared(ids, context)


def _told(external_id: str, context: Context) -> Answer:
    for product in catalogue.described(context.session, [external_id]):
        return in_parts(goods.told([product], context, about=product.description))
    return Answer(reply=Text(texts.GONE_MEANWHILE))


def _compared(ids: Sequence[str], context: Context) -> Answer | None:
    products = catalogue.described(context.session, ids)
    if len(products) < len(ids):
        return Answer(reply=Text(texts.GONE_MEANWHILE))
    return in_parts(goods.beside(products, context))
