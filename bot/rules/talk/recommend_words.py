"""Recognises a wish for advice on what to buy, and puts the advice into words: pure, told only text."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from bot.rules.talk.wording import compact
from bot.values.recommending import Basis, Recommended

CALLED = {"茶": "茶叶"}  # to drink; 茶 stands in the names of pots, too
MOST_WORDS = 12  # characters of a kind of thing; more is a question of another sort

_BESIDE = re.compile(
    r"(?P<one>.{2,16}?)(?:要|得|可以|能|该|应该)?(?:搭配?|配|配上|搭着?)(?:点|些|个|一?套|一?把)?(?:什么|啥|哪(?:个|种|款))(?:茶叶?|东西|好)?"
    r"|(?:和|跟|与)(?P<other>.{2,16}?)(?:一起用|一起买|搭配|配套|配)的?(?:有)?(?:什么|哪些|东西|吗)?"
)
_WISH = re.compile(
    r"(?:求|给我|帮我|麻烦|请|能|可以)?推荐(?!人|码|有奖|好友|官|奖|给)|种草|安利|猜我喜欢"
    r"|(?:帮我|给我|替我)(?:挑|选)|(?:买|挑|选|带|入)(?:点|些|个)?(?:什么|啥|哪(?:个|款|种))(?:比较)?(?:好|合适)"
    r"|(?:还|有)?有(?:什么|啥|哪些)(?:好|适合我|值得买?|好用|好喝|好看)的?(?:东西|产品|茶叶?|茶具)?$|(?:有)?(?:什么|啥)(?:适合我|值得买)"
    r"|不知道(?:该)?买(?:什么|啥|哪)"
    r"|^(?:你好|您好|我|们)*想(?:要)?买(?:一?(?:把|个|点|些|套|只|口|罐|盒|款))?[^的吗呢么]{1,8}$"
)
_NO_WISH = re.compile(
    r"推荐(?:人|码|有奖|好友|奖励|返)|老带新|(?:水温|温度|克数|用量|比例).{0,4}推荐|推荐.{0,4}(?:水温|温度|用量|比例|快递)|一起(?:买|用|拍).{0,4}(?:打折|优惠|便宜|折扣|多少)|还会推荐吗|别(?:再)?(?:给我)?推荐|不要(?:再)?(?:给我)?推荐"
)
_FILLER = re.compile(
    r"猜我喜欢|请问|麻烦|你好|您好|你们家?|您|你|我家?|给我|帮我|替我|可以|能不能|能|有没有|有什么|有啥|有哪些|有|什么|啥|哪个|哪款|哪种|哪些|推荐|一下|几个|几款|一个|一款|一套|一把|个|款|些|点|"
    r"求|种草|安利|挑|选|买|入|带|比较|合适|适合|值得|好用|好喝|好看|好|的|了|吗|呢|啊|呀|吧|想|要|该|再|还|看看|东西|产品|商品|别|不知道|喜欢|那|喝|平时|日常"
)

_ASKED_FOR = (
    r"(?:有哪些|有什么|都?有啥|有几[种款]|吗|么|嘛|呢|不|卖不|卖吗|多少钱|怎么卖|几多钱|好多钱|几钱|什么价)"
)
_KIND = r"[^\W0-9a-z_有是能会可要我你您他不还了在到怎这那的人货退换修]{2,6}?"
_OF_A_KIND = re.compile(
    rf"(?:请问|你好|您好|唔该|你们?家?|店里|这里)*(?:(?:有没有|有冇|有无)(?P<one>{_KIND}){_ASKED_FOR}*|(?:有|卖)?(?P<other>{_KIND}){_ASKED_FOR}+)"
)

ASKED = "给您挑了{count}样，供您参考："
ASKED_FOR = "说到{words}，给您挑了{count}样，供您参考："
BESIDE = "和「{name}」搭配，您可以看看："
NOTHING_YET = "我对您的喜好还了解得不多，一时挑不出合适的，怕耽误您。您可以告诉我想要哪一类，或者回复「人工」，请同事为您挑选。"
NOTHING_OF_KIND = "现在有货的里面，没有找到和「{words}」有关、又适合再推荐给您的。换个说法告诉我，或者回复「人工」，请同事帮您看看。"
NOTHING_BESIDE = "「{name}」的搭配我还没有把握，不想随便说。回复「人工」，请同事为您搭一套。"
CLOSING = "价格以下单时为准。想了解哪一样，直接告诉我名字就好。"

REASONS = {
    Basis.DUE: "离您上次买有一阵子了，很多朋友隔 {after_days} 天左右会再买",
    Basis.ALSO: "买过「{because}」的朋友，也常选它",
    Basis.TOGETHER: "常和「{because}」一起下单",
    Basis.PEOPLE: "和您口味相近的朋友，最近买得不少",
    Basis.POPULAR: "近来大家买得最多的之一",
    Basis.ASKED: "您问的这一类，现在有货",
}


@dataclass(frozen=True, slots=True)
class Wish:
    """`words`: the kind of thing, may be empty. `beside`: what it is to go with, may be empty."""

    words: str = ""
    beside: str = ""
    is_a_category: bool = False  # or else it means something else: 有没有龙井


def wish_of(text: str) -> Wish | None:
    """推荐点茶叶, 有什么好喝的, 紫砂壶配什么茶; not 推荐人, not 别再推荐了."""
    words = compact(text)
    if not words or _NO_WISH.search(words):
        return None
    if found := _BESIDE.search(words):
        return Wish(beside=_kept(found["one"] or found["other"]))
    if not _WISH.search(words):
        asked = _OF_A_KIND.fullmatch(words)
        return Wish(words=asked["one"] or asked["other"], is_a_category=True) if asked else None
    kind = _kept(words)
    return Wish(words=kind) if len(kind) <= MOST_WORDS else None


def kinds_of(text: str) -> tuple[str, ...]:
    """有什么适合上班喝的茶: 茶叶, or 茶; what the kind of thing may be called, empty where nothing is left of the words."""
    kind = _kept(compact(text))
    if not 0 < len(kind) <= MOST_WORDS:
        return ()
    return tuple(filter(None, dict.fromkeys((CALLED.get(kind[-1], ""), kind[-2:], kind[-1]))))


def in_words(found: Sequence[Recommended], opening: str) -> str:
    told = [
        f"{number}. {one.name} · ¥{one.price:.2f}\n　{reason_of(one)}" for number, one in enumerate(found, 1)
    ]
    return "\n".join([opening, *told, CLOSING])


def reason_of(one: Recommended) -> str:
    return REASONS[one.basis].format(because=one.because, after_days=one.after_days)


def _kept(words: str) -> str:
    return _FILLER.sub("", words)
