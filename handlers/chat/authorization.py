"""They changed or withdrew what a web page of ours may read: what it told us goes; they still follow."""

from bot.store.people import forgetting
from bot.values.incoming import Incoming, UserInfoModified
from bot.values.profile import Profile
from bot.values.reply import Silence
from handlers.chat.speaking import Answer, Context


def recognise(incoming: Incoming, _profile: Profile) -> UserInfoModified | None:
    return incoming if isinstance(incoming, UserInfoModified) else None


def answer(_found: UserInfoModified, context: Context) -> Answer:
    forgetting.forget_authorised(context.session, context.profile.id)
    return Answer(reply=Silence())
