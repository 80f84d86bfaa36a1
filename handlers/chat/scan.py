"""A follower scanned a QR code of ours, or something else through the menu."""

from dataclasses import dataclass

from bot.rules.talk import texts
from bot.store.people import follow_history
from bot.values.incoming import MenuScan, Scan
from bot.values.profile import Profile
from bot.values.reply import Silence, Text
from handlers.chat.speaking import Answer, Context


@dataclass(frozen=True, slots=True)
class Scanned:
    sentence: str  # empty: the page that was scanned opens by itself


def recognise(incoming: Scan | MenuScan, _profile: Profile) -> Scanned:
    match incoming:
        case Scan():
            return Scanned(texts.SCANNED)
        case MenuScan(waits=True):
            return Scanned(texts.SCANNED_FROM_MENU)
        case MenuScan():
            return Scanned("")


def answer(found: Scanned, context: Context) -> Answer:
    if isinstance(context.incoming, Scan) and context.incoming.scene:
        follow_history.scanned(context.session, context.profile.id, context.incoming.scene, context.now)
    return Answer(reply=Text(found.sentence) if found.sentence else Silence())
