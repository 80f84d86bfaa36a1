"""Their points and membership level."""

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

from bot.pictures.progress import progress
from bot.rules.talk import membership_words as words
from bot.rules.talk import texts
from bot.rules.talk.shop_words import asks_for_points
from bot.rules.worth import membership as rules_of
from bot.store.campaigns import media_files
from bot.store.loyalty import levels, points
from bot.store.sending import deliveries
from bot.values.incoming import MenuClick
from bot.values.incoming import Text as Said
from bot.values.membership import Standing
from bot.values.profile import Profile
from bot.values.reply import Image, Text
from handlers.chat.speaking import Answer, Context

LEFT_FOR_OTHERS = 2  # customer-service messages of the window that a picture does not take
MENU_KEYS = frozenset({"MY_POINTS", "POINTS", "MEMBER"})


@dataclass(frozen=True, slots=True)
class Points:
    pass


def recognise(incoming: Said | MenuClick, _profile: Profile) -> Points | None:
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
        standing = _standing(context)
        _show(standing, context)
        return Answer(reply=Text(words.standing_in_words(standing)))
    level = f"，会员等级是「{profile.level}」" if profile.level else ""
    sentence = texts.POINTS if profile.points else texts.POINTS_NONE
    return Answer(reply=Text(sentence.format(points=profile.points, level=level)))


def _show(standing: Standing, context: Context) -> None:
    """The way to the next level as a picture behind the words, where WeChat will carry it and others still fit."""
    if (
        standing.next is None
        or context.profile.window_left <= LEFT_FOR_OTHERS
        or not context.services.config.wechat.verified
    ):
        return
    drawn = progress(standing.level.name, standing.next.name, words.percent_of(standing))
    file = media_files.keep(context.session, "progress.png", drawn, context.now)
    day = context.today
    deliveries.owe_answer(
        context.session,
        customer_id=context.profile.id,
        answers_id=context.message_id or None,
        reply=Image(file=file),
        day=day,
        now=context.now,
    )


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
