"""Recognises a birthday that somebody tells of themselves: 我生日是1990年5月3日, 我过农历八月十五. Pure, told only text."""

import re
from dataclasses import dataclass

from bot.rules.calendar import lunar
from bot.rules.talk.numerals import number_of
from bot.rules.talk.signs import needs_a_sign
from bot.rules.talk.wording import compact, plain

LONGEST = 30  # characters

_LUNAR = r"(?P<lunar>农历|阴历|旧历|老历)?(?:阳历|公历|新历)?"
_MONTH = r"(?P<month>闰?(?:[01]?[0-9]|十[一二]?|[正一二三四五六七八九冬腊]))月"
_DAY = r"(?P<day>初[一二三四五六七八九十]|廿[一二三四五六七八九]|[0-3]?[0-9]|[二三]?十[一二三四五六七八九]?|[一二三四五六七八九])[日号]?"
_DATE = rf"{_LUNAR}(?:的|是)*(?:(?P<year>(?:19|20)?[0-9]{{2}})年)?{_MONTH}{_DAY}"
_SELF = r"(?:(?:你好|您好|对了|那个|记一下|帮我?记一下)*(?:我|本人)(?:自己)?(?:的)?)"
_ENDING = r"(?:[的哦呢啊哈啦吧呀了]|喔|谢谢)*"
_TOLD = re.compile(
    rf"{_SELF}?(?:过|是)*(?P<before>农历|阴历|旧历|老历)?(?:阳历|公历)?(?:的)?(?:生日|出生日期|生辰)(?:就|也|应该|日期)*(?:是|在|为|过|按)*{_DATE}{_ENDING}"
)
_BORN = re.compile(
    rf"{_SELF}(?:是|就|在|过|按|于|出生于|出生在|生于)*{_DATE}(?P<born>出生|生日|生人|生|过生日)?{_ENDING}"
)
_YEAR = re.compile(rf"(?:我|是|就)*(?P<year>(?:19|20)?[0-9]{{2}})年?(?:出生|生)?{_ENDING}")
_WRITTEN = re.compile(
    r"(?P<year>(?:19|20)[0-9]{2})[-/.年](?P<month>[01]?[0-9])[-/.月](?P<day>[0-3]?[0-9])日?"
)

NOTED = "谢谢您告诉我，记下了：{birthday}。写错了再告诉我一次就好；想看、想删，回复「我的资料」。"
SOLAR, LUNAR = "您的生日是{year}年{month}月{day}日", "您过农历生日，{day}"
WHICH_YEAR = "好的，{month}月{day}日。要记下您的生日，还差出生的年份，回复年份就好，比如「1990」；不方便说也没关系，不用理我。"
NO_SUCH_DAY = "这个日子好像不对，麻烦您再看一下，比如「我的生日是1990年5月3日」或者「我农历生日是八月十五」。"

_ASKED = re.compile(WHICH_YEAR.format(month="(?P<month>[0-9]+)", day="(?P<day>[0-9]+)"))


@dataclass(frozen=True, slots=True)
class Birthday:
    """0 for what they did not say; a year alone means one only where it was asked for. `lunar`: as it is kept, or empty."""

    year: int = 0
    month: int = 0
    day: int = 0
    lunar: str = ""


@needs_a_sign(_TOLD, _BORN, _YEAR, _WRITTEN, otherwise=None)
def birthday_in(text: str) -> Birthday | None:
    """我生日5月3号, 我是1990-05-03出生的, 我过阴历腊月三十; not 我妈生日5月3号, 5月3号能到吗."""
    words = compact(_WRITTEN.sub(r"\g<year>年\g<month>月\g<day>日", plain(text)))
    if not 0 < len(words) <= LONGEST:
        return None
    if found := _TOLD.fullmatch(words):
        return _read(found, is_lunar=bool(found["before"] or found["lunar"]))
    if (found := _BORN.fullmatch(words)) and (found["born"] or found["lunar"]):
        return _read(found, is_lunar=bool(found["lunar"]))
    found = _YEAR.fullmatch(words)
    return Birthday(year=int(found["year"])) if found else None


def asked_about(said: str) -> tuple[int, int] | None:
    """The month and the day whose year this asks for."""
    found = _ASKED.fullmatch(said)
    return (int(found["month"]), int(found["day"])) if found else None


def _read(found: re.Match[str], *, is_lunar: bool) -> Birthday:
    """A day that does not exist has the month 0."""
    year, month, day = int(found["year"] or 0), found["month"], found["day"]
    if is_lunar or month[0] in "正冬腊闰" or day[0] in "初廿":
        try:
            return Birthday(lunar=str(lunar.read(f"{month}月{day}")))
        except lunar.NoSuchDay:
            return Birthday()
    return Birthday(year=year, month=int(number_of(month)), day=int(number_of(day)))
