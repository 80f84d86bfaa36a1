"""What the platform reports: the end of a mass send or a template message closes its deliveries; the rest needs nothing."""

from bot.store.sending import mass_reports, template_endings
from bot.values.incoming import Incoming, Unknown
from bot.values.profile import Profile
from bot.values.reply import Silence
from bot.values.reports import MassFinished, Report, TemplateFinished
from handlers.chat.speaking import Answer, Context


def recognise(incoming: Report | Unknown, _profile: Profile) -> Incoming:
    return incoming


def answer(found: Incoming, context: Context) -> Answer:
    if isinstance(found, MassFinished):
        mass_reports.finished(context.session, found, context.now)
    elif isinstance(found, TemplateFinished):
        template_endings.reported(context.session, found, context.now)
    return Answer(reply=Silence())
