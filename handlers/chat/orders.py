"""Their orders: which one is meant, where it is."""

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from bot.rules.talk import texts
from bot.rules.talk.products import best_named, of_that_kind
from bot.rules.talk.shop_words import OrderQuestion, order_question
from bot.rules.talk.wording import compact
from bot.store.shop import orders
from bot.store.shop.orders import Order, Parcel
from bot.store.talk import dialogue
from bot.values.incoming import MenuClick
from bot.values.incoming import Text as Said
from bot.values.profile import Profile
from bot.values.reply import Text
from bot.values.tone import Told
from handlers.chat import knowledge
from handlers.chat.speaking import Answer, Context, in_parts

MENU_KEYS = frozenset({"MY_ORDERS", "ORDERS"})
LOOKED_BACK = 2  # things said
MOST_LISTED = 5
LEAST_NAMED = 2  # characters of a product's name; one alone (那把壶) is looked for in their orders
THEIRS = ("我的订单", "我的快递", "我的包裹", "我的货", "我买的", "我下的单")
UNDER_WAY = frozenset({"placed", "paid", "shipped"})


def recognise(incoming: Said | MenuClick, _profile: Profile) -> OrderQuestion | None:
    match incoming:
        case Said():
            return order_question(incoming.content)
        case MenuClick(key=key) if key.upper() in MENU_KEYS:
            return OrderQuestion()
        case _:
            return None


def answer(found: OrderQuestion, context: Context) -> Answer | None:
    """None where they ask for a refund and none was made: then knowledge says how long one takes."""
    if found.number:
        return _numbered(found.number, context)
    mine = orders.newest(context.session, context.profile.id)
    if found.of_refund:
        mine = [order for order in mine if order.status == "refunded"]
        words = found.words if len(mine) > 1 else ""
        return in_parts(_told_apart(words, mine, context)) if mine else None
    if not mine:
        explained = None if _is_of_theirs(context) else knowledge.found_answer(context.incoming.text, context)
        return explained or Answer(reply=Text(texts.NO_ORDERS))
    return in_parts(_told_apart(_product_words(found.words, context), mine, context))


def _is_of_theirs(context: Context) -> bool:
    """They mean an order they believe to have: that none was found answers it, not how orders are looked up."""
    return any(words in context.incoming.text for words in THEIRS)


def _product_words(words: str, context: Context) -> str:
    """What is left of a question is no product where the shop, as far as is known, has none by that name."""
    understanding = context.services.understanding
    if len(words) < LEAST_NAMED or not understanding.is_learned:
        return words
    return words if understanding.products_in(context.incoming.text) else ""


def _numbered(number: str, context: Context) -> Answer:
    order = orders.find_numbered(context.session, context.profile.id, number)
    if order is None:
        return Answer(reply=Text(texts.NO_SUCH_ORDER.format(number=number)))
    return in_parts(_told([order], context, opening=texts.ONE_ORDER))


def _told_apart(words: str, mine: Sequence[Order], context: Context) -> Told:
    meant = (best_named(words, mine, _products) or of_that_kind(words, mine, _products)) if words else []
    shown = list(meant or mine)[:MOST_LISTED]
    if len(shown) == 1 and (meant or not words):
        return _told(shown, context, opening=texts.ONE_ORDER)
    if meant:
        return _told(shown, context, opening=texts.MATCHING_ORDERS.format(words=words, count=len(meant)))
    if len(words) > 1:
        missing = texts.NO_PRODUCT_IN_ORDERS.format(words=words)
        return _told(shown, context, before=missing, closing=texts.BY_NUMBER)
    if _is_told_already(shown, context):
        return _told_again(shown, context)
    opening = texts.NEWEST_ORDERS.format(count=len(shown))
    return _told(shown, context, opening=opening, closing=texts.WHICH_ORDER)


def _is_told_already(shown: Sequence[Order], context: Context) -> bool:
    """The same orders a moment ago, and now they ask in other words: 催一下, 今天能发吗."""
    lately = dialogue.lately_said(context.session, context.profile.id, context.now, LOOKED_BACK)
    told = any(all(order.number in one.text for order in shown) for one in lately)
    if not told or not isinstance(context.incoming, Said):
        return False
    before = dialogue.written_before(context.session, context.profile.id, context.message_id, context.now)
    return compact(context.incoming.content) not in map(compact, before)


def _told_again(shown: Sequence[Order], context: Context) -> Told:
    """Shortly, and who can do something about it."""
    under_way = [order for order in shown if order.status in UNDER_WAY] or list(shown[:1])
    zone = context.services.config.push.zone
    lines = [texts.order_shortly(_words_for(order, zone)) for order in under_way]
    return Told(opening=texts.TOLD_ALREADY, facts="\n".join(lines), closing=texts.TO_PRESS)


def _products(order: Order) -> list[str]:
    return [line.product for line in order.lines]


def _told(
    shown: Sequence[Order], context: Context, *, before: str = "", opening: str = "", closing: str = ""
) -> Told:
    """`before` is no courtesy: it is said to everybody."""
    zone = context.services.config.push.zone
    listed = [_words_for(order, zone) for order in shown]
    under_way = [order.status in UNDER_WAY for order in shown]
    facts = [
        texts.order_in_words(words) if is_under_way or not any(under_way) else texts.order_shortly(words)
        for words, is_under_way in zip(listed, under_way, strict=True)
    ]
    return Told(
        opening=opening,
        facts="\n\n".join(filter(None, (before, *facts))),
        exact="\n\n".join(filter(None, (before, *map(texts.order_exactly, listed)))),
        closing=closing,
        proof=texts.FROM_ORDERS.format(at=f"{context.now.astimezone(zone):%Y-%m-%d %H:%M}"),
    )


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
        paid_at=order.paid_at.astimezone(zone) if order.paid_at else None,
        moves=[_moves(parcel, zone) for parcel in order.parcels],
    )


def _moves(parcel: Parcel, zone: ZoneInfo) -> list[tuple[str, datetime]]:
    steps = (("寄出", parcel.shipped_at), ("签收", parcel.delivered_at))
    return [(what, at.astimezone(zone)) for what, at in steps if at]
