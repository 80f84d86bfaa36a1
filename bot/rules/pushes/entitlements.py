"""Which channels an account has, which of them carry a content, and what may be sent by mass. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass

from bot.config import MASS_TO_CUSTOMER_PER_MONTH, WeChat
from bot.values.channels import MASS, NEXT_CONTACT, NOTICE, REPLY_WINDOW, TEMPLATE

TEMPLATES_PER_DAY = 100_000  # of a new account; more with more followers
UNBOUND = 1_000_000_000
TAKEN_BY: Mapping[str, tuple[str, ...]] = {
    NOTICE: ("care", "service"),
    TEMPLATE: ("service",),
}  # purposes; never promotion
NO_LIMIT = 1_000  # subscription accounts have no count a follower, but one send a day for the account


@dataclass(frozen=True, slots=True)
class MassRules:
    target: str  # "openids", "tag", or empty: the account cannot
    most: int  # a customer and calendar month
    reserve: int  # of these only time-bound campaigns may use so many


def channels_of(wechat: WeChat) -> frozenset[str]:
    """What is not verified can only answer. What waits for the next contact goes out through the reply window."""
    if not wechat.verified:
        return frozenset()
    by_all = {REPLY_WINDOW, MASS, NEXT_CONTACT}
    by_template = {NOTICE, TEMPLATE}
    return frozenset(by_all | by_template if wechat.account_kind == "service" else by_all)


def ways_of(purpose: str, *, by_mass: bool, has_notice: bool, has_template: bool) -> frozenset[str]:
    """The channels that could carry such a content to anybody at all."""
    carried = {
        REPLY_WINDOW: True,
        NEXT_CONTACT: True,
        MASS: by_mass,
        NOTICE: has_notice and purpose in TAKEN_BY[NOTICE],
        TEMPLATE: has_template and purpose in TAKEN_BY[TEMPLATE],
    }
    return frozenset(channel for channel, is_carried in carried.items() if is_carried)


def templates_a_day(wechat: WeChat) -> int:
    """Calls for template messages; 0 in the settings: no bound."""
    return wechat.limits.get("template_per_day", TEMPLATES_PER_DAY) or UNBOUND


def mass_rules(wechat: WeChat, reserve: int) -> MassRules:
    """`reserve` as it stands at the moment: none while no festival is coming."""
    if not wechat.verified:
        return MassRules("", 0, 0)
    if wechat.account_kind == "subscription":
        return MassRules("tag", NO_LIMIT, 0)
    most = wechat.limits.get("mass_to_customer_per_month", MASS_TO_CUSTOMER_PER_MONTH)
    return MassRules("openids", most, min(reserve, most))
