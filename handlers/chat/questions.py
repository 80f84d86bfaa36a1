"""They answer the question that was put behind an earlier answer, refuse it, or take back what they told.

And the question itself: `asked_along` puts it behind an answer in words that stands by itself, one a day at most,
never behind a complaint, a hand-over, a refusal of pushes or a step of a dialog.
"""

import re
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from enum import Enum, auto
from functools import lru_cache

from bot.rules.people import facts as fact_rules
from bot.rules.people.facts import FactRules
from bot.rules.talk import facts_words as words
from bot.rules.talk.urgency import is_upset
from bot.rules.talk.visit_words import rating_in
from bot.rules.talk.wording import compact
from bot.store.people import facts, questions
from bot.store.people.questions import Open
from bot.store.talk import visits
from bot.values.incoming import Text as Said
from bot.values.profile import Profile
from bot.values.reply import Text
from handlers.chat import own_words
from handlers.chat.speaking import Answer, Context, Slow

BEHIND = frozenset({"knowledge", "points", "small_talk"})  # whose answers end what was asked for
TROUBLE = frozenset({"repair", "return", "complaint", "abuse"})
MOST_BYTES = 1_900  # of one reply: WeChat counts about 2,000


class Wish(Enum):
    ANSWERS = auto()
    REFUSES = auto()
    REFUSES_ALL = auto()
    TAKES_BACK = auto()


@dataclass(frozen=True, slots=True)
class Reaction:
    wish: Wish
    text: str


def recognise(incoming: Said, profile: Profile) -> Reaction | None:
    """Only while a question of the last day may be open; that they want no questions is heard at any time."""
    if not words.is_short(incoming.content):
        return None
    if words.refuses_all(incoming.content):
        return Reaction(Wish.REFUSES_ALL, incoming.content)
    if profile.question_until is None or incoming.sent_at >= profile.question_until:
        return None
    if words.refuses(incoming.content):
        return Reaction(Wish.REFUSES, incoming.content)
    takes_back = words.takes_back(incoming.content)
    return Reaction(Wish.TAKES_BACK if takes_back else Wish.ANSWERS, incoming.content)


def answer(found: Reaction, context: Context) -> Answer | None:
    """None: it was not for this question, and somebody else may know what it means."""
    session, customer_id, now = context.session, context.profile.id, context.now
    match found.wish:
        case Wish.REFUSES_ALL:
            questions.stop(session, customer_id, now)
            return _said(words.NEVER_AGAIN)
        case Wish.TAKES_BACK:
            return _taken_back(context)
        case Wish.ANSWERS if not _may_answer(found.text, context):
            return None
        case _:
            asked = questions.open_one(session, customer_id, now)
    if asked is None or _is_of_a_visit(found.text, asked, context):
        return None
    if found.wish is Wish.REFUSES:
        questions.refused(session, customer_id, now, _tomorrow(context))
        return _said(words.PASSED_OVER)
    return _understood(found.text, asked.attribute, context)


def _may_answer(text: str, context: Context) -> bool:
    """Most of what they say answers no question at all: then it is not looked which one is open."""
    return words.may_answer(text, _meant_by_any(context.services.config.facts.rules))


@lru_cache(8)
def _meant_by_any(rules: str) -> re.Pattern[str]:
    return words.meant_by_any(fact_rules.load(rules).attributes.values())


def _is_of_a_visit(text: str, asked: Open, context: Context) -> bool:
    """A number answers what was asked last, and that was how satisfied they are."""
    if rating_in(text) is None:
        return False
    visit = visits.open_visit(context.session, context.profile.id, context.now)
    return visit is not None and visit.asked_at > asked.asked_at


def asked_along(handler: str, answer: Answer | Slow, context: Context) -> Answer | Slow:
    """The answer, with one question behind it if this is the moment for one."""
    if not isinstance(answer, Answer) or not _is_the_moment(handler, answer, context):
        return answer
    session, customer_id, now = context.session, context.profile.id, context.now
    attribute = questions.next_to_ask(session, customer_id, _rules(context).asked, now)
    if attribute is None:
        questions.rest(session, customer_id, now)
        return answer
    text = f"{answer.reply.text}\n\n{words.question(attribute)}" if isinstance(answer.reply, Text) else ""
    if len(text.encode()) > MOST_BYTES:
        return answer
    if not questions.ask(session, customer_id, attribute.name, now, context.today, context.message_id):
        return answer
    return replace(answer, reply=Text(text))


def _is_the_moment(handler: str, answer: Answer, context: Context) -> bool:
    """Out of what is at hand: nothing is looked up."""
    profile, now = context.profile, context.now
    return (
        handler in BEHIND
        and context.services.config.facts.ask
        and isinstance(context.incoming, Said)
        and isinstance(answer.reply, Text)
        and (handler != "knowledge" or bool(answer.source_id))
        and (profile.ask_after is None or profile.ask_after <= now)
        and profile.id != 0
        and profile.wants_pushes
        and not profile.complaint_open
        and not profile.is_with_a_person(now)
        and not _is_in_trouble(context.incoming.content, context)
    )


def _is_in_trouble(text: str, context: Context) -> bool:
    """Something broke, was late or came wrong, or nothing was said at all: they are helped, and asked nothing."""
    return is_upset(text) or not compact(text) or context.services.understanding.of(text).intent in TROUBLE


def _understood(text: str, asked: str, context: Context) -> Answer | None:
    attribute = _rules(context).attributes.get(asked)
    if attribute is None:
        return None
    value = words.answer_to(attribute, text, context.today)
    if value is None:
        if words.number_in(text) is None:
            return None
        return _said(words.NO_SUCH_CHOICE.format(most=len(attribute.choices)))
    own_words.learn(asked, value, context)
    questions.answered(context.session, context.profile.id, context.now, _tomorrow(context))
    return _said(words.thanks(attribute, value))


def _taken_back(context: Context) -> Answer | None:
    session, customer_id, now = context.session, context.profile.id, context.now
    told = questions.just_answered(session, customer_id, now)
    if told is None:
        return None
    facts.erase(session, customer_id, told, now)
    questions.taken_back(session, customer_id, told, now)
    return _said(words.TAKEN_BACK)


def _said(text: str) -> Answer:
    return Answer(reply=Text(text))


def _rules(context: Context) -> FactRules:
    return fact_rules.load(context.services.config.facts.rules)


def _tomorrow(context: Context) -> datetime:
    """When the shop's next day begins."""
    zone = context.services.config.push.zone
    return datetime.combine(context.today + timedelta(days=1), time(), zone)
