"""What a customer names in their words: order numbers, quantities, times, phones and places, with where they stand. Pure.

Products are found by `bot/insight/catalogue.py`, which knows the shop's own.
"""

import re
from collections.abc import Iterator
from itertools import chain

from bot.values.understood import Slot, SlotKind

LONGEST_READ = 2000  # characters

_DIGIT = r"[0-9０-９]"
_NUMERAL = r"[一二两兩三四五六七八九十百千俩]"
_PHONE = re.compile(r"(?<![0-9A-Za-z])(?:\+?86[- ]?)?1[3-9]\d[- ]?\d{4}[- ]?\d{4}(?![0-9A-Za-z])")
_ORDER = re.compile(
    r"(?<![0-9A-Za-z@.])(?=[0-9A-Za-z-]{6,32}(?![0-9A-Za-z@]))[A-Za-z]{0,6}-?\d[\d-]*\d(?![0-9A-Za-z])"
)
_DATE_DIGITS = re.compile(r"(?:19|20)\d\d-?(?:0?[1-9]|1[0-2])-?(?:[0-2]?\d|3[01])")
_MEASURE = (
    r"(?:个|個|只|隻|把|套|件|份|盒|罐|包|口|条|條|双|雙|瓶|袋|饼|餅|块|塊|张|張|支|台|组|組|箱|斤|本|位)"
)
_QUANTITY = re.compile(
    rf"(?<![第每几0-9.])(?:({_DIGIT}{{1,4}})\s*|({_NUMERAL}{{1,3}}))({_MEASURE})(?![人月年])"
)
_TIME = re.compile(
    r"(?:(?:19|20)\d\d年)?(?:1[0-2]|0?[1-9])月(?:[12]\d|3[01]|0?[1-9])[日号號]?|(?:19|20)\d\d-(?:1[0-2]|0?[1-9])-(?:[12]\d|3[01]|0?[1-9])"
    r"|(?<![0-9])(?:[12]\d|3[01]|[1-9])[号號](?![码店线楼])"
    r"|(?:上上|上|这|這|本|下下|下)(?:个|個)?(?:周|週|星期|礼拜|禮拜)[一二三四五六日天末]?|(?:周|週|星期|礼拜|禮拜)[一二三四五六日天]|周末|週末"
    r"|(?:大前|前|昨|今|明|后|後|大后)(?:天|儿|日|晚|早)|(?:今|昨|明)(?:天)?(?:早上|上午|中午|下午|晚上|傍晚)|(?:上|这|這|下)个?月(?:初|中|底)?|去年|今年|明年|前年"
    r"|双十一|双11|双十二|双12|618|年前|年后|春节|元旦|国庆|中秋|端午|元宵|清明|七夕"
    r"|(?:(?:早上|上午|中午|下午|晚上|凌晨)\s*)?(?:[01]?\d|2[0-3])[点點时:：](?:[0-5]?\d分?|半)?(?!钱|什么|券)"
)
_PLACES = (
    "北京|天津|上海|重庆|重慶|河北|山西|辽宁|遼寧|吉林|黑龙江|黑龍江|江苏|江蘇|浙江|安徽|福建|江西|山东|山東|河南|湖北|湖南|广东|廣東|海南|四川|贵州|貴州|云南|雲南|陕西|陝西|甘肃|甘肅|青海|"
    "台湾|台灣|臺灣|内蒙古?|广西|廣西|西藏|宁夏|寧夏|新疆|香港|澳门|澳門|"
    "杭州|宁波|温州|绍兴|嘉兴|湖州|金华|台州|苏州|蘇州|南京|无锡|常州|南通|扬州|徐州|合肥|福州|厦门|泉州|南昌|济南|青岛|烟台|郑州|洛阳|武汉|长沙|广州|廣州|深圳|东莞|佛山|珠海|南宁|桂林|海口|三亚|成都|绵阳|贵阳|昆明|大理|"
    "拉萨|西安|兰州|西宁|银川|乌鲁木齐|石家庄|太原|大同|沈阳|大连|长春|哈尔滨|呼和浩特|包头|澳洲|美国|加拿大|日本|韩国|新加坡|英国|德国|法国|海外|国外"
)
_ADDRESS = re.compile(
    rf"(?:{_PLACES})(?:省|市|自治区|特别行政区)?(?:[\u4e00-\u9fff]{{1,7}}?(?:市|区|區|县|縣|镇|鎮|乡|街道|路|街|道|大道|弄|巷|号|號|村|小区|大厦|广场)(?:\d+(?:号|號|弄|栋|幢|楼|室|单元|-)*)*)*"
)
_VALUES = {
    "一": 1,
    "二": 2,
    "两": 2,
    "兩": 2,
    "俩": 2,
    "三": 3,
    "四": 4,
    "五": 5,
    "六": 6,
    "七": 7,
    "八": 8,
    "九": 9,
}
_UNITS = {"十": 10, "百": 100, "千": 1000}
_TO_HALF = str.maketrans("０１２３４５６７８９", "0123456789")


def slots_in(text: str) -> list[Slot]:
    """In the order they stand; two never overlap."""
    text = text[:LONGEST_READ]
    found: list[Slot] = []
    for slot in chain(_phones(text), _addresses(text), _orders(text), _times(text), _quantities(text)):
        if all(slot.end <= other.start or slot.start >= other.end for other in found):
            found.append(slot)
    return sorted(found, key=lambda slot: slot.start)


def _phones(text: str) -> Iterator[Slot]:
    for found in _PHONE.finditer(text):
        digits = "".join(filter(str.isdigit, found[0]))
        yield _slot("phone", found, digits[-11:])


def _orders(text: str) -> Iterator[Slot]:
    for found in _ORDER.finditer(text):
        if sum(map(str.isdigit, found[0])) >= 6 and not _DATE_DIGITS.fullmatch(found[0]):
            yield _slot("order", found, found[0].upper().strip("-"))


def _times(text: str) -> Iterator[Slot]:
    for found in _TIME.finditer(text):
        yield _slot("time", found, found[0].strip())


def _quantities(text: str) -> Iterator[Slot]:
    for found in _QUANTITY.finditer(text):
        number = int(found[1].translate(_TO_HALF)) if found[1] else _number(found[2])
        if number:
            yield _slot("quantity", found, str(number))


def _addresses(text: str) -> Iterator[Slot]:
    for found in _ADDRESS.finditer(text):
        yield _slot("place", found, found[0])


def _slot(kind: SlotKind, found: re.Match[str], value: str) -> Slot:
    return Slot(kind=kind, text=found[0], start=found.start(), end=found.end(), value=value)


def _number(numeral: str) -> int:
    """三, 十二, 二十, 一百; 0 for what is no number."""
    total, last = 0, 0
    for sign in numeral:
        if sign in _UNITS:
            total += (last or 1) * _UNITS[sign]
            last = 0
        else:
            last = _VALUES[sign]
    return total + last
