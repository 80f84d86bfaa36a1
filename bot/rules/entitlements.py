"""What an account may send by mass, from its kind and the settings. Pure."""

from dataclasses import dataclass

from bot.config import WeChat

PER_FOLLOWER_A_MONTH = 4  # service accounts; WeChat filters what is beyond it silently
KEPT_FOR_FESTIVALS = 1  # of these; only time-bound campaigns may use it
NO_LIMIT = 1_000  # subscription accounts have no count a follower, but one send a day for the account


@dataclass(frozen=True, slots=True)
class MassRules:
    target: str  # "openids", "tag", or empty: the account cannot
    most: int  # a customer and calendar month
    reserve: int


def mass_rules(wechat: WeChat) -> MassRules:
    if not wechat.verified:
        return MassRules("", 0, 0)
    if wechat.account_kind == "subscription":
        return MassRules("tag", NO_LIMIT, 0)
    most = wechat.limits.get("mass_to_customer_per_month", PER_FOLLOWER_A_MONTH)
    return MassRules("openids", most, min(KEPT_FOR_FESTIVALS, most))
