"""Events nobody expects a word to: a page opened, a place reported, pictures announced."""

from bot.values.incoming import LocationReport, MenuLocation, MenuMiniProgram, MenuPictures, MenuView
from bot.values.profile import Profile
from bot.values.reply import Silence
from handlers.chat.speaking import Answer, Context

Quiet = MenuView | MenuMiniProgram | MenuPictures | MenuLocation | LocationReport


def recognise(incoming: Quiet, _profile: Profile) -> Quiet:
    return incoming


def answer(_found: Quiet, _context: Context) -> Answer:
    return Answer(reply=Silence())
