"""What a customer may really have off a price: the offer open to them, their vouchers, what their points buy, their level."""

from dataclasses import replace
from datetime import date, datetime

from bot.rules.worth import membership
from bot.store.database import Session
from bot.store.loyalty import offers, vouchers
from bot.values.entitled import Entitled
from bot.values.membership import Rules
from bot.values.offers import Open
from bot.values.profile import Profile


def of(session: Session, profile: Profile, rules: Rules | None, today: date, now: datetime) -> Entitled:
    """`rules` None: the shop keeps points and levels itself, and what they are worth is not known here."""
    theirs = Entitled(
        offer=_to_choose_from(session, profile.id, today, now),
        vouchers=tuple(vouchers.of(session, profile.id, now)),
    )
    if rules is None:
        return theirs
    numbered = enumerate(rules.rewards.values(), 1)
    return replace(
        theirs,
        rewards=tuple((number, one) for number, one in numbered if one.points <= profile.points),
        level=profile.level if membership.named(profile.level, rules).name == profile.level else "",
        gain=membership.named(profile.level, rules).gain,
    )


def _to_choose_from(session: Session, customer_id: int, today: date, now: datetime) -> Open | None:
    offer = offers.open_to(session, customer_id, today, now)
    if offer is None or offers.chosen(session, customer_id, offer.id) is not None:
        return None
    left = tuple(option for option in offer.options if option.stock != 0)
    return replace(offer, options=left) if left else None
