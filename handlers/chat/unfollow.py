"""They left, or closed their WeChat account: what we know of them is forgotten, as the platform demands."""

from bot.store.people import follow_history, forgetting
from bot.store.programs import outbox
from bot.values.incoming import AuthorizationCancelled, Incoming, Unfollow
from bot.values.profile import Profile
from bot.values.reply import Silence
from handlers.chat.speaking import Answer, Context


def recognise(incoming: Unfollow | AuthorizationCancelled, _profile: Profile) -> Incoming:
    return incoming


def answer(_found: Incoming, context: Context) -> Answer:
    salt = context.services.config.server.secret_key.get_secret_value()
    if context.profile.id:
        follow_history.left(context.session, context.profile.id, context.now)
    outbox.record(context.session, "customer.unfollowed", context.profile.id, None, context.now)
    forgetting.forget(context.session, context.profile.id, salt, context.now)
    return Answer(reply=Silence())
