"""They follow, for the first time or again: a warm word, who answers here, how to stop pushes, how to reach a person."""

from dataclasses import dataclass

from bot.rules import texts
from bot.store import following
from bot.values.incoming import Follow, Incoming
from bot.values.profile import Profile
from bot.values.reply import Text
from handlers.chat.speaking import Answer, Context

FROM_A_CODE = "scan"
BY_THEMSELVES = "follow"


@dataclass(frozen=True, slots=True)
class Followed:
    scene: str


def recognise(incoming: Incoming, _profile: Profile) -> Followed | None:
    return Followed(incoming.scene) if isinstance(incoming, Follow) else None


def answer(found: Followed, context: Context) -> Answer:
    source = FROM_A_CODE if found.scene else BY_THEMSELVES
    following.followed(context.session, context.profile.id, source=source, scene=found.scene, now=context.now)
    return Answer(reply=Text(texts.addressed(_greeting(context), context.profile.name)))


def _greeting(context: Context) -> str:
    profile = context.profile
    if not profile.wants_pushes:
        return texts.WELCOME_WITHOUT_PUSHES
    was_here = profile.followed_at is not None and profile.followed_at < context.now
    return texts.WELCOME_BACK if was_here else texts.WELCOME
