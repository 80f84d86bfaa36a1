"""Their points and membership level."""

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

from bot.rules.talk import membership_words as words
from bot.rules.talk import texts
from bot.rules.talk.shop_words import asks_for_points
from bot.rules.worth import membership as rules_of
from bot.store.loyalty import levels, points
from bot.values.incoming import Incoming, MenuClick
from bot.values.incoming import Text as Said
from bot.values.membership import Standing
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
    if context.services.config.membership.source == "orders":
        return Answer(reply=Text(words.standing_in_words(_standing(context))))
    level = f"，会员等级是「{profile.level}」" if profile.level else ""
    sentence = texts.POINTS if profile.points else texts.POINTS_NONE
    return Answer(reply=Text(sentence.format(points=profile.points, level=level)))


def _standing(context: Context) -> Standing:
    rules, profile = rules_of.load(context.services.config.membership.rules), context.profile
    paid = levels.paid_by(context.session, profile.id, context.now - timedelta(days=rules.window_days))
    level = rules_of.named(profile.level, rules)
    after = rules_of.next_level(level, rules)
    expiring = points.next_to_expire(context.session, profile.id)
    return Standing(
        level=level,
        paid=paid,
        next=after,
        wanting=max(after.least - paid, Decimal(0)) if after else Decimal(0),
        points=profile.points,
        expiring=expiring[0] if expiring else 0,
        expires_on=expiring[1] if expiring else None,
    )
