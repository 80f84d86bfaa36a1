"""A person serves: the bot is silent, the message waits for them in the log. The customer may call the bot back."""

from dataclasses import dataclass

from bot.rules import texts
from bot.rules.person_words import person_wish, returns_to_the_bot
from bot.store import handovers
from bot.values.incoming import (
    Image,
    Incoming,
    Link,
    Location,
    MiniProgramPage,
    Video,
    Voice,
)
from bot.values.incoming import (
    Text as Said,
)
from bot.values.profile import Profile
from bot.values.reply import Silence, Text
from handlers.chat.human import BOT_SILENT
from handlers.chat.speaking import Answer, Context

SPOKEN = (Said, Image, Voice, Video, Location, Link, MiniProgramPage)


@dataclass(frozen=True, slots=True)
class ForThePerson:
    returns: bool


def recognise(incoming: Incoming, profile: Profile) -> ForThePerson | None:
    """Judged by the instant the customer wrote, as `recognise` is told no other."""
    if not isinstance(incoming, SPOKEN) or not profile.is_with_a_person(incoming.sent_at):
        return None
    wish = person_wish(incoming.text)
    if wish is not None and wish.complains:
        return None  # heard by `human`: the complaint has to be on record
    return ForThePerson(returns=isinstance(incoming, Said) and returns_to_the_bot(incoming.content))


def answer(found: ForThePerson, context: Context) -> Answer:
    if found.returns:
        handovers.back_to_bot(context.session, context.profile.id, context.now)
        return Answer(reply=Text(texts.BACK_TO_BOT))
    handovers.go_on(context.session, context.profile.id, context.now + BOT_SILENT)
    return Answer(reply=Silence())
