"""Recognises that something shown before is meant: the second one, this one. Pure, told only text."""

import re
from dataclasses import dataclass

from bot.rules.talk.wording import compact

LAST = -1  # 最后一个
_NUMBERS = "一二三四五六七八九"
_ASKS = r"(?:呢|吗|怎么样|怎么卖|多少钱|什么价格?|价格|有货吗?|还有货吗?|还有吗|介绍一下|介绍下|详细(?:说说|一点|介绍)?|说说|是什么|到哪了?|发货了?吗?|好用吗|好喝吗|好不好|看看|的呢)*"
_WISHES = r"(?:我想看看?|想看看?|看看?|说说|介绍一下|介绍|那|就|请问)*"
_PLACE = re.compile(
    rf"{_WISHES}第(?P<place>[1-9一二三四五六七八九])(?P<unit>个|款|样|种|件|笔|单|套|把|只){_ASKS}"
)
_LAST = re.compile(rf"{_WISHES}最后(?:一)?(?P<unit>个|款|样|种|件|笔|单){_ASKS}")
_UNDER_WAY = re.compile(r"到哪|发货")
_THIS = re.compile(rf"(?:这|那)(?:个|款|样|件|套|把|只){_ASKS}|它{_ASKS}")


@dataclass(frozen=True, slots=True)
class Pointed:
    """`place`: 0 for the first, or `LAST`. `of`: orders where they counted 笔 or 单. `is_this`: 这个, 它, clear only of one."""

    place: int
    of_orders: bool = False
    is_this: bool = False


def pointed(text: str) -> Pointed | None:
    """第二个多少钱, 最后一款, 第三笔到哪了, 这个有货吗; None when nothing that was shown is meant."""
    words = compact(text)
    if found := _PLACE.fullmatch(words):
        said = found["place"]
        number = int(said) if said.isascii() else _NUMBERS.index(said) + 1
        return Pointed(number - 1, of_orders=_is_of_orders(found["unit"], words))
    if found := _LAST.fullmatch(words):
        return Pointed(LAST, of_orders=_is_of_orders(found["unit"], words))
    if _UNDER_WAY.search(words):
        return None  # 那个到哪了: an order of theirs, which is told apart elsewhere
    return Pointed(0, is_this=True) if _THIS.fullmatch(words) else None


def _is_of_orders(unit: str, words: str) -> bool:
    return unit in "笔单" or bool(_UNDER_WAY.search(words))
