"""How answers sound to a customer, and by what, in the console's words."""

from typing import Any

from flask_babel import lazy_gettext as _l

from bot.values.tone import Tone

STRICTNESS: dict[str, Any] = {
    "tolerant": _l("包容型"),
    "enduring": _l("隐忍型"),
    "perfectionist": _l("完美型"),
}
DRIVERS: dict[str, Any] = {
    "price": _l("价格：少付多少"),
    "function": _l("功能：做什么用、保什么"),
    "trend": _l("新潮：新品和搭配"),
}
DETAILS: dict[str, Any] = {"short": _l("简短"), "exact": _l("精确到时间和数字，说明出处")}
COURTESIES: dict[str, Any] = {"none": _l("先说事实，不寒暄"), "warm": _l("结尾加一句暖心话")}
TRAITS: dict[str, Any] = {
    "greets": _l("称呼姓名"),
    "names_manager": _l("告知客户经理"),
    "follows_up": _l("主动提出由同事跟进"),
}


def of(tone: Tone) -> list[Any]:
    """What differs from the plain form."""
    said = [DETAILS.get(tone.detail), COURTESIES.get(tone.courtesy)]
    said += [words for trait, words in TRAITS.items() if getattr(tone, trait)]
    return [one for one in said if one is not None]
