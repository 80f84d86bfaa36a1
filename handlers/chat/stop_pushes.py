"""They want no more pushes: at once, without a question back. Heard even while a person serves."""

from dataclasses import dataclass

from bot.rules.talk import texts
from bot.rules.talk.wishes import stops_pushes
from bot.store.people import consents, own_data
from bot.values.incoming import MenuClick
from bot.values.incoming import Text as Said
from bot.values.profile import Profile
from bot.values.reply import Text
from handlers.chat.speaking import Answer, Context

MENU_KEYS = frozenset({"STOP", "STOP_PUSHES"})


@dataclass(frozen=True, slots=True)
class Stop:
    pass


def recognise(incoming: Said | MenuClick, _profile: Profile) -> Stop | None:
    match incoming:
        case Said() if stops_pushes(incoming.content):
            return Stop()
        case MenuClick(key=key) if key.upper() in MENU_KEYS:
            return Stop()
        case _:
            return None


def answer(_found: Stop, context: Context) -> Answer:
    consents.stop_pushes(context.session, context.profile.id, context.now)
    if context.profile.id and context.profile.wants_pushes:
        own_data.done_at_once(context.session, context.profile.id, "pushes_off", context.now)
    return Answer(reply=Text(texts.STOPPED if context.profile.wants_pushes else texts.STOPPED_ALREADY))
