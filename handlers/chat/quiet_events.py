"""Events nobody expects a word to: a page opened, a place reported, pictures announced."""

from bot.values.incoming import (
    Incoming,
    LocationReport,
    MenuLocation,
    MenuMiniProgram,
    MenuPictures,
    MenuView,
)
from bot.values.profile import Profile
from bot.values.reply import Silence
from handlers.chat.speaking import Answer, Context

QUIET = (
    MenuView,
    MenuMiniProgram,
    MenuPictures,
    MenuLocation,
    LocationReport,
)


def recognise(incoming: Incoming, _profile: Profile) -> Incoming | None:
    return incoming if isinstance(incoming, QUIET) else None


def answer(_found: Incoming, _context: Context) -> Answer:
    return Answer(reply=Silence())
