"""What a dialogue is about: the product they named last, or the one that was shown to them last."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.rules.talk.products import is_an_activity
from bot.store.shop import catalogue
from bot.store.shop.catalogue import Product
from bot.store.shop.orders import newest
from bot.store.talk import dialogue, mentions
from handlers.chat.speaking import Context

MOST = 3  # products one name may mean; more is no subject


@dataclass(frozen=True, slots=True)
class Subject:
    """`words`: how they call it."""

    words: str
    products: Sequence[Product]


def of(context: Context) -> Subject | None:
    if not context.profile.id:
        return None
    session, customer_id, now = context.session, context.profile.id, context.now
    for text in dialogue.written_before(session, customer_id, context.message_id, now):
        if found := named(text, context):
            return found
    shown = mentions.last(session, customer_id, now)
    products = catalogue.described(session, shown) if len(shown) == 1 else []
    return Subject(products[0].name.partition(" ")[0], products) if products else None


def named(text: str, context: Context) -> Subject | None:
    """Where they named one thing, be it in two words: 四时礼盒."""
    slots = context.services.understanding.products_in(text)
    if not slots or (len(slots) > 1 and len({slot.value for slot in slots} - {""}) != 1):
        return None
    ids = next(((slot.value,) for slot in slots if slot.value), slots[0].choices)
    products = catalogue.described(context.session, ids) if 0 < len(ids) <= MOST else []
    if products and all(is_an_activity(slots[0].text, one.name) for one in products):
        return None
    return Subject("".join(slot.text for slot in slots), products) if products else None


def bought(context: Context) -> Subject | None:
    """What stands in their newest order and is still sold."""
    for order in newest(context.session, context.profile.id, most=1):
        names = [line.product for line in order.lines]
        if products := catalogue.called(context.session, names[:MOST]):
            return Subject("".join(names), products)
    return None
