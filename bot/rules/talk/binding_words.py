"""Recognises, in what a customer wrote, the wish to be known as the shop's customer, and what proves it: pure, told only text."""

import re
from dataclasses import dataclass
from typing import Literal

from bot.rules.intake.cells import Wrong, phone
from bot.rules.talk.signs import needs_a_sign
from bot.rules.talk.wording import compact, plain

CODE_LETTERS = "BCDFGHJKMNPQRSTVWXYZ"  # no vowels, so it spells nothing; no digits, so it is no order number
CODE_LENGTH = 8
SCENE = "bind_"  # of a QR code that binds whoever scans it: bind_ and the code

_CODE = re.compile(
    rf"(?<![0-9a-z])(?:{SCENE})?([{CODE_LETTERS.lower()}]{{4}})[- ]?([{CODE_LETTERS.lower()}]{{4}})(?![0-9a-z])"
)
_MOBILE = re.compile(r"(?<![0-9a-z])(?:\+?86[- ]?)?1[3-9]\d[- ]?\d{4}[- ]?\d{4}(?![0-9a-z])")
_ABROAD = re.compile(r"\+\d[\d -]{5,17}\d(?![0-9a-z])")
_ORDER = re.compile(r"(?<![0-9a-z])(?=[0-9a-z-]{6,32}(?![0-9a-z]))[a-z]{0,6}-?\d[\d-]*\d(?![0-9a-z])")
_TAIL = re.compile(r"(?<![0-9a-z])\d{4}(?![0-9a-z])")
_DIGITS_OF_AN_ORDER = 6

_POLITE = (
    r"(?:你好|您好|请问|请|麻烦|帮我|帮忙|给我|我想|我要|我来|我的|我|想|要|需要|可以|能|怎么|如何|怎样)*"
)
_LABELS = r"(?:我的?|本人的?|是|为|和|的|号|手机|手机号码?|号码|电话|订单号?|订单|单号|尾号|后四位|绑定码|码|会员|会员卡|账号|帐号|账户|微信|公众号|资料|到|一下|下)*"
_ENDING = r"(?:吧|啊|呀|呢|吗|哦|了|谢谢|多谢|一下)*"
_BINDS = re.compile(rf"{_POLITE}(?:绑定|绑|关联){_LABELS}{_ENDING}")
_IS_A_MEMBER = re.compile(
    r"(?:你好|您好)*(?:我|本人)(?:也|早就|一直|已经|以前)?是(?:你们|您们|店里|本店|贵店|你家|咱们)?(?:家|店)?的?(?:老|的)?(?:会员|老会员|vip|老顾客|老客户|老客)(?:了|啊|呀|哦|的|呢)*"
)
_ONLY_LABELS = re.compile(rf"{_LABELS}{_ENDING}")
_MAY_BE_ONE = re.compile(
    "[0-9a-z绑]|关联|会员|老顾客|老客"
)  # without any of these it is neither wish nor proof
_GIVES_UP = re.compile(
    r"(?:那|还是|先)*(?:算了|取消|取消绑定|不绑了?|不绑定了?|先不绑了?|不用了|不办了|不弄了|不了|退出|放弃|下次吧?|以后再说)(?:吧|了|啊|哈|谢谢|谢谢你|谢谢您)*"
)

Kind = Literal["wish", "proof", "gives_up"]


@dataclass(frozen=True, slots=True)
class Heard:
    """`code` without dash and in capitals, `order` in capitals, `tail`: the last four digits of a phone."""

    kind: Kind
    phone: str = ""
    code: str = ""
    order: str = ""
    tail: str = ""


@needs_a_sign(_GIVES_UP, _MAY_BE_ONE, otherwise=None)
def heard(text: str) -> Heard | None:
    """绑定, 我是会员, 绑定 13800001234, a code, an order number, 算了; not 解绑, 绑定银行卡. Who is meant decides the caller."""
    words, whole = plain(text), compact(text)
    if _GIVES_UP.fullmatch(whole):
        return Heard("gives_up")
    if len(words) > 100 or not _MAY_BE_ONE.search(whole):
        return None
    words, number = _phone(words)
    words, code = _taken(_CODE, words)
    words, order = _taken(_ORDER, words)
    if sum(map(str.isdigit, order)) < _DIGITS_OF_AN_ORDER:
        words, order = f"{words} {order}", ""
    words, tail = _taken(_TAIL, words)
    left, found = (
        compact(words),
        (number, "".join(filter(str.isalpha, code)).upper().removeprefix("BIND"), order.upper(), tail),
    )
    if _BINDS.fullmatch(left) or _IS_A_MEMBER.fullmatch(left):
        return Heard("wish", *found)
    if any(found[:3]) and _ONLY_LABELS.fullmatch(left):
        return Heard("proof", *found)
    return None


def code_in_scene(scene: str) -> str:
    """The code that came with a scanned QR code; empty for other scenes."""
    return scene.removeprefix(SCENE).upper() if scene.startswith(SCENE) else ""


def _phone(words: str) -> tuple[str, str]:
    found = _MOBILE.search(words) or _ABROAD.search(words)
    if found is None:
        return words, ""
    try:
        return words.replace(found[0], " ", 1), phone(found[0])
    except Wrong:
        return words, ""


def _taken(pattern: re.Pattern[str], words: str) -> tuple[str, str]:
    found = pattern.search(words)
    return (words.replace(found[0], " ", 1), found[0].strip("-")) if found else (words, "")
