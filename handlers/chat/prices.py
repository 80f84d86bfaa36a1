"""What something costs and what this customer may really have off it, told for what decides their purchases.

Every number stands in the shop's data or in what is theirs; what the customer says of prices and vouchers is never repeated.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from bot import recommending
from bot.insight.product_entries import first_sentence
from bot.rules.contents.templates import render
from bot.rules.people import facts as fact_rules
from bot.rules.talk import entitled_words as words
from bot.rules.talk.price_words import Asked, asked_of, is_of_another_thing
from bot.rules.talk.products import is_an_activity
from bot.rules.talk.wording import compact
from bot.rules.worth import membership as rules_of
from bot.store.loyalty import entitlements, vouchers
from bot.store.people import listeners
from bot.store.shop import catalogue
from bot.store.shop.catalogue import Product
from bot.values.incoming import Text as Said
from bot.values.incoming import Voice
from bot.values.profile import Profile
from bot.values.tone import Told
from bot.values.understood import Slot, Understood
from handlers.chat import goods, knowledge, subject
from handlers.chat.speaking import Answer, Context, in_parts

SURE = 0.6  # confidence that it is about a price, where no product is named
ABOUT_MONEY = frozenset({"price", "coupons"})
MOST_PRODUCTS = 5
BARE = 6  # characters: 这个多少钱 and no more
SHORT = 8  # 太贵了，能少点吗: of what was spoken of
OF_SEVERAL = 2  # of each, where several are named


@dataclass(frozen=True, slots=True)
class Question:
    text: str
    asked: Asked


def recognise(incoming: Said | Voice, _profile: Profile) -> Question | None:
    asked = asked_of(incoming.text)
    return Question(incoming.text, asked) if asked else None


def answer(found: Question, context: Context) -> Answer | None:
    """None where nothing is known by that name, or no price is meant: the next ones may know what is."""
    if not context.services.understanding.is_learned:
        return None
    understood = context.services.understanding.of(found.text)
    products = named(understood, context)
    is_sure = understood.intent in ABOUT_MONEY and understood.confidence >= SURE
    if found.asked == "price":
        if is_of_another_thing(found.text, understood.slots_of("product")) and (
            written := knowledge.found_answer(found.text, context)
        ):
            return written
        if done := _of_what_is_done(found.text, understood, products, context):
            return done
        return priced(products, context) if products else _asked_back(found.text, context, is_sure=is_sure)
    if not products and found.asked == "bargain" and len(compact(found.text)) <= SHORT:
        about = subject.of(context)
        products = list(about.products) if about else products
    return _bargained(found, products, context) if is_sure or products else None


def _of_what_is_done(
    text: str, understood: Understood, products: Sequence[Product], context: Context
) -> Answer | None:
    """磨刀多少钱: what somebody wrote about doing it, beside the thing it is done with, for either may be meant."""
    said = [slot.text for slot in understood.slots_of("product")]
    if len(said) != 1 or not products or not all(is_an_activity(said[0], one.name) for one in products):
        return None
    if written := knowledge.found_answer(text, context):
        return written
    near = next(
        (one.entry for one in context.services.knowledge.ranked(text) if said[0] in one.entry.question), None
    )
    if near is None:
        return None
    of_it = render(near.answer, context.profile)
    behind = words.OF_DOING_IT.format(question=near.question, answer=of_it)
    return in_parts(goods.told(products, context, behind=behind), near.id)


def _asked_back(text: str, context: Context, *, is_sure: bool) -> Answer | None:
    """Which one they mean, where that is all they left open; a longer text names something the shop does not have."""
    if not is_sure or len(compact(text)) > BARE:
        return None
    if about := subject.of(context):
        return priced(about.products, context)
    return knowledge.found_answer(text, context) or in_parts(Told(facts=words.WHICH))


def priced(products: Sequence[Product], context: Context) -> Answer:
    driver = _driver(context)
    extra = _for_their_sake(products, driver, context)
    if driver == "price":
        price = products[0].price if len(products) == 1 else None
        extra = _entitled(context, driver, price=price, most=words.MOST_BESIDE)
    return in_parts(goods.told(products, context, behind=extra))


def _bargained(found: Question, products: Sequence[Product], context: Context) -> Answer:
    driver = _driver(context)
    off = _entitled(context, driver, price=products[0].price if len(products) == 1 else None)
    if found.asked == "voucher":
        has = vouchers.of(context.session, context.profile.id, context.now)
        off = "\n".join(filter(None, (words.VOUCHERS_ONLY if has else words.NO_VOUCHERS, off)))
    if products:
        behind = [_for_their_sake(products, driver, context), words.FIXED, off or words.NOTHING]
        told = goods.told(products, context, behind="\n".join(filter(None, behind)))
        return in_parts(replace(told, wants_person=True))
    written = knowledge.found_answer(found.text, context) if found.asked == "bargain" else None
    if written is not None and written.told:
        rule = written.told[0]
        return in_parts(replace(rule, facts="\n".join(filter(None, (rule.facts, off)))), written.source_id)
    if found.asked == "voucher":
        return in_parts(Told(facts=off, wants_person=True))
    facts = f"{words.FIXED}\n{off or words.NOTHING}"
    return in_parts(Told(facts=facts, closing=words.WHICH, wants_person=True))


def _driver(context: Context) -> str:
    listener = listeners.of(context.session, context.profile.id)
    return listener.driver if listener.wants_personal else ""


def _entitled(context: Context, driver: str, **narrowed: object) -> str:
    zone, membership = context.services.config.push.zone, context.services.config.membership
    rules = rules_of.load(membership.rules) if membership.source == "orders" else None
    today = context.now.astimezone(zone).date()
    theirs = entitlements.of(context.session, context.profile, rules, today, context.now)
    return words.block(words.lines(theirs, driver, zone, **narrowed), driver)  # type: ignore[arg-type]


def _for_their_sake(products: Sequence[Product], driver: str, context: Context) -> str:
    """Of one product: what it does and its guarantee; or that it is new, and what goes with it."""
    if len(products) != 1:
        return ""
    if driver == "function":
        return "\n".join(filter(None, (first_sentence(products[0].description), products[0].guarantee)))
    return _new_and_beside(products[0], context) if driver == "trend" else ""


def _new_and_beside(product: Product, context: Context) -> str:
    said = []
    rules = fact_rules.load(context.services.config.facts.rules).inference
    since = catalogue.first_sold(context.session, product.external_id)
    if since is not None and context.now - since <= timedelta(days=rules.novel_days):
        at = since.astimezone(context.services.config.push.zone)
        said.append(words.NEW.format(month=at.month, day=at.day))
    id_ = catalogue.id_of(context.session, product.external_id)
    beside = recommending.beside(context.session, context.services.recommender, context.profile.id, id_ or 0)
    if beside:
        names = "、".join(f"{one.name}（¥{one.price:.2f}）" for one in beside[:OF_SEVERAL])
        said.append(words.GOES_WITH.format(names=names))
    return "\n".join(said)


def named(understood: Understood, context: Context) -> list[Product]:
    """The products they name: all that one name may mean, or the likeliest of several names."""
    slots = understood.slots_of("product")
    most = MOST_PRODUCTS if len(slots) == 1 else OF_SEVERAL
    ids = dict.fromkeys(one for slot in slots for one in _choices(slot)[:most])
    return catalogue.described(context.session, list(ids)[:MOST_PRODUCTS])


def _choices(slot: Slot) -> tuple[str, ...]:
    return (slot.value,) if slot.value else slot.choices
