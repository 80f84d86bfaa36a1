"""Recognises that something shown before is meant: the second one, this one. Pure, told only text."""

import re
from dataclasses import dataclass

from bot.rules.talk.signs import needs_a_sign
from bot.rules.talk.wording import compact

LAST = -1  # 最后一个
LONGEST_NAMING = 18  # characters
_NUMBERS = "一二三四五六七八九"
_ASKS = r"(?:呢|吗|怎么样|怎么卖|多少钱|什么价格?|价格|有货吗?|还有货吗?|还有吗|介绍一下|介绍下|详细(?:说说|一点|介绍)?|说说|是什么|到哪了?|到了?(?:吗|没有?|么|不)|发货了?吗?|贵不?贵?|吧|了|好用吗|好喝吗|好不好|看看|的呢|(?:给我)?[来拿要买][一两二三四五六七八九十0-9]+[个把罐盒套只口包件份饼斤瓶双条])*"
_WISHES = r"(?:我想看看?|想看看?|看看?|说说|介绍一下|介绍|那|就|是|我?要|选|请问)*"
_PLACE = re.compile(
    rf"{_WISHES}第(?P<place>[1-9一二三四五六七八九])(?P<unit>个|款|样|种|件|笔|单|套|把|只){_ASKS}"
)
_LAST = re.compile(rf"{_WISHES}最后(?:一)?(?P<unit>个|款|样|种|件|笔|单){_ASKS}")
_NAMING = re.compile(
    r"^(?:不是|不对|错了|就|是|我说的?|我要的?|我问的?|那个|这个)|(?:那|这)(?:个|笔|单)(?:订单|单子)?$"
)
_AROUND = re.compile(
    r"不是(?:这个|那个|这笔|那笔|它)?|不对|错了|我说的?是?|我要的?是?|我问的?是?|(?:那|这)(?:个|笔|单|把|口|只|套)?|订单|单子|就|是|要|的|了|呢|啊|呀|吧"
)
_AROUND_A_NAME = re.compile(
    r"^(?:(?:ok|好的?|行|嗯|可以|那|就|是|这|看看|我?要|想看看?|说说|你们家?的?)+[个款把口只套]?)?|(?:呢|吧|怎么样|好不好|介绍一下)$"
)
_BOTH = re.compile(
    rf"{_WISHES}第(?P<one>[1-9一二三四五六七八九])(?:个|款|样|种|件)?(?:和|跟|与|还有)第(?P<other>[1-9一二三四五六七八九])(?:个|款|样|种|件)?.{{0,10}}"
)
_UNDER_WAY = re.compile(r"到哪|发货")
_THIS = re.compile(rf"(?:这|那)(?:个|款|样|件|套|把|只){_ASKS}|它{_ASKS}")


@dataclass(frozen=True, slots=True)
class Pointed:
    """`place`: 0 for the first, or `LAST`. `of`: orders where they counted 笔 or 单. `is_this`: 这个, 它, clear only of one."""

    place: int
    of_orders: bool = False
    is_this: bool = False
    beside: int | None = None  # the place of another, where they ask of two


@needs_a_sign(_PLACE, _BOTH, _LAST, _THIS, otherwise=None)
def pointed(text: str) -> Pointed | None:
    """第二个多少钱, 最后一款, 第一个和第二个有啥区别, 第三笔到哪了, 这个有货吗; None when nothing that was shown is meant."""
    words = compact(text)
    if found := _PLACE.fullmatch(words):
        return Pointed(_place(found["place"]), of_orders=_is_of_orders(found["unit"], words))
    if found := _BOTH.fullmatch(words):
        return Pointed(_place(found["one"]), beside=_place(found["other"]))
    if found := _LAST.fullmatch(words):
        return Pointed(LAST, of_orders=_is_of_orders(found["unit"], words))
    if _UNDER_WAY.search(words):
        return None  # 那个到哪了: an order of theirs, which is told apart elsewhere
    return Pointed(0, is_this=True) if _THIS.fullmatch(words) else None


@needs_a_sign(_NAMING, otherwise="")
def named_thing(text: str) -> str:
    """不是那个，是干泡台; 就那个铸铁的; 礼盒的那个订单: what they name instead; empty where they point at nothing."""
    words = compact(text)
    if len(words) > LONGEST_NAMING or not _NAMING.search(words):
        return ""
    return _AROUND.sub("", words)


def bare_name(text: str) -> str:
    """那个紫砂壶呢, 焙火大麦茶: what is left without pointing at it; empty where it is too long or short for a name."""
    words = _AROUND_A_NAME.sub("", compact(text))
    return words if 2 <= len(words) <= LONGEST_NAMING else ""


def _place(said: str) -> int:
    return (int(said) if said.isascii() else _NUMBERS.index(said) + 1) - 1


def _is_of_orders(unit: str, words: str) -> bool:
    return unit in "笔单" or bool(_UNDER_WAY.search(words))
