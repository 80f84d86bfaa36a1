"""They take back an answer of the form they are filling and say what it should be: 不对，是 138…，地址改成…. Pure, told only text."""

import re
from collections.abc import Sequence
from typing import Any

from bot.rules.talk.forms import Pick, answer_to, step_of
from bot.rules.talk.wording import compact, plain
from bot.values.forms import Answers, Form, Step

LEAST_OF_A_CHOICE = 3  # characters

_TAKES_BACK = re.compile(
    r"^(?:等等|等一下|哦|啊|不好意思|抱歉|刚才|刚刚|我?改主意了|我?(?:又|再)?想了想|[,，。、!！ ])*(?:不对|不是|错了|写错|填错|说错|打错|发错|选错|更正|(?:(?:手机|电话|地址|收件人|订单|原因|方式)\S{0,6}(?:错了|不对|改)))"
)
_INSTEAD = re.compile(r"改成|改为|换成|应该是|应该写|要改成")
_NOT_THAT = re.compile(r"不是[^,，。]{1,12}[,，。 ]+(?:而?是|应该是)(?=\S)")
_OPENING = re.compile(
    r"^(?:等等|等一下|哦|啊|不好意思|抱歉|刚才|刚刚|不对|不是|错了|写错了?|填错了?|说错了?|打错了?|发错了?|选错了?|更正|把|我的|新的?|收件人|收货人|收货|收件|手机号码?|手机|号码|电话|地址|姓名|名字|问题|补充|备注|原因|方式|订单"
    r"|改成|改为|换成|要改成|改一下|应该是|应该写|是|为|要|的|了|[,，。、:：!！\s])+"
)
_PHONE = re.compile(r"1[3-9]\d{9}")
_NAMED = {  # how the steps are called by who corrects them
    "phone": re.compile(r"手机|电话|号码"),
    "address": re.compile(r"地址"),
    "receiver": re.compile(r"收件人|收货人|姓名|名字"),
    "problem": re.compile(r"问题|毛病"),
    "note": re.compile(r"补充|备注"),
    "reason": re.compile(r"原因"),
    "way": re.compile(r"方式"),
    "order": re.compile(r"订单"),
}


def correction(form: Form, answers: Answers, text: str, picks: Sequence[Pick]) -> dict[str, Any] | None:
    """The answers with the one that they correct; None when nothing of what was answered is corrected.

    `picks`: the orders that the form's first step offers.
    """
    said = plain(text)
    if chosen := _choice_behind_all(form, answers, compact(text)):
        return chosen
    if not (_TAKES_BACK.search(said) or _INSTEAD.search(said) or _is_a_phone_behind_all(form, answers, said)):
        return None
    rest = _after(text)
    for step in _meant(form, answers, said):
        given = answer_to(step, rest, picks if step.kind == "order" else ())
        if given is not None and compact(rest):
            return _changed(form, answers, step, given)
    return None


def _choice_behind_all(form: Form, answers: Answers, said: str) -> dict[str, Any] | None:
    """换一件, 质量问题, said at the summary: another one of the choices, by its own words."""
    if step_of(form, answers) is not None or len(said) < LEAST_OF_A_CHOICE:
        return None
    named = [(step, one) for step in form.steps for one in step.choices if said in compact(one)]
    if len(named) != 1 or answers.get(named[0][0].name) in (None, named[0][1]):
        return None
    return _changed(form, answers, *named[0])


def _is_a_phone_behind_all(form: Form, answers: Answers, said: str) -> bool:
    return step_of(form, answers) is None and bool(_PHONE.fullmatch(compact(said)))


def _after(text: str) -> str:
    """What should stand there: behind 改成, or behind what takes the former answer back; as they wrote it."""
    instead = list(_INSTEAD.finditer(text)) or list(_NOT_THAT.finditer(text))
    return _OPENING.sub("", text[instead[-1].end() :] if instead else text).strip()


def _meant(form: Form, answers: Answers, said: str) -> list[Step]:
    """Named ones alone; else those whose answers have a shape, the last one first: any words would do for the others."""
    answered = [step for step in form.steps if step.name in answers]
    named = [step for step in answered if step.name in _NAMED and _NAMED[step.name].search(said)]
    return named or [step for step in reversed(answered) if step.kind in ("phone", "choice", "order")]


def _changed(form: Form, answers: Answers, step: Step, given: Any) -> dict[str, Any]:
    """Without what is asked only because of the former choice."""
    changed = {**answers, step.name: given}
    gone = {
        one.name for one in form.steps if one.only_if and changed.get(one.only_if[0]) not in one.only_if[1]
    }
    return {name: value for name, value in changed.items() if name not in gone}
