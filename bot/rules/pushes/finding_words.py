"""What a policy looked at, in words, Chinese or English: the customer's figures with their names. Pure."""

from collections.abc import Mapping
from datetime import datetime, tzinfo
from typing import Any

from bot.rules.pushes import rhythm_words

NAMES: dict[str, tuple[str, str]] = {
    "forgotten_at": ("删除时间", "erased"),
    "followed_at": ("关注时间", "followed"),
    "unfollowed_at": ("取消关注时间", "unfollowed"),
    "wants_pushes": ("接收推送", "wants pushes"),
    "stopped_pushes_at": ("退订时间", "opted out"),
    "bucket": ("分组号（0–9999）", "bucket (0–9999)"),
    "wants_personal": ("接受个性化推荐", "wants what is chosen for them"),
    "with_person_until": ("人工接待至", "with a person until"),
    "complaint_open": ("有未结投诉", "complaint open"),
    "last_push_at": ("上次推送", "last push"),
    "last_push_day": ("上次推送日期", "day of the last push"),
    "engagement": ("互动程度", "engagement"),
    "silent_pushes": ("未回应的推送", "pushes unanswered"),
    "mass_month": ("群发计数月份", "month of mass sends"),
    "mass_used": ("该月已用群发", "mass sends used that month"),
    "window_until": ("回复窗口至", "reply window until"),
    "window_left": ("回复窗口剩余条数", "messages left in it"),
    "asked_for_pushes_at": ("主动订阅时间", "asked for pushes"),
    "has_kept": ("有保留的内容", "content kept for them"),
    "day": ("日期", "day"),
    "occasion": ("时机", "occasion"),
    "until": ("有效至", "until"),
}
PLAIN = {"zh": ("是", "否", "无"), "en": ("yes", "no", "none")}


def told(values: Mapping[str, Any], zone: tzinfo, locale: str = "zh") -> str:
    """One line; empty when it looked at none of the customer's figures."""
    english = locale.startswith("en")
    link, between = (" ", ", ") if english else ("：", "，")
    return between.join(
        f"{NAMES[name][english] if name in NAMES else name}{link}{_shown(name, value, zone, english)}"
        for name, value in values.items()
    )


def _shown(name: str, value: Any, zone: tzinfo, english: bool) -> str:
    locale = "en" if english else "zh"
    yes, no, none = PLAIN[locale]
    if isinstance(value, bool):
        return yes if value else no
    if isinstance(value, datetime):
        return f"{value.astimezone(zone):%Y-%m-%d %H:%M}"
    if name == "engagement":
        return rhythm_words.WORDS[locale].get(str(value), str(value))
    return none if value is None else str(value)
