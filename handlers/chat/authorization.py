"""They changed or withdrew what a web page of ours may read: what it told us goes; they still follow."""

from bot.store.people import forgetting
from bot.values.incoming import UserInfoModified
from bot.values.profile import Profile
from bot.values.reply import Silence
from handlers.chat.speaking import Answer, Context


def recognise(incoming: UserInfoModified, _profile: Profile) -> UserInfoModified:
    return incoming


def answer(_found: UserInfoModified, context: Context) -> Answer:
    forgetting.forget_authorised(context.session, context.profile.id)
    return Answer(reply=Silence())
