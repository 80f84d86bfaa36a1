"""Recognises a question that is too short to stand alone. Pure, told only text."""

import re

from bot.rules.talk.wording import compact

LONGEST = 12  # characters

_ASKS = re.compile(
    r"怎么|咋|如何|多少|多大|多重|多久|多高|几[个度克次天年只件杯泡]|什么|啥|哪|谁|吗|嘛|么|呢|不$|没$|可以|能|会|有没有|好不好|好用|区别|一样"
)


def goes_on(text: str) -> bool:
    """有货吗, 怎么泡, 能放几年, 我的券; a longer text says what it is about."""
    words = compact(text)
    return 0 < len(words) <= LONGEST and bool(_ASKS.search(words) or len(words) <= LONGEST // 2)
