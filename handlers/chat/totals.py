"""What several things cost together: 龙井和盖碗一共多少钱, 三罐龙井多少钱, 两个一起多少钱. Added up from the shop's prices of this moment."""

from collections.abc import Sequence

from bot.rules.talk import texts
from bot.rules.talk import total_words as words
from bot.rules.talk.mention_words import pointed
from bot.rules.talk.total_words import Line, Sum, sum_of
from bot.store.shop import catalogue
from bot.store.shop.catalogue import Product
from bot.store.talk import dialogue, mentions
from bot.values.incoming import Text as Said
from bot.values.incoming import Voice
from bot.values.profile import Profile
from bot.values.reply import Text
from bot.values.tone import Told
from bot.values.understood import Slot
from handlers.chat.speaking import Answer, Context, in_parts

HANDLER = "totals"
MOST_NAMED = 6  # things of one sum


def recognise(incoming: Said | Voice, _profile: Profile) -> Sum | None:
    return sum_of(incoming.text)


def answer(found: Sum, context: Context) -> Answer | None:
    """None where one name may be of several things: who tells prices shows them all."""
    understood = context.services.understanding.of(found.text)
    named = understood.slots_of("product")
    quantities = understood.slots_of("quantity")
    if found.change in ("adds", "drops"):
        return _changed(named, quantities, found, context)
    if named:
        return _of_named(named, quantities, found, context)
    if not quantities and not found.count and (wanted := _wanted_last(context)):
        return wanted
    products = _of_the_talk(found, context)
    count = words.pieces(quantities[0]) if quantities else 0
    if len(products) == 1 and count > 1:
        return _told([(products[0], count)], context)
    each = words.pieces_of_each(quantities, found.text)
    if len(products) > 1 and (each or count in {0, len(products)}) and not found.change:
        return _told([(one, each or 1) for one in products], context)
    is_open = (not quantities or count > 1) and not found.change
    return in_parts(Told(facts=words.WHICH)) if is_open else None


def _wanted_last(context: Context) -> Answer | None:
    """来两罐红茶, and then 一共多少: of what they said they want, and how many, not of all that was spoken of."""
    session, customer_id = context.session, context.profile.id
    for text in dialogue.written_before(session, customer_id, context.message_id, context.now, 1):
        understood = context.services.understanding.of(text)
        named, quantities = understood.slots_of("product"), understood.slots_of("quantity")
        return _of_named(named, quantities, Sum(text), context) if named and quantities else None
    return None


def _changed(
    named: Sequence[Slot], quantities: Sequence[Slot], found: Sum, context: Context
) -> Answer | None:
    """再加一个茶巾, 不要公道杯了, behind a sum: the sum anew. Behind anything else nothing was ordered that could be left out."""
    last = dialogue.last_said(context.session, context.profile.id, context.now)
    counted = words.counted_in(last.text) if last.handler == HANDLER else {}
    before = {one.external_id: one for one in catalogue.called(context.session, list(counted))}
    if not named:
        return None
    if found.change == "drops":
        left = {id_: one for id_, one in before.items() if not any(id_ in slot.choices for slot in named)}
        if not left:
            return Answer(reply=Text(texts.addressed(texts.NEVER_MIND, context.profile.name)))
        return _told([(one, counted[one.name]) for one in left.values()], context)
    ids = [one for one in map(_only, named) if one]
    if not before or len(ids) < len(named):
        return None
    sums = {one.external_id: counted[one.name] for one in before.values()}
    for id_, slot in zip(ids, named, strict=True):
        sums[id_] = sums.get(id_, 0) + words.pieces_of(slot, quantities, found.text)
    return _told([(one, sums[one.external_id]) for one in _described(list(sums), context)], context)


def _of_named(
    named: Sequence[Slot], quantities: Sequence[Slot], found: Sum, context: Context
) -> Answer | None:
    ids = [one for one in map(_only, named) if one]
    if len(ids) < len(named) or len(named) > MOST_NAMED:
        return None
    there = {one.external_id: one for one in catalogue.described(context.session, ids)}
    counted: dict[str, int] = {}
    for id_, slot in zip(ids, named, strict=True):
        counted[id_] = counted.get(id_, 0) + words.pieces_of(slot, quantities, found.text)
    if len(there) < len(counted) or sum(counted.values()) < 2:
        return None
    return _told([(there[id_], count) for id_, count in counted.items()], context)


def _of_the_talk(found: Sum, context: Context) -> list[Product]:
    """Of what was shown, else of what they asked about one after the other; what is not clear is left out."""
    shown = mentions.last(context.session, context.profile.id, context.now)
    both = pointed(found.text)
    if both is not None and both.beside is not None:
        places = [both.place, both.beside]
        return _described([shown[place] for place in places if place < len(shown)], context)
    if len(shown) > 1 and (found.are_first or found.count in {0, len(shown)}):
        return _described(shown[: found.count or None], context)
    asked = _asked_lately(context)
    wanted = asked[: found.count or None]
    is_clear = len(wanted) > 1 and len(wanted) == (found.count or len(asked))
    return _described(wanted if is_clear else shown if len(shown) == 1 else [], context)


def _asked_lately(context: Context) -> list[str]:
    """The products they named one after the other, the newest first."""
    texts = dialogue.written_before(context.session, context.profile.id, context.message_id, context.now)
    slots = (context.services.understanding.products_in(text) for text in texts)
    return list(dict.fromkeys(filter(None, (_only(slot) for found in slots for slot in found))))


def _described(ids: Sequence[str], context: Context) -> list[Product]:
    return catalogue.described(context.session, list(ids))


def _only(slot: Slot) -> str:
    """The one product it names."""
    return slot.value or (slot.choices[0] if len(slot.choices) == 1 else "")


def _told(counted: Sequence[tuple[Product, int]], context: Context) -> Answer:
    ids = [one.external_id for one, _ in counted]
    mentions.note(context.session, context.profile.id, ids, context.now)
    lines = [Line(name=one.name, price=one.price, count=count, stock=one.stock) for one, count in counted]
    return in_parts(Told(facts=words.told(lines), wants_person=any(one.stock < one.count for one in lines)))
