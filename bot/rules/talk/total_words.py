"""Recognises that a sum is asked for: 两个一起多少钱, 三罐龙井多少钱, 前两个加起来; and puts it into words. Pure, told only text."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from bot.rules.talk import understanding_texts
from bot.rules.talk.signs import needs_a_sign
from bot.rules.talk.wording import compact
from bot.values.understood import Slot

LONGEST = 40  # characters: a longer text tells a story
MOST_PIECES = 999
BETWEEN = 2  # characters between a number of pieces and the name they are of

Change = Literal["", "counts", "adds", "drops"]

_PRICE = r"(?:多少钱?|几多钱?|几钱|什么价钱?|啥价钱?|价格|价钱|怎么卖|咋卖|几块钱?|得花多少|要花多少)"
_SUM = re.compile(
    rf"(?:一共|总共|合计|共计|统共|拢共|一起|加起来|合起来|加一起|放一起|都要|都买|全要|全买|全部|都拿|打包).{{0,8}}{_PRICE}|{_PRICE}.{{0,2}}(?:一共|总共|加起来|合计|一起)|总价|总共是?多少$"
)
_PIECES = re.compile(
    rf"(?:^|[^第])(?:[0-9]{{1,3}}|[两俩三四五六七八九十]{{1,3}})(?:个|只|把|套|件|份|盒|罐|包|口|条|双|瓶|袋|饼|块|支|组|箱).{{0,14}}{_PRICE}"
    rf"|{_PRICE}(?:[2-9]|[1-9][0-9]{{1,2}}|[两俩三四五六七八九十]{{1,3}})(?:个|只|把|套|件|份|盒|罐|包|口|条|双|瓶|袋|饼)$"
)
_SHOWN = re.compile(
    r"(?P<first>前)?(?<![0-9一二三四五六七八九十百])(?P<count>[两俩三四五六]|[2-6])(?![0-9十百千])(?:个|样|件|款|种|把|只|套)?"
)
_MEASURED = r"(?:[0-9]{1,3}|[一两俩二三四五六七八九十]{1,3})(?:个|只|把|套|件|份|盒|罐|包|口|条|双|瓶|袋|饼|块|支|组|箱)"
_CHANGES: Mapping[Change, re.Pattern[str]] = {
    "counts": re.compile(rf"(?:那|要是|如果|换成|改成|要|来|买)*{_MEASURED}(?:的话|呢)+"),
    "adds": re.compile(
        rf"(?:那|好|嗯|行|ok)*(?:再|还|另外|也)(?:给我)?(?:加|来|要|拿|带)上?(?:{_MEASURED})?[^吗么不没]{{2,10}}?(?:吧|呢|一共)*(?:{_PRICE})?"
    ),
    "drops": re.compile(
        rf"(?:那|算了|还是|就)*(?:不要|去掉|减掉|不买|拿掉)(?:那|这)?(?:个|只|把|套)?[^吗么不没]{{2,8}}?(?:了|吧|呢)+(?:一共)*(?:{_PRICE})?"
    ),
}  # of a sum that was told
_COUNTED = re.compile(r"^(?P<name>.+?)：¥[0-9.]+(?: × (?P<count>[0-9]+) = )?", re.MULTILINE)
_OTHER = re.compile(
    r"订单|单子|[那这上]单|付了|花了|运费|邮费|快递费|退|积分|券|发票|差价|便宜|优惠|打折|[打几]折|减|批发|一年|一个月|会员|区别|补"
)
_COUNTS = {"两": 2, "俩": 2, "三": 3, "四": 4, "五": 5, "六": 6}

ONE = "{name}：¥{price:.2f}，{stock}。"
LINE = "{name}：¥{price:.2f} × {count} = ¥{amount:.2f}，{stock}。"
TOTAL = "一共 ¥{total:.2f}。"
NO_POSTAGE = "这是按现在登记的价格相加的，运费和优惠以下单时为准。"
WHICH = "您说的是哪几样，各要几件？告诉我产品名，我给您加起来。"
NOT_ENOUGH = "只有 {stock} 件，不够您要的"


@dataclass(frozen=True, slots=True)
class Sum:
    """`count`: how many things of those shown they mean, 0: all of them. `are_first`: the first ones. `change`: of the sum told before."""

    text: str
    count: int = 0
    are_first: bool = False
    change: Change = ""


@dataclass(frozen=True, slots=True)
class Line:
    name: str
    price: Decimal
    count: int
    stock: int


@needs_a_sign(*_CHANGES.values(), _SUM, _PIECES, otherwise=None)
def sum_of(text: str) -> Sum | None:
    """None for what is asked of an order, of postage, or of something off."""
    words = compact(text)
    if not words or len(words) > LONGEST or _OTHER.search(words):
        return None
    if change := next((change for change, pattern in _CHANGES.items() if pattern.fullmatch(words)), None):
        return Sum(text, change=change)
    if not _SUM.search(words) and not _PIECES.search(words):
        return None
    shown = _SHOWN.search(words)
    if shown is None:
        return Sum(text)
    said = shown["count"]
    return Sum(text, int(said) if said.isascii() else _COUNTS[said], bool(shown["first"]))


def pieces_of(product: Slot, quantities: Sequence[Slot], text: str) -> int:
    """三罐龙井, 龙井三罐: how many of it; 1 where they do not say. 各两罐 is of all."""
    if each := pieces_of_each(quantities, text):
        return each
    near = (one for one in quantities if 0 <= product.start - one.end <= BETWEEN)
    behind = (one for one in quantities if 0 <= one.start - product.end <= BETWEEN)
    return next((pieces(one) for one in (*near, *behind)), 1)


def pieces_of_each(quantities: Sequence[Slot], text: str) -> int:
    """各两罐; 0 where they do not say so."""
    each = (one for one in quantities if text[: one.start].rstrip().endswith(("各", "各要", "各来", "各买")))
    return next(map(pieces, each), 0)


def counted_in(said: str) -> dict[str, int]:
    """The names of a sum as it was told, and how many of each."""
    return {found["name"]: int(found["count"] or 1) for found in _COUNTED.finditer(said)}


def told(lines: Sequence[Line]) -> str:
    said = [_line(one) for one in lines]
    total = sum((one.price * one.count for one in lines), Decimal(0))
    return "\n".join([*said, TOTAL.format(total=total) + NO_POSTAGE])


def pieces(quantity: Slot) -> int:
    return min(int(quantity.value), MOST_PIECES)


def _line(one: Line) -> str:
    is_short = 0 < one.stock < one.count
    stock = NOT_ENOUGH.format(stock=one.stock) if is_short else understanding_texts.stock_in_words(one.stock)
    return (ONE if one.count == 1 else LINE).format(
        name=one.name, price=one.price, count=one.count, amount=one.price * one.count, stock=stock
    )
