"""How the forms that a customer sent in are told to them. Pure."""

from collections.abc import Sequence

from bot.rules.talk.forms import FORMS
from bot.values.forms import Request

NO_REQUESTS = "您还没有提交过申请。要退换、报修或者改地址，直接告诉我就好。"
REQUESTS = "您的申请：\n{lines}"
STATES = {"open": "同事处理中", "done": "已办好", "declined": "没有办成"}


def requests_in_words(requests: Sequence[Request]) -> str:
    if not requests:
        return NO_REQUESTS
    lines = [
        f"· {FORMS[one.form].title} {one.number}：{STATES[one.state]}{f'。{one.note}' if one.note else ''}"
        for one in requests
        if one.form in FORMS
    ]
    return REQUESTS.format(lines="\n".join(lines))
