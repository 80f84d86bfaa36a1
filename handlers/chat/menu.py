"""Menu taps that are no intention of their own: news and offers from the knowledge, and keys nobody knows."""

from dataclasses import dataclass

from bot.rules.talk import texts
from bot.values.incoming import MenuClick
from bot.values.profile import Profile
from bot.values.reply import Text
from handlers.chat.knowledge import found_answer
from handlers.chat.speaking import Answer, Context

ASKS = {  # what a tap asks the knowledge
    "NEW_ARRIVALS": "最近有什么新品",
    "OFFERS": "现在有什么优惠活动",
    "STORES": "门店地址在哪里",
    "HELP": "怎么联系人工客服",
}


@dataclass(frozen=True, slots=True)
class Tap:
    question: str  # empty: a key nobody knows


def recognise(incoming: MenuClick, _profile: Profile) -> Tap:
    return Tap(ASKS.get(incoming.key.upper(), ""))


def answer(found: Tap, context: Context) -> Answer:
    if not found.question:
        return Answer(reply=Text(texts.UNKNOWN_MENU))
    return found_answer(found.question, context) or Answer(reply=Text(texts.NO_NEWS))
