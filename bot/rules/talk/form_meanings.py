"""What customers say instead of a form's own words: 退钱, 颜色不喜欢, 等我想想, name and phone in one line. Pure, told only text."""

import re
from collections.abc import Sequence
from typing import Any

from bot.rules.talk.wording import compact
from bot.values.forms import Form, Step

_MEANT = {
    "退货退款": re.compile(r"退|还钱"),
    "换一件": re.compile(r"换|补发|重新?发"),
    "不喜欢或买错了": re.compile(
        r"不喜欢|不想要|不合适|不适合|买错|拍错|买多|买重|后悔|用不[上着]|太[大小重轻长短]|颜色|尺寸|款式|不好看"
    ),
    "有质量问题": re.compile(
        r"质量|坏了?$|坏的|漏|松|裂|瑕疵|生锈|掉漆|掉瓷|不好用|不能用|用不了|不加热|不通电|异味|怪味|发霉|霉味|变质|过期|有虫"
    ),
    "发错或少发": re.compile(r"[发寄送]错|[少漏缺][发寄了送]|不是我(?:买|要|订|拍)的"),
    "运输中破损": re.compile(r"碎|破|压坏|压扁|摔|磕|撞|运输|路上|快递弄"),
    "其他原因": re.compile(r"其[他它]|别的|没什么原因|不想说|个人原因"),
}
_REFUSED = re.compile(r"(?:不是?|别|不用|不想|不要)(?:再|给我)?(?:退款|退货|退钱|换货|退|换)(?:了|货|款)?")
_WAITS = re.compile(
    r"(?:好|好的|好吧|嗯|哦|那|我|你|您|先|让我|再|请|谢谢|谢了|多谢|感谢|辛苦了?|不好意思|麻烦|麻烦了|等等|等一?下下?|等一?会儿?|稍等|等我|想想|想一?下|看看|看一?下|找找|找一?下|拍一?下|去拍|考虑一?下|考虑考虑|马上|一会儿?|啊|哈|吧|了)+"
)
_TAKES_TIME = re.compile(r"谢|感谢|辛苦|等|想|看|找|拍|考虑|马上|一会")
_PHONE = re.compile(r"(?<!\d)1[3-9]\d[ -]?\d{4}[ -]?\d{4}(?!\d)")
_LABELS = re.compile(
    r"(?:我的|新的)?(?:收货人|收件人|联系人|姓名|名字|手机号码?|电话号码?|联系电话|手机|电话|收货地址|地址)[ :：是为]*"
)
_PARTS = re.compile(r"[\s,，;；、。:：]+")
_NAME = re.compile(r"[\u4e00-\u9fff·]{2,4}")
_OF_A_PLACE = re.compile(r"[省市区县州路街道巷弄号室栋幢楼村镇乡座层园苑城]")


def meant(text: str, choices: Sequence[str]) -> str | None:
    """The one choice that their own words say; None when none or several do."""
    said = _REFUSED.sub("", compact(text))
    found = [choice for choice in choices if choice in _MEANT and _MEANT[choice].search(said)]
    return found[0] if len(found) == 1 else None


def wants_time(text: str) -> bool:
    """等等，我想想; 谢谢: no answer, and no reason to ask again at once."""
    words = compact(text)
    return bool(_WAITS.fullmatch(words) and _TAKES_TIME.search(words))


def in_one_line(step: Step, form: Form, text: str) -> dict[str, Any]:
    """杭州市文三路 100 号 王小明 13900001111: what of it answers which step; empty where no phone stands beside words."""
    later = {one.name for one in form.steps}
    found = _PHONE.search(text)
    if step.kind != "words" or "phone" not in later or found is None:
        return {}
    rest = _LABELS.sub(" ", _PHONE.sub(" ", text))
    parts = [part for part in _PARTS.split(rest) if part]
    names = [part for part in parts if _NAME.fullmatch(part) and not _OF_A_PLACE.search(part)]
    answers: dict[str, Any] = {"phone": compact(found[0])}
    if step.name == "address" and len(names) == 1 and len(parts) > 1:
        answers["receiver"] = names[0]
        parts.remove(names[0])
    said = " ".join(parts)
    return answers | {step.name: said} if len(compact(said)) >= step.least else {}
