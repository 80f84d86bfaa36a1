"""They say when they were born: kept as their own word, theirs to see, correct and erase."""

from bot.rules.intake.cells import Wrong
from bot.rules.people import facts as fact_rules
from bot.rules.talk import birthday_words as words
from bot.rules.talk.birthday_words import Birthday, birthday_in
from bot.rules.talk.numerals import full_year
from bot.store.talk import dialogue
from bot.values.incoming import Text as Said
from bot.values.incoming import Voice
from bot.values.profile import Profile
from bot.values.reply import Text
from handlers.chat import own_words
from handlers.chat.speaking import Answer, Context

ANY_LEAP_YEAR = 2000


def recognise(incoming: Said | Voice, _profile: Profile) -> Birthday | None:
    return birthday_in(incoming.text)


def answer(found: Birthday, context: Context) -> Answer | None:
    """None for a year that nobody asked for, and where the shop keeps no lunar birthdays."""
    if not context.profile.id:
        return None
    if found.lunar:
        return _lunar(found.lunar, context)
    month, day = found.month, found.day
    if found.year and not month:
        said = dialogue.last_said(context.session, context.profile.id, context.now).text
        if (asked := words.asked_about(said)) is None:
            return None
        month, day = asked
    return Answer(reply=Text(_told(found.year, month, day, context)))


def _lunar(day: str, context: Context) -> Answer | None:
    if fact_rules.LUNAR_BIRTHDAY not in fact_rules.load(context.services.config.facts.rules).attributes:
        return None
    own_words.learn(fact_rules.LUNAR_BIRTHDAY, day, context)
    return Answer(reply=Text(words.NOTED.format(birthday=words.LUNAR.format(day=day))))


def _told(year: int, month: int, day: int, context: Context) -> str:
    """A day is checked before its year is asked for."""
    full = full_year(year, context.today) if year else ANY_LEAP_YEAR
    attribute = fact_rules.load(context.services.config.facts.rules).attributes[fact_rules.BIRTHDAY]
    try:
        born = fact_rules.checked(attribute, f"{full}-{month}-{day}", context.today)
    except Wrong:
        return words.NO_SUCH_DAY
    if not year:
        return words.WHICH_YEAR.format(month=month, day=day)
    own_words.learn(fact_rules.BIRTHDAY, born, context)
    return words.NOTED.format(birthday=words.SOLAR.format(year=full, month=month, day=day))
