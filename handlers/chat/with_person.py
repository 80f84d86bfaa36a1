"""A person serves: the bot is silent, the message waits for them in the log. The customer may call the bot back."""

from dataclasses import dataclass, replace

from bot.rules.talk import person_texts, texts
from bot.rules.talk.person_words import person_wish, returns_to_the_bot
from bot.rules.talk.urgency import tells_of_harm
from bot.store.talk import dialogue, handovers, waiting_list
from bot.values.incoming import (
    Image,
    Link,
    Location,
    MiniProgramPage,
    Video,
    Voice,
)
from bot.values.incoming import (
    Text as Said,
)
from bot.values.profile import Profile
from bot.values.reply import Menu, Silence, Text, ToPerson
from handlers.chat.human import BOT_SILENT
from handlers.chat.speaking import Answer, Context, Slow

KEEP_SILENT = frozenset({"human", "escalating", "with_person"})  # they hand over themselves
Spoken = Said | Image | Voice | Video | Location | Link | MiniProgramPage


@dataclass(frozen=True, slots=True)
class ForThePerson:
    returns: bool
    is_hurt: bool = False


def recognise(incoming: Spoken, profile: Profile) -> ForThePerson | None:
    """Judged by the instant the customer wrote, as `recognise` is told no other."""
    if not profile.is_with_a_person(incoming.sent_at):
        return None
    if isinstance(incoming, Said | Voice) and person_wish(incoming.text) is not None:
        return (
            None  # heard by `human`: a complaint has to be on record, and who asks again is told their place
        )
    return ForThePerson(
        returns=isinstance(incoming, Said) and returns_to_the_bot(incoming.content),
        is_hurt=isinstance(incoming, Said | Voice) and tells_of_harm(incoming.text),
    )


def answer(found: ForThePerson, context: Context) -> Answer:
    if found.returns:
        handovers.back_to_bot(context.session, context.profile.id, context.now)
        return Answer(reply=Text(texts.BACK_TO_BOT))
    handovers.go_on(context.session, context.profile.id, context.now + BOT_SILENT)
    person = context.services.config.person
    if found.is_hurt and not person.wechat_service and _nobody_told_them(context):
        return Answer(reply=Text(person_texts.FIRST_OF_ALL))
    # WeChat's own service gets what is said before one of its people has begun only by being told each time
    return Answer(reply=ToPerson(person.kf_account) if person.wechat_service else Silence())


def _nobody_told_them(context: Context) -> bool:
    """To look after themselves: no person has written yet, and the bot has not said it just now."""
    place = waiting_list.place_of(context.session, context.profile.id, context.now)
    last = dialogue.last_said(context.session, context.profile.id, context.now)
    is_answered = place is not None and place.is_answered
    return not is_answered and not last.text.startswith(person_texts.FIRST_OF_ALL)


def back_again(handler: str, answer: Answer | Slow, context: Context) -> Answer | Slow:
    """After half an hour of quiet the bot answers again, and says so once, with its next words."""
    profile, incoming = context.profile, context.incoming
    was_silent = profile.with_person_until is not None and not profile.is_with_a_person(incoming.sent_at)
    if not was_silent or handler in KEEP_SILENT or not isinstance(incoming, Spoken):
        return answer
    if not isinstance(answer, Answer) or not isinstance(answer.reply, Text | Menu):
        return answer
    still_waits = handovers.is_open(context.session, profile.id)
    said = person_texts.BACK_AFTER_QUIET if still_waits else person_texts.BACK_FROM_PERSON
    handovers.bot_is_back(context.session, profile.id)
    return replace(answer, reply=_behind(said, answer.reply))


def _behind(said: str, reply: Text | Menu) -> Text | Menu:
    if isinstance(reply, Text):
        return Text(f"{said}\n{reply.text}")
    return replace(reply, head=f"{said}\n{reply.head}")
