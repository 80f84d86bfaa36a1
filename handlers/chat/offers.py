"""The offer that runs: what there is to choose, and the one choice, remembered as what they like."""

from collections.abc import Sequence
from datetime import timedelta

from bot.rules.talk import offers as words
from bot.rules.talk.offers import Wish, wish_behind_an_offer, wish_of
from bot.rules.talk.products import best_named
from bot.rules.talk.wording import compact
from bot.store.loyalty import offers
from bot.store.talk import dialogue
from bot.values.incoming import MenuClick
from bot.values.incoming import Text as Said
from bot.values.offers import Chosen, Open
from bot.values.profile import Profile
from bot.values.reply import Text
from handlers.chat import own_words
from handlers.chat.speaking import Answer, Context

HANDLER = "offers"
MENU_KEYS = frozenset({"OFFERS", "CHOOSE"})


def recognise(incoming: Said | MenuClick, _profile: Profile) -> Wish | None:
    match incoming:
        case Said():
            return wish_of(incoming.content) or wish_behind_an_offer(incoming.content)
        case MenuClick(key=key) if key.upper() in MENU_KEYS:
            return Wish()
        case _:
            return None


def answer(found: Wish, context: Context) -> Answer | None:
    """None where nothing is on offer: knowledge says what the shop's prices are like; and a bare letter means something else."""
    shown = _shown(context) if found.leans else words.LETTERS
    if shown is None:
        return None
    today = context.today
    offer = offers.open_to(context.session, context.profile.id, today, context.now)
    if offer is None:
        return None
    before = offers.chosen(context.session, context.profile.id, offer.id)
    if found.changes and before is None:
        return None
    if not found.what and not found.name:
        return Answer(reply=Text(_already(before) if before else words.menu(offer)))
    letter = words.letter_of(found.what, shown) if found.what else _named(found, offer)
    if letter not in {option.id for option in offer.options}:
        return None
    return Answer(reply=Text(_already(before) if before else _choose(offer, letter, context)))


def _named(found: Wish, offer: Open) -> str:
    """The letter of the one option that is called so; empty when none or several are."""
    if found.is_all:
        meant = [option for option in offer.options if found.name in compact(option.name)]
    else:
        meant = best_named(found.name, offer.options, lambda option: [option.name])
    return meant[0].id if len(meant) == 1 and len(found.name) > 1 else ""


def _shown(context: Context) -> Sequence[str] | None:
    """The letters of what was shown last, in its order; None where it was no offer.

    The second one, or 2, is of that: a choice is taken once, and never by a misunderstanding.
    """
    last = dialogue.last_said(context.session, context.profile.id, context.now)
    return words.letters_shown(last.text) or (words.LETTERS if last.handler == HANDLER else None)


def _choose(offer: Open, letter: str, context: Context) -> str:
    done = offers.choose(context.session, context.profile.id, offer, letter, context.now)
    if done == "before":
        before = offers.chosen(context.session, context.profile.id, offer.id)
        return _already(before) if before else words.menu(offer)
    if done == "gone":
        name = next(option.name for option in offer.options if option.id == letter)
        left = [option for option in offer.options if option.stock != 0 and option.id != letter]
        return words.GONE.format(name=name, lines=words.lines_of(left)) if left else words.ALL_GONE
    _remember(done, context)
    until = context.now + timedelta(days=done.option.valid_days)
    return words.taken(done, until.astimezone(context.services.config.push.zone))


def _remember(done: Chosen, context: Context) -> None:
    """Their choice says what they like: by their own word, and theirs to correct."""
    own_words.learn(words.FACT, done.option.kind, context, {"offer": done.offer_id})


def _already(before: Chosen) -> str:
    return words.ALREADY.format(name=before.option.name, code=before.code)
