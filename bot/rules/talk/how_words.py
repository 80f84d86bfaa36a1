"""Recognises that somebody asks how or where a thing is done, which stands in no order of theirs. Pure, told only text."""

import re

from bot.rules.talk.wording import compact

_HOW = re.compile(
    r"(?:请问|麻烦问下|老板|亲)*(?:(?:怎么|怎样|如何|咋个?|点样)(?!还|没|不|是|回事|办|样|查|看)[^我没不]{1,6}|[^我查看订快物]{1,5}(?:在哪里?|入口在哪里?))(?:呢|啊|呀|的|吗)*"
)


def asks_how(text: str) -> bool:
    """怎么晒单, 评价在哪里; not 怎么还没发货, not 我的订单在哪."""
    return bool(_HOW.fullmatch(compact(text)))
