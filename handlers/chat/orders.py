"""Their orders: which one is meant, where it is."""

from collections.abc import Sequence
from zoneinfo import ZoneInfo

from bot.rules.talk import texts
from bot.rules.talk.products import best_named
from bot.rules.talk.shop_words import OrderQuestion, order_question
from bot.store.shop import orders
from bot.store.shop.orders import Order
from bot.values.incoming import Incoming, MenuClick
from bot.values.incoming import Text as Said
from bot.values.profile import Profile
from bot.values.reply import Text
from handlers.chat import knowledge
from handlers.chat.speaking import Answer, Context

MENU_KEYS = frozenset({"MY_ORDERS", "ORDERS"})
MOST_LISTED = 5


def recognise(incoming: Incoming, _profile: Profile) -> OrderQuestion | None:
    match incoming:
        case Said():
            return order_question(incoming.content)
        case MenuClick(key=key) if key.upper() in MENU_KEYS:
            return OrderQuestion()
        case _:
            return None


def answer(found: OrderQuestion, context: Context) -> Answer:
    if found.number:
        return Answer(reply=Text(_numbered(found.number, context)))
    mine = orders.newest(context.session, context.profile.id)
    if not mine:
        return knowledge.found_answer(context.incoming.text, context) or Answer(reply=Text(texts.NO_ORDERS))
    return Answer(reply=Text(_told_apart(found.words, mine, context.services.config.push.zone)))


def _numbered(number: str, context: Context) -> str:
    order = orders.find_numbered(context.session, context.profile.id, number)
    if order is None:
        return texts.NO_SUCH_ORDER.format(number=number)
    return texts.ONE_ORDER.format(orders=_in_words([order], context.services.config.push.zone))


def _told_apart(words: str, mine: Sequence[Order], zone: ZoneInfo) -> str:
    meant = best_named(words, mine, lambda order: [line.product for line in order.lines]) if words else []
    shown = list(meant or mine)[:MOST_LISTED]
    listed = _in_words(shown, zone)
    if len(shown) == 1 and (meant or not words):
        return texts.ONE_ORDER.format(orders=listed)
    if meant:
        return texts.MATCHING_ORDERS.format(words=words, count=len(meant), orders=listed)
    if len(words) > 1:
        return texts.NO_PRODUCT_IN_ORDERS.format(words=words, orders=listed)
    return texts.NEWEST_ORDERS.format(count=len(shown), orders=listed)


def _in_words(shown: Sequence[Order], zone: ZoneInfo) -> str:
    return "\n\n".join(texts.order_in_words(_words_for(order, zone)) for order in shown)


def _words_for(order: Order, zone: ZoneInfo) -> texts.OrderInWords:
    products = [line.product + (f" ×{line.quantity}" if line.quantity > 1 else "") for line in order.lines]
    return texts.OrderInWords(
        number=order.number,
        ordered_at=order.ordered_at.astimezone(zone),
        products=products,
        pieces=sum(line.quantity for line in order.lines),
        amount=order.amount,
        status=order.status,
        parcels=[f"{parcel.carrier} {parcel.tracking_no}".strip() for parcel in order.parcels],
    )
