"""A member's ledger, what points are exchanged for, and their vouchers; where the shop keeps points here."""

from datetime import timedelta
from uuid import uuid4

from bot.rules.talk import membership_words as words
from bot.rules.talk.membership_words import Asked, asked_of
from bot.rules.worth import membership as rules_of
from bot.store.loyalty import points, vouchers
from bot.values.incoming import MenuClick
from bot.values.incoming import Text as Said
from bot.values.membership import Reward
from bot.values.profile import Profile
from bot.values.reply import Text
from handlers.chat.speaking import Answer, Context

IN_HASTE = timedelta(minutes=5)
OF_REWARD = "reward:"
MENU_KEYS = {"REWARDS": Asked("rewards"), "MY_VOUCHERS": Asked("vouchers")}


def recognise(incoming: Said | MenuClick, _profile: Profile) -> Asked | None:
    match incoming:
        case Said():
            return asked_of(incoming.content)
        case MenuClick(key=key):
            return MENU_KEYS.get(key.upper())


def answer(found: Asked, context: Context) -> Answer | None:
    """None where the shop keeps points itself: then knowledge says how it does that."""
    if found.about == "vouchers":
        return Answer(reply=Text(_vouchers(context)))
    if context.services.config.membership.source != "orders":
        return None
    rewards = list(rules_of.load(context.services.config.membership.rules).rewards.values())
    match found.about:
        case "entries":
            told = _entries(context)
        case "rewards":
            told = words.rewards_in_words(rewards, context.profile.points)
        case _:
            reward = words.reward_meant(found.what, rewards)
            if reward is None:
                return Answer(reply=Text(words.NO_SUCH_REWARD)) if found.what.isdecimal() else None
            told = _twice(found, reward, context) or _exchange(reward, context)
    return Answer(reply=Text(told))


def _twice(found: Asked, reward: Reward, context: Context) -> str:
    """兑换1 sent twice in haste is one wish: who wants another one says so."""
    origin, since = f"{OF_REWARD}{reward.id}", context.now - IN_HASTE
    done = vouchers.given_since(context.session, context.profile.id, origin, since)
    if found.again or done is None:
        return ""
    return words.JUST_EXCHANGED.format(name=done.name, code=done.code)


def _exchange(reward: Reward, context: Context) -> str:
    """Points go and the voucher comes in the message's own transaction: a repeat of the message gets the same answer."""
    about = points.About(key=f"exchange:{uuid4().hex}", kind="exchange", note=reward.name)
    if not points.spend(context.session, context.profile.id, reward.points, about, context.now):
        has = context.profile.points
        return words.TOO_FEW.format(
            name=reward.name, points=reward.points, has=has, wanting=max(reward.points - has, 0)
        )
    voucher = vouchers.give(
        context.session,
        context.profile.id,
        origin=f"{OF_REWARD}{reward.id}",
        name=reward.name,
        value=reward.value,
        least=reward.least,
        lasts=timedelta(days=reward.valid_days),
        now=context.now,
    )
    zone = context.services.config.push.zone
    left = context.profile.points - reward.points
    return words.exchanged(voucher, voucher.valid_until.astimezone(zone), reward.points, left)


def _entries(context: Context) -> str:
    zone = context.services.config.push.zone
    found = points.entries(context.session, context.profile.id)
    return words.entries_in_words(found, context.profile.points, [one.at.astimezone(zone) for one in found])


def _vouchers(context: Context) -> str:
    zone = context.services.config.push.zone
    found = vouchers.of(context.session, context.profile.id, context.now)
    return words.vouchers_in_words(found, [one.valid_until.astimezone(zone) for one in found])
