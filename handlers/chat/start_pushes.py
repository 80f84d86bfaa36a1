"""They want pushes again, or ask for them: from now on it is on record that they asked."""

from dataclasses import dataclass

from bot.rules.talk import texts
from bot.rules.talk.wishes import starts_pushes
from bot.store.people import consents, own_data
from bot.values.incoming import MenuClick
from bot.values.incoming import Text as Said
from bot.values.profile import Profile
from bot.values.reply import Text
from handlers.chat.speaking import Answer, Context

MENU_KEYS = frozenset({"START", "START_PUSHES"})


@dataclass(frozen=True, slots=True)
class Start:
    pass


def recognise(incoming: Said | MenuClick, _profile: Profile) -> Start | None:
    match incoming:
        case Said() if starts_pushes(incoming.content):
            return Start()
        case MenuClick(key=key) if key.upper() in MENU_KEYS:
            return Start()
        case _:
            return None


def answer(_found: Start, context: Context) -> Answer:
    profile = context.profile
    consents.start_pushes(context.session, profile.id, context.now)
    asked_before = profile.wants_pushes and profile.asked_for_pushes_at is not None
    if profile.id and not asked_before:
        own_data.done_at_once(context.session, profile.id, "pushes_on", context.now)
    return Answer(reply=Text(texts.STARTED_ALREADY if asked_before else texts.STARTED))
