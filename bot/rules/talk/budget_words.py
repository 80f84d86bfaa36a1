"""Recognises how much somebody wants to spend, and on what: 200块以内的茶壶, 预算三百, 最便宜的盖碗. Pure, told only text."""

import re
from dataclasses import dataclass
from decimal import Decimal

from bot.rules.talk.numerals import NUMERAL, number_of
from bot.rules.talk.recommend_words import CALLED
from bot.rules.talk.signs import needs_a_sign
from bot.rules.talk.wording import plain
from bot.values.recommending import ANYTHING, Spend

LONGEST = 30  # characters: a longer text tells a story
LEAST_BARE = 10  # 10以内, with no word for money, may be money; 3以内 is none
BELOW_ABOUT, ABOVE_ABOUT = Decimal("0.7"), Decimal("1.15")  # of 三百左右

WITHIN = "按您说的价位，现在有货的{words}给您挑了这些："
SORTED = {
    "cheapest": "现在有货的{words}，从便宜的说起：",
    "dearest": "现在有货的{words}，从贵的说起：",
}
NOT_WITHIN = "您说的价位里，现在没有有货的{words}。离得最近的是："
OTHER_KIND = "您说的那一类，现在有货的里面没有找到。同样价位有货的有："
NOTHING_WITHIN = "您说的价位里，我没有找到现在有货、合适您的，不想随便说。换个价位或者告诉我想要哪一类，也可以回复「人工」，请同事为您挑选。"
THINGS = "东西"

_MONEY = r"(?:块钱?|元钱?|圆|蚊|rmb|￥)"
_AROUND = r"(?:左右|上下|出头|来块)"
_SIGN = r"(?:[¥￥])?"
_BUDGET = r"(?:预算|价位|价格|价钱|心理价|控制|定)(?:是|就|大概|大约|差不多|在|有|只有|约|不多|到)*"
_MOST = re.compile(
    rf"(?:不超过?|别超过?|低于|少于|最多|顶多|封顶){_SIGN}(?P<first>{NUMERAL}){_MONEY}?"
    rf"|{_SIGN}(?P<second>{NUMERAL})(?P<money>{_MONEY}?钱?)(?:以内|之内|以下|之下|封顶|不到|内(?![容部]))"
)
_LEAST = re.compile(
    rf"(?:不低于|高于|超过){_SIGN}(?P<first>{NUMERAL}){_MONEY}"
    rf"|{_SIGN}(?P<second>{NUMERAL})(?P<money>{_MONEY}?)(?:以上|往上|朝上)"
)
_BETWEEN = re.compile(
    rf"{_SIGN}(?P<low>{NUMERAL}){_MONEY}?(?:到|至|-|—|~|～){_SIGN}(?P<high>{NUMERAL})(?P<money>{_MONEY}?)(?:之间|左右)?(?=的|之|价|$)"
)
_ABOUT = re.compile(
    rf"{_SIGN}(?P<first>{NUMERAL}){_MONEY}{_AROUND}|(?P<second>百元|千元){_AROUND}?"
    rf"|{_BUDGET}{_SIGN}(?P<third>{NUMERAL}){_MONEY}?{_AROUND}|(?P<bare>[1-9][0-9]00?|[一二两三四五六七八九]百)(?:左右|上下)(?=的|$)"
)
_LIMIT = re.compile(
    rf"(?:{_BUDGET}|(?:只有|就|手里有|手头有|我有){_SIGN}(?={NUMERAL}{_MONEY})){_SIGN}(?P<first>{NUMERAL}){_MONEY}?"
)
_EACH = re.compile(
    rf"(?:人均|每个?人|每位|一个人)(?:{_BUDGET}|大概|大约|差不多|在|就|是|花|按)*{_SIGN}(?P<first>{NUMERAL}){_MONEY}?(?:(?P<limit>以内|之内|以下|之下|封顶)|{_AROUND})?(?![天次个克包只杯度瓶罐])"
)
_CHEAPEST = re.compile(r"最(?:便宜|实惠|划算|低价)的(?!价|多少|是多少)")
_DEAREST = re.compile(r"最(?:贵|高档|高端|好的?最贵)的(?!价|多少|是多少)")
_WHICH = re.compile(r"是(?:啥|什么|哪)|有(?:啥|什么|哪)|你们|店里")
_OTHER = re.compile(  # money that is not to be spent on a thing
    r"[退换]|运费|邮费|快递|包邮|满.{0,6}[减送]|券|红包|发票|开票|积分|转账|付款|支付|批发|订单|单子|提现|余额|定金|尾款|会员|充值|降价|差价|补差|砍|再少|便宜点|卖不卖|行不行|可以吗|能不能|"
    r"每(?:份|套|个(?!人))|一份|[0-9]+份"
)
_FILLER = re.compile(
    r"请问|麻烦|你好|您好|你们家?|您|你|我家?|给我|帮我|替我|可以|有没有|有冇|有无|有什么|有啥|有哪些|有|没有|什么|啥|哪个|哪款|哪种|哪些|推荐|介绍|一下|几个|几款|"
    r"一个|一款|一套|一把|一只|一口|个|款|些|点|求|挑|选|想买|买|入手|入|带|比较|合适|适合|值得|好的?|的|了|吗|么|嘛|呢|啊|呀|吧|想要?|要|该|再|还|看看|看|东西|产品|商品|多少钱|是|呗|哈|能|价位|价格|预算|之间|左右|上下|，|,|。|[?？!！、~]"
)


@dataclass(frozen=True, slots=True)
class Budget:
    """`words`: the kind of thing, may be empty."""

    spend: Spend
    words: str = ""


@needs_a_sign(_CHEAPEST, _DEAREST, _BETWEEN, _EACH, _MOST, _LEAST, _ABOUT, _LIMIT, otherwise=None)
def budget_of(text: str) -> Budget | None:
    """200块以内的茶壶, 预算三百送人, 100到200的茶, 最便宜的盖碗; not 200以内包邮吗, not 3天以内, not 满200减20."""
    words = re.sub(r"\s+", "", plain(text))
    if not words or len(words) > LONGEST or _OTHER.search(words):
        return None
    for pattern, spend in ((_CHEAPEST, Spend(first="cheapest")), (_DEAREST, Spend(first="dearest"))):
        if pattern.search(words):
            return _of_kind(pattern.sub("", words), spend)
    for pattern, read in ((_BETWEEN, _between), (_EACH, _each), (_MOST, _most), (_LEAST, _least), (_ABOUT, _about), (_LIMIT, _limit)):  # fmt: skip
        found = pattern.search(words)
        if found and (spend := read(found)) != ANYTHING:
            return Budget(spend, _kind(words[: found.start()] + words[found.end() :]))
    return None


def called(kind: str) -> tuple[str, ...]:
    """What a kind of thing may be called, the fuller names first: 茶杯, then 杯; 茶 is what is drunk, not its pot."""
    shorter = (kind[-2:], kind.removesuffix("子")[-1:]) if len(kind) > 1 else ()
    return tuple(dict.fromkeys(filter(None, (CALLED.get(kind, ""), kind, *shorter))))


def _of_kind(words: str, spend: Spend) -> Budget | None:
    """最便宜的 alone may be of what was shown; 最便宜的是啥 is of all there is."""
    kind = _kind(words)
    return Budget(spend, kind) if kind or _WHICH.search(words) else None


def _kind(words: str) -> str:
    return _FILLER.sub("", words)


def _between(found: re.Match[str]) -> Spend:
    low, high = number_of(found["low"]), number_of(found["high"])
    return Spend(low, high) if low < high and high >= LEAST_BARE else ANYTHING


def _most(found: re.Match[str]) -> Spend:
    return Spend(most=_bound(found))


def _least(found: re.Match[str]) -> Spend:
    return Spend(least=_bound(found))


def _bound(found: re.Match[str]) -> Decimal | None:
    """None where it may as well be of something else than money."""
    number = number_of(found["first"] or found["second"])
    return number if found["first"] or found["money"] or number >= LEAST_BARE else None


def _about(found: re.Match[str]) -> Spend:
    said = found["second"]
    number = (
        Decimal(100 if said == "百元" else 1000)
        if said
        else number_of(found["first"] or found["third"] or found["bare"])
    )
    return Spend(number * BELOW_ABOUT, number * ABOVE_ABOUT)


def _each(found: re.Match[str]) -> Spend:
    """人均100 is about as much; a small number counts something else."""
    number = number_of(found["first"])
    if number < LEAST_BARE:
        return ANYTHING
    return Spend(most=number) if found["limit"] else Spend(number * BELOW_ABOUT, number * ABOVE_ABOUT)


def _limit(found: re.Match[str]) -> Spend:
    return Spend(most=number_of(found["first"]))
