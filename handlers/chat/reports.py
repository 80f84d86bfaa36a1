"""What the platform reports: a mass send's end closes its deliveries, the rest is in the log and needs nothing."""

from bot.store.sending import mass_reports
from bot.values.incoming import Incoming, MassFinished, Report, Unknown
from bot.values.profile import Profile
from bot.values.reply import Silence
from handlers.chat.speaking import Answer, Context


def recognise(incoming: Incoming, _profile: Profile) -> Incoming | None:
    return incoming if isinstance(incoming, Report | Unknown) else None


def answer(found: Incoming, context: Context) -> Answer:
    if isinstance(found, MassFinished):
        mass_reports.finished(context.session, found, context.now)
    return Answer(reply=Silence())
