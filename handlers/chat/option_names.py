"""Right behind an offer they say what one of its options is called and no more: their choice, where nobody else knows the words."""

from bot.rules.talk.offers import Wish, option_named
from bot.values.incoming import Text as Said
from bot.values.incoming import Voice
from bot.values.profile import Profile
from handlers.chat import offers
from handlers.chat.speaking import Answer, Context


def recognise(incoming: Said | Voice, _profile: Profile) -> Wish | None:
    return option_named(incoming.text)


def answer(found: Wish, context: Context) -> Answer | None:
    return offers.answer(found, context) if context.profile.id else None
