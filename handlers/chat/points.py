"""Their points and membership level."""

from dataclasses import dataclass

from bot.rules import texts
from bot.rules.shop_words import asks_for_points
from bot.values.incoming import Incoming, MenuClick
from bot.values.incoming import Text as Said
from bot.values.profile import Profile
from bot.values.reply import Text
from handlers.chat.speaking import Answer, Context

MENU_KEYS = frozenset({"MY_POINTS", "POINTS", "MEMBER"})


@dataclass(frozen=True, slots=True)
class Points:
    pass


def recognise(incoming: Incoming, _profile: Profile) -> Points | None:
    match incoming:
        case Said() if asks_for_points(incoming.content):
            return Points()
        case MenuClick(key=key) if key.upper() in MENU_KEYS:
            return Points()
        case _:
            return None


def answer(_found: Points, context: Context) -> Answer:
    profile = context.profile
    level = f"，会员等级是「{profile.level}」" if profile.level else ""
    sentence = texts.POINTS if profile.points else texts.POINTS_NONE
    return Answer(reply=Text(sentence.format(points=profile.points, level=level)))
