"""They want a person, or complain: put on the list, and the bot is silent until half an hour of quiet."""

from dataclasses import dataclass
from datetime import timedelta

from bot.rules.talk import person_texts, service_hours
from bot.rules.talk.foreign_words import is_in_latin
from bot.rules.talk.person_words import PersonWish, asks_for_manager, person_wish
from bot.store.campaigns import working_days
from bot.store.people import listeners
from bot.store.sending import deliveries
from bot.store.talk import handovers, waiting_list
from bot.values.incoming import MenuClick, Voice
from bot.values.incoming import Text as Said
from bot.values.profile import Profile
from bot.values.reply import Silence, Text, ToPerson
from handlers.chat.speaking import Answer, Context

MENU_KEYS = frozenset({"HUMAN", "KEFU"})
BOT_SILENT = timedelta(minutes=30)  # since the last word of customer or person


@dataclass(frozen=True, slots=True)
class Manager:
    """They ask who theirs is."""


def recognise(incoming: Said | Voice | MenuClick, _profile: Profile) -> PersonWish | Manager | None:
    match incoming:
        case Said() | Voice() if asks_for_manager(incoming.text):
            return Manager()
        case Said() | Voice():
            return person_wish(incoming.text)
        case MenuClick(key=key) if key.upper() in MENU_KEYS:
            return PersonWish(complains=False)
        case _:
            return None


def answer(found: PersonWish | Manager, context: Context) -> Answer:
    return _named(context) if isinstance(found, Manager) else _handed_over(found, context)


def _named(context: Context) -> Answer:
    name = listeners.of(context.session, context.profile.id).manager
    words = person_texts.YOUR_MANAGER.format(manager=name) if name else person_texts.NO_MANAGER
    return Answer(reply=Text(words))


def _handed_over(found: PersonWish, context: Context) -> Answer:
    until = context.now + BOT_SILENT
    is_new = handovers.open_handover(
        context.session, context.profile.id, complaint=found.complains, now=context.now, until=until
    )
    is_new_complaint = found.complains and not context.profile.complaint_open
    words = _first(found, context) if is_new or is_new_complaint else _again(context)
    if words and isinstance(context.incoming, Said | Voice) and is_in_latin(context.incoming.text):
        words = f"{person_texts.IN_ENGLISH}\n{words}"
    person = context.services.config.person
    if not person.wechat_service:
        return Answer(reply=Text(words) if words else Silence())
    if is_new:
        _say_beside(words, context)  # WeChat tells them nothing of its own
    return Answer(reply=ToPerson(person.kf_account))


def _first(found: PersonWish, context: Context) -> str:
    return person_texts.comes(complains=found.complains, when=_when(context))


def _again(context: Context) -> str:
    """Nothing while they talk with one already: who serves reads it."""
    place = waiting_list.place_of(context.session, context.profile.id, context.now)
    if place is None or (place.is_answered and place.is_taken):
        return ""
    return person_texts.comes_already(ahead=place.ahead, is_taken=place.is_taken, when=_when(context))


def _when(context: Context) -> str | None:
    """None while somebody serves, else when they begin; empty where nobody knows."""
    config = context.services.config
    zone = config.push.zone
    calendar = working_days.around(context.session, context.now.astimezone(zone).date())
    begins = service_hours.next_service(context.now, config.person, zone, calendar)
    if begins is None:
        return ""
    return None if begins == context.now else service_hours.when_words(begins, context.now, zone)


def _say_beside(words: str, context: Context) -> None:
    day = context.today
    deliveries.owe_answer(
        context.session,
        customer_id=context.profile.id,
        answers_id=None,
        reply=Text(words),
        day=day,
        now=context.now,
    )
