"""The one question a customer is asked, and what they say to it: pure, told only text and the day."""

import re
from collections.abc import Iterable
from datetime import date
from functools import lru_cache

from bot.rules.people.facts import AGE_BAND, age_band
from bot.rules.talk.numerals import full_year
from bot.rules.talk.signs import needs_a_sign
from bot.rules.talk.wording import compact
from bot.values.facts import Attribute

LONGEST_CORRECTION = 16
LONGEST_ANSWER = 24  # characters; who writes more is speaking of something else

QUESTION = "顺便问您一句：{question}\n{choices}\n回复数字或者直接说都可以；不想说就回复「跳过」，以后都不想被问就回复「别问了」。"
NOTED = "谢谢您告诉我，记下了：{label}「{value}」{purpose}。说错了回复「撤回」；想看我们记了您什么，回复「我的资料」。"
NO_SUCH_CHOICE = "这里只有 1 到 {most} 可以选，直接用您自己的话说也行；不想说就回复「跳过」。"
PASSED_OVER = "好的，这个我以后不再问您了。"
NEVER_AGAIN = "好的，以后都不再问您这类问题了，抱歉打扰。您有事随时找我；想改主意，回复「我的资料」就能看到。"
TAKEN_BACK = "好的，刚才那一条已经删掉了，以后也不再问您这个。"

_REFUSES = re.compile(
    r"(?:请|先|我|就|算了)*(?:跳过|不想说|不想回答|不方便说?|不方便回答|不告诉你|不说|保密|秘密|隐私|下一个|换一个|skip|pass)(?:吧|了|啊|哈|谢谢|这个|这题)*"
)
_REFUSES_ALL = re.compile(
    r"(?:请|麻烦|你|您|你们|能不能|可以|求你|真的|以后|都|也)*(?:别|不要|不用|不许|不想被|停止|勿|不准)(?:再|老|总是|一直|都|来|这样)*(?:问|提问)"
    r"(?:我|了|问题|这些|这个|这种|这类|任何|东西|啦|吧|行不行|好吗|行吗|谢谢)*"
)
_TAKES_BACK = re.compile(
    r"(?:我|刚才|刚刚|那个|是|要|想)*(?:撤回|说错|记错|填错|选错|答错|不是这个)(?:了|一下|吧|啊|刚才的)*"
)
_ASKS_WHAT_IS_KNOWN = re.compile(
    r"(?:请|帮我|给我|我要|我想|怎么)*(?:看|查|查看|修改|更改|改|删除|删|更正|打开|管理)*(?:一下|下|看|掉)?"
    r"(?:我的个?人?资料|个人资料|我的信息|个人信息|我的档案|你们?(?:都)?(?:记|知道|存)了?我(?:的)?(?:什么|哪些)(?:资料|信息)?)(?:吧|呢|吗|在哪|在哪里|页面)*"
)
_CORRECTS = re.compile(
    r"^(?:帮|请|给|麻烦)*(?:我|把|改|修改|更正|更新|一下|的)*(?:资料|信息|生日|城市|所在地|性别|职业|称呼|年龄|姓名|名字|昵称)(?:记|写|填|登记|弄)?(?:错|不对|改|换|更新|有误)"
    r"|^(?:改|修改|更正|更新)(?:一下|下)?(?:我的?|个人)(?:资料|信息|生日|城市|性别|职业|称呼|年龄)"
)
_NUMBER = re.compile(r"(?:我|选|第|就|是|要)*([1-9一二三四五六七八九])(?:个|项|号|吧|了|哈|啊|选项)*")
_AGE = re.compile(r"(?:我|今年|现在|快|刚|已经|大概|差不多|是)*(\d{2})(?:周?岁|了|多|出头|左右|整|吧)*")
_BORN = re.compile(r"(?:我|是|出生于|生于)*((?:19|20)?\d\d)年(?:出生|生|的|人)*")
_BORN_IN_THE = re.compile(r"(?:我|是)*([0-9]0)后(?:的|了|吧|啊)*")
_TELLS_AN_AGE = re.compile(r"\d|后")
_DIGITS = str.maketrans("零一二三四五六七八九", "0123456789")
_AROUND = (
    "我们?|是|的|了|一个|一名|个|名|在|做|当|还|现在|目前|平时|主要|比较|更|最|看重|在意|喜欢|觉得|应该|算是|算|属于|大概|差不多|吧|啊|呀|哈|啦|嘛|咯|嗯|哦|噢|"
    "就|想|选|要|一般|都|也|很|挺|重要|优先|第一|为主|工作|族|人|岁|多|左右|好的?|您好|你好|谢谢|一家|班|家里?|自己|那|肯定|当然|一点|些|考虑|东西|买|叫我"
)


def question(attribute: Attribute) -> str:
    choices = "\n".join(f"{number} {choice.label}" for number, choice in enumerate(attribute.choices, 1))
    return QUESTION.format(question=attribute.question, choices=choices)


def thanks(attribute: Attribute, value: str) -> str:
    purpose = f"，{attribute.purpose}" if attribute.purpose else ""
    return NOTED.format(label=attribute.label, value=attribute.shown(value), purpose=purpose)


def is_short(text: str) -> bool:
    return 0 < len(compact(text)) <= LONGEST_ANSWER


@needs_a_sign(_REFUSES, otherwise=False)
def refuses(text: str) -> bool:
    """跳过, 不想说, 不方便."""
    return bool(_REFUSES.fullmatch(compact(text)))


@needs_a_sign(_REFUSES_ALL, otherwise=False)
def refuses_all(text: str) -> bool:
    """别问了, 不要再问我了; not 别问价格 and not a question."""
    return bool(_REFUSES_ALL.fullmatch(compact(text)))


@needs_a_sign(_TAKES_BACK, otherwise=False)
def takes_back(text: str) -> bool:
    """撤回, 刚才说错了."""
    return bool(_TAKES_BACK.fullmatch(compact(text)))


@needs_a_sign(_CORRECTS, otherwise=False)
def corrects_a_fact(text: str) -> bool:
    """把我的城市改成上海, 我生日记错了; not 地址写错了, which is an order's."""
    words = compact(text)
    return len(words) <= LONGEST_CORRECTION and bool(_CORRECTS.search(words))


@needs_a_sign(_ASKS_WHAT_IS_KNOWN, otherwise=False)
def asks_what_is_known(text: str) -> bool:
    """我的资料, 你们记了我什么."""
    return bool(_ASKS_WHAT_IS_KNOWN.fullmatch(compact(text)))


def number_in(text: str) -> int | None:
    """2, 第二个, 选 3."""
    found = _NUMBER.fullmatch(compact(text))
    if not found:
        return None
    return int(found[1]) if found[1].isdecimal() else "一二三四五六七八九".index(found[1]) + 1


def answer_to(attribute: Attribute, text: str, today: date) -> str | None:
    """The choice that is meant, by number or in words; None when it is not an answer to this."""
    if not is_short(text):
        return None
    number = number_in(text)
    if number is not None:
        return attribute.choices[number - 1].name if number <= len(attribute.choices) else None
    words = compact(text)
    if attribute.name == AGE_BAND and (band := _band_in(words, today)):
        return band
    found = _meant(attribute).fullmatch(words)
    if found is None:
        return None
    said = {name: at for name, at in ((name, found.start(name)) for name in found.groupdict()) if at >= 0}
    return min(said, key=lambda name: said[name]).removeprefix("c_") if said else None


def may_answer(text: str, meant: re.Pattern[str]) -> bool:
    """Whether it answers a question of whichever attribute; `meant` is `meant_by_any` of those there are."""
    words = compact(text)
    return bool(_TELLS_AN_AGE.search(words) or _NUMBER.fullmatch(words) or meant.fullmatch(words))


def meant_by_any(attributes: Iterable[Attribute]) -> re.Pattern[str]:
    """Only words of any of the choices and what people put around them."""
    choices = (choice for attribute in attributes for choice in attribute.choices)
    words = {word for choice in choices for word in _words(choice.label, choice.words)}
    return re.compile(f"(?:{'|'.join([_AROUND, *map(re.escape, sorted(words))])})+")


def _band_in(words: str, today: date) -> str | None:
    if found := _AGE.fullmatch(words):
        return age_band(date(today.year - int(found[1]), 1, 1), today)
    if found := _BORN.fullmatch(words):
        return _band_of(int(found[1]), today)
    if found := _BORN_IN_THE.fullmatch(words.translate(_DIGITS)):
        return _band_of(int(found[1]) + 5, today)  # the middle of the ten years is nearest to most of them
    return None


def _band_of(year: int, today: date) -> str | None:
    year = full_year(year, today)
    return age_band(date(year, 1, 1), today) if 1900 <= year <= today.year else None


@lru_cache(64)
def _meant(attribute: Attribute) -> re.Pattern[str]:
    """Only words of the choices and what people put around them: 便宜的茶壶有吗 is not an answer."""
    each = "|".join(
        f"(?P<c_{choice.name}>{'|'.join(map(re.escape, _words(choice.label, choice.words)))})"
        for choice in attribute.choices
    )
    return re.compile(rf"(?:(?:{_AROUND})|{each})+")


def _words(label: str, words: tuple[str, ...]) -> list[str]:
    """The longest first."""
    return sorted({compact(word) for word in (label, *words)} - {""}, key=len, reverse=True)
