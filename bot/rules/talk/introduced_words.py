"""Recognises how somebody wants to be called: 我叫张三, 叫我刘姐, 刘女士, or a surname and no more. Pure, told only text."""

import re
from dataclasses import dataclass

from bot.rules.talk.wording import compact

LONGEST = 24  # characters
ASKS = "称呼"  # stands in whatever asks for it

_SURNAMES = (
    "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜戚谢邹喻柏窦章苏潘葛奚范彭郎鲁韦马苗凤方俞任袁柳鲍史唐费廉岑薛雷贺倪汤滕殷罗毕郝邬安常于时傅"
    "卞齐康伍余元顾孟黄穆萧尹姚邵汪祁毛狄米贝戴宋庞熊纪舒屈项祝董梁杜阮蓝闵季贾江童颜郭梅林钟徐邱骆高夏蔡田樊胡凌霍虞万柯管卢莫房丁邓单洪包左石崔吉龚程邢裴陆荣翁"
    "甄曲封储段焦侯宁甘武符刘景詹龙叶黎乔翟谭申冉桑桂牛边尚温庄晏柴瞿阎连习艾鱼容向古易廖耿满欧耿关查曾游竺权盖岳肖付覃"
)
_SURNAME = rf"(?:欧阳|司马|上官|诸葛|东方|皇甫|尉迟|公孙|慕容|令狐|宇文|长孙|司徒|夏侯|端木|[{_SURNAMES}])"
_TITLE = r"(?:女士|先生|小姐姐?|老师|阿姨|叔叔?|大姐|大哥|大爷|大妈|奶奶|爷爷|姐|哥|总|工|医生|师傅|太太|妈妈?|爸爸?)"
_GIVEN = r"[^\W\da-z_了的你我您他她它们吗呢吧不没什么怎办等白到来去着过啥哪]"
_NAME = rf"{_SURNAME}{_GIVEN}{{1,2}}|[老小阿]?{_SURNAME}{_TITLE}|[老小阿]{_SURNAME}|[a-z]{{2,20}}"
_ENDING = r"(?:就好|就行|就可以|好了|即可|就成|[了吧哈哦呀啊啦])*"
_CALLED = re.compile(
    rf"(?:你好|您好|hi|hello|嗨|我的?(?:名字|姓名)(?:写|记|叫)?(?:错了|不对))*(?:我(?:的名字)?(?:是|就)?叫(?:做|作)?|(?:我的)?(?:名字|姓名)(?:是|叫)|(?:你们?|您|以后|可以|就|请|都|大家)*(?:叫|喊|称呼)我|mynameis)(?P<name>{_NAME}){_ENDING}"
)
_BARE = re.compile(rf"(?:叫|是|我是)?(?P<name>{_NAME}){_ENDING}")
_SURNAMED = re.compile(rf"(?:您好|你好)?(?:我|本人)?(?:免贵)?姓(?P<surname>{_SURNAME}){_ENDING}")
_ALONE = re.compile(rf"(?P<surname>{_SURNAME})")
_NO_NAME = re.compile(
    r"谢|马上|方便|高兴|容易|安全|时候|常用|任何|应该|满意|费心|查询|连忙|温馨|贵[了吗]|左右|万一|平时"
)
_GENDERS = (("female", re.compile(r"女士|小姐|姐|阿姨|大妈|奶奶|太太|妈")), ("male", re.compile(r"先生|哥|叔|大爷|爷爷|爸")))  # fmt: skip

NOTED = "{name}，您好！记下了，以后就这样称呼您。写错了再告诉我一次就好；想看、想删，回复「我的资料」。"
WHICH_TITLE = "好的，记得您姓{surname}。称呼您{surname}女士，还是{surname}先生？也可以直接告诉我怎么称呼您。"


@dataclass(frozen=True, slots=True)
class Introduced:
    """Either a name or a surname alone. `leans`: it says so only where they were asked."""

    name: str = ""
    surname: str = ""
    leans: bool = False


def introduced(text: str) -> Introduced | None:
    """我叫张三, 免贵姓欧阳, 刘女士; not 叫我怎么办, 我叫了快递, 张三的订单."""
    words = compact(text)
    if not 0 < len(words) <= LONGEST or _NO_NAME.match(words):
        return None
    if found := _SURNAMED.fullmatch(words):
        return Introduced(surname=found["surname"])
    if found := _ALONE.fullmatch(words):
        return Introduced(surname=found["surname"], leans=True)
    if found := _CALLED.fullmatch(words):
        return Introduced(name=_as_written(found["name"], text))
    found = _BARE.fullmatch(words)
    return Introduced(name=_as_written(found["name"], text), leans=True) if found else None


def gender_of(name: str) -> str:
    """What a title says: 刘女士; empty where it says nothing."""
    return next((gender for gender, title in _GENDERS if title.search(name)), "")


def _as_written(name: str, text: str) -> str:
    """Anna stays Anna."""
    found = re.search(re.escape(name), text, re.IGNORECASE)
    return found[0] if found else name
