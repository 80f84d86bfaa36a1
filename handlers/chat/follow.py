"""They follow, for the first time or again: a warm word, who answers here, how to stop pushes, how to reach a person."""

from dataclasses import dataclass

from bot.rules.hashing import openid_hash
from bot.rules.talk import texts
from bot.rules.talk.binding_words import code_in_scene
from bot.store.people import following
from bot.values.incoming import Follow
from bot.values.profile import Profile
from bot.values.reply import Text
from handlers.chat import binding
from handlers.chat.speaking import Answer, Context

FROM_A_CODE = "scan"
BY_THEMSELVES = "follow"


@dataclass(frozen=True, slots=True)
class Followed:
    scene: str


def recognise(incoming: Follow, _profile: Profile) -> Followed:
    return Followed(incoming.scene)


def answer(found: Followed, context: Context) -> Answer:
    source, scene = FROM_A_CODE if found.scene else BY_THEMSELVES, found.scene
    if code_in_scene(scene):
        scene = ""  # a code for one person is no place that brings people
    salt = context.services.config.server.secret_key.get_secret_value()
    who = openid_hash(context.profile.openid, salt)
    following.followed(
        context.session, context.profile.id, source=source, scene=scene, who=who, now=context.now
    )
    greeting = texts.addressed(_greeting(context), context.profile.name)
    bound = binding.bound_by_scene(found.scene, context)
    return Answer(reply=Text(f"{greeting}\n\n{bound}" if bound else greeting))


def _greeting(context: Context) -> str:
    profile = context.profile
    if not profile.wants_pushes:
        return texts.WELCOME_WITHOUT_PUSHES
    was_here = profile.followed_at is not None and profile.followed_at < context.now
    return texts.WELCOME_BACK if was_here else texts.WELCOME
