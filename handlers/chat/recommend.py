"""What else they may like: from their purchases, from people like them, or what goes with one thing."""

from collections.abc import Sequence

from bot import recommending
from bot.rules.talk import recommend_words as words
from bot.rules.talk.products import best_named
from bot.rules.talk.recommend_words import Wish, wish_of
from bot.store.people import own_data
from bot.store.shop import baskets, catalogue
from bot.store.talk import mentions
from bot.values.incoming import MenuClick, Voice
from bot.values.incoming import Text as Said
from bot.values.profile import Profile
from bot.values.recommending import Recommended
from bot.values.reply import Text
from handlers.chat import knowledge
from handlers.chat.speaking import Answer, Context

MENU_KEYS = frozenset({"RECOMMEND", "FOR_ME"})


def recognise(incoming: Said | Voice | MenuClick, _profile: Profile) -> Wish | None:
    match incoming:
        case Said() | Voice():
            return wish_of(incoming.text)
        case MenuClick(key=key) if key.upper() in MENU_KEYS:
            return Wish()
        case _:
            return None


def answer(found: Wish, context: Context) -> Answer | None:
    """Somebody's own words on the question go first: a shop that wrote what suits beginners knows better."""
    if found.is_a_category and not catalogue.is_category(context.session, found.words):
        return None
    written = knowledge.found_answer(context.incoming.text, context) if found.words or found.beside else None
    return written or Answer(
        reply=Text(_beside(found.beside, context) if found.beside else _for_them(found.words, context))
    )


def of_their_kind(text: str, context: Context) -> Answer | None:
    """None where the shop has nothing of the kind that the words name. One sign must end a name: 下单 is no 单丛."""
    for name in words.kinds_of(text):
        there = baskets.to_be_had_in(context.session, name)
        if any(len(name) > 1 or one.name.partition(" ")[0].endswith(name) for one in there):
            return Answer(reply=Text(_for_them(name, context)))
    return None


def _for_them(kind: str, context: Context) -> str:
    found = recommending.for_customer(
        context.session,
        context.services.recommender,
        context.profile.id,
        kind,
        context.now,
        personal=own_data.wants_personal(context.session, context.profile.id),
    )
    if not found:
        return words.NOTHING_OF_KIND.format(words=kind) if kind else words.NOTHING_YET
    _remember(found, context)
    opening = words.ASKED_FOR if kind else words.ASKED
    return words.in_words(found, opening.format(words=kind, count=len(found)))


def _beside(name: str, context: Context) -> str:
    meant = best_named(name, baskets.to_be_had_in(context.session, name), lambda one: [one.name])
    if not meant:
        return _for_them(name, context)
    found = recommending.beside(
        context.session, context.services.recommender, context.profile.id, meant[0].id
    )
    if not found:
        return words.NOTHING_BESIDE.format(name=meant[0].name)
    _remember(found, context)
    return words.in_words(found, words.BESIDE.format(name=meant[0].name))


def _remember(found: Sequence[Recommended], context: Context) -> None:
    """So that they may say the second one."""
    ids = [one.external_id for one in found]
    mentions.note(context.session, context.profile.id, ids, context.now)
