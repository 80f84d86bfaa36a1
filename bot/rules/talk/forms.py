"""Forms in the chat: which there are, which words begin, leave, resume and answer them, and every sentence said. Pure."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from bot.rules.talk.form_meanings import meant
from bot.rules.talk.products import best_named
from bot.rules.talk.signs import needs_a_sign
from bot.rules.talk.wording import compact, plain
from bot.values.forms import Answers, Form, Step

LONGEST = 500  # characters of an answer
MOST_PICTURES = 9
MOST_ORDERS = 5

_ORDER_HINT = "回复编号或者产品名就好。"
_PICTURES = "方便的话发几张照片（最多 9 张），发完回复「好了」；没有就回复「没有」。"
BROKEN = ("有质量问题", "发错或少发", "运输中破损")

FORMS: dict[str, Form] = {
    "return": Form(
        id="return",
        title="退换货申请",
        promise="同事会在一个工作日内核对，并把退货地址和退货码发给您。",
        steps=(
            Step(name="order", label="订单", ask="是哪一笔订单要退换？" + _ORDER_HINT, kind="order", statuses=("paid", "shipped", "delivered")),
            Step(name="way", label="方式", ask="想怎么处理？", kind="choice", choices=("退货退款", "换一件")),
            Step(name="reason", label="原因", ask="是什么原因呢？", kind="choice", choices=("不喜欢或买错了", *BROKEN, "其他原因")),
            Step(name="pictures", label="照片", ask="让同事看得清楚一些，" + _PICTURES, kind="pictures", may_skip=True, only_if=("reason", BROKEN)),
            Step(name="note", label="补充", ask="还有什么要补充的吗？没有就回复「没有」。", kind="words", may_skip=True),
        ),
    ),
    "repair": Form(
        id="repair",
        title="报修申请",
        promise="师傅看过后，会在一个工作日内告诉您能不能修、大概多久、要不要费用。",
        steps=(
            Step(name="order", label="订单", ask="是哪一笔订单里的东西要修？" + _ORDER_HINT, kind="order", statuses=("delivered",)),
            Step(name="problem", label="问题", ask="出了什么问题？请简单说说，比如「壶盖磕了一个口」。", kind="words", least=3),
            Step(name="pictures", label="照片", ask=_PICTURES, kind="pictures", may_skip=True),
            Step(name="phone", label="电话", ask="师傅怎么联系您？请留一个手机号，只用于这次维修。", kind="phone"),
        ),
    ),
    "address": Form(
        id="address",
        title="修改收货地址",
        promise="包裹还没发出的话，同事会马上改好；已经发出的会帮您联系快递。",
        steps=(
            Step(name="order", label="订单", ask="要改哪一笔订单的地址？" + _ORDER_HINT, kind="order", statuses=("placed", "paid", "shipped")),
            Step(name="address", label="新地址", ask="请把新的收货地址完整发给我：省、市、区、街道和门牌。", kind="words", least=8),
            Step(name="receiver", label="收件人", ask="收件人怎么称呼？", kind="words"),
            Step(name="phone", label="电话", ask="收件人的手机号是多少？", kind="phone"),
        ),
    ),
}  # fmt: skip

_WISHES = (
    r"(?:你好|您好|请问?|麻烦|帮我|帮忙|给我|我要|我想要?|我|想要?|要|需要|申请|办理|办|可以|能不能|能)+"
)
_BEGINS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("return", re.compile(rf"{_WISHES}(?:把)?(?P<words>.{{0,12}}?)(?:退货退款|退换货|退货|退款|退换|换货|退掉|退了|给?退)(?:申请|吧|了|吗|谢谢|一下)*|(?:退货|换货|退换货)申请")),
    ("repair", re.compile(rf"(?:{_WISHES})?(?:报修|返修)(?:申请|一下|吧|吗)*|{_WISHES}(?:把|修)?(?P<words>.{{0,12}}?)(?:报修|维修|保修|修一下|修一修|修理|修)(?:申请|一下|吧|吗)*")),
    ("address", re.compile(rf"(?:{_WISHES})?(?:修改|更改|改|换)(?:一下|下|个)?(?P<words>.{{0,8}}?)(?:的)?(?:收货|收件)?地址(?:吧|吗|了|谢谢|一下|行不行?|行吗|可以吗|好吗)*|(?:{_WISHES}的?)?(?:收货|收件)?地址(?:写错|填错|错)了?.{{0,8}}")),
)  # fmt: skip
_ASKS_HOW = re.compile(
    r"怎么|怎样|如何|多久|几天|多少|什么|规则|流程|政策|谁|运费|为什么|哪里|哪儿|无理由|七天|7天|支持|条件|(?<!能不)能(?:退|换|修)吗"
)
_LEAVES = re.compile(
    r"(?:(?:我|就|那|还是)*(?:算了(?:不[要买]了)?|退出|不办了|不弄了|先不办了?|先不弄了?|取消(?:掉|申请)?|不填了|先这样|等会再说|以后再说|不用了|(?:不|不用|不想|先不)(?:退|换|修|改|报修)(?:货|款|地址)?了|(?:先)?留着(?:用)?)(?:吧|了|谢谢)*)+"
)
_RESUMES = re.compile(
    r"(?:我|要|想|可以|帮我)*继续(?:填|填写|办理|办|申请|刚才的|上次的|退货|报修|申请表)*(?:吧|了|一下)*"
)
_NEWEST = re.compile(
    r"(?:就|是|要)*(?:最近|最新|刚刚?|上一?|最后)(?:买|下|的|那|这|一|次)*(?:个|笔|单|订单|的)+(?:吧|了)*"
)
_CAME_BAD = re.compile(
    r"收到|到手|打开就|拆开|碎|少了|少发|发错|漏发|只有[一二两三四五六七八九0-9]|就[一二两三四五六七八九0-9]只|霉|异味|怪味|变质|过期|受潮|生虫|有虫"
)
_SPOKEN = str.maketrans("零〇幺一二三四五六七八九", "001123456789")  # as voice recognition writes a number
_BACK = re.compile(r"(?:返回|回到)?上一步|改一下上一个|(?:刚才)?(?:说|选|填)错了(?:吧)?|重新?填上一个")
_SENDS = re.compile(
    r"(?:好的?|嗯|对|是的?|没错|确认|就)*(?:提交|确认|确认提交|可以提交了?|没问题|对的?|是的?|没错|好的?|可以|行|嗯+|ok)(?:吧|了|谢谢)*"
)
_SKIPS = re.compile(
    r"(?:暂时)?(?:没有|没|无|不用|不需要|跳过|没有了|没了|没有?(?:照片|图片?|相片|视频)|(?:不方便|没法|不)(?:拍|发|照)(?:照片?|图片?)?|[拍发]不了)(?:了|补充|谢谢|啊|哦|可以发|能发|可发)*"
)
_READY = re.compile(r"(?:好了|发完了?|就这些|完了|没了|没有了|可以了|ok|好)(?:吧|谢谢)*")
_MINE = re.compile(
    r"(?:看|查|查看|查一下)?(?:一下)?我的(?:退货|退换货|报修|维修|修改地址)?(?:申请|工单)(?:进度|记录)?(?:呢|吗|怎么样了|到哪了)?"
    r"|(?:看|查|查看|查一下)?(?:一下)?(?:我的)?(?:退货|退换货|退款|换货|报修|维修|修改地址)?(?:申请|工单|退款|退货|换货|维修)的?(?:进度|状态)(?:呢|吗|怎么样了)?|我的(?:退款|退货|换货)(?:呢|怎么样了|到哪了)?"
)
_PHONE = re.compile(r"(?<!\d)1[3-9]\d{9}(?!\d)")
_NUMBER = re.compile(r"(?:第|选|就|是|要)*([1-9一二三四五六七八九])(?:个|项|号|笔|单|吧|的)*")
_NUMBERS = "一二三四五六七八九"
_QUESTION = re.compile(
    r"吗$|嘛$|么$|呢$|[了过好]没有?$|什么|啥|怎么|咋|多少|多久|哪里|哪天|几天|几点|谁[出付来]|为什么|有没有|能不能|可不可以|到哪|[行好]不$"
)

BEGUN = "好的，帮您办理{title}，一共几步，随时回复「上一步」可以改，「算了」就先放下。\n"
CHOICES = "{ask}\n{lines}"
AGAIN = {
    "order": "没有对上哪一笔。请回复编号或者产品名；先不办了就回复「算了」，想请同事帮您办，回复「人工」。",
    "choice": "请回复 1 到 {most} 里的一个数字；先不办了就回复「算了」，想请同事帮您办，回复「人工」。",
    "words": "能再说详细一点吗？至少 {least} 个字，最多 500 个字。",
    "phone": "这个号码好像不对，请发 11 位的手机号。",
    "pictures": "请发照片，发完回复「好了」；没有照片就回复「没有」。",
}
GOT_PICTURE = "收到 {count} 张了。发完回复「好了」，还可以再发 {left} 张。"
GOT_PLACE = "看到了，您在{place}附近。请把完整的地址写给我：省、市、区、街道，还有门牌。"
ENOUGH = "已经收到 9 张，够看清楚了。"
SUMMARY = "请看看对不对：\n{lines}\n没问题就回复「提交」；哪一项不对，直接说，比如「电话改成 138…」；不办了回复「算了」。"
SENT = "收到您的{title}，编号 {number}。{promise}\n随时回复「我的申请」查看进度。"
CHANGED = "好的，改好了。\n"
NO_HURRY = "不急，申请先给您留着。想好了接着回答就行；不办了回复「算了」。"
LEFT = "好的，先帮您留着。七天里回复「继续」，就从刚才那一步接着填。"
NOT_BEGUN = "好的，不办了。已经提交过的申请想撤回，回复「人工」，同事帮您取消。"
NO_ORDER = "在您名下没有找到可以{what}的订单。如果是在别处下的单，回复「人工」，请同事帮您查。"
WHAT = {"return": "退换", "repair": "报修", "address": "改地址"}

Command = Literal["begin", "resume", "mine"]


@dataclass(frozen=True, slots=True)
class Heard:
    """What was said outside of a form: begin one (`form`; `words` may name the order), go on, list."""

    does: Command
    form: str = ""
    words: str = ""


@dataclass(frozen=True, slots=True)
class Pick:
    """An order as the form offers it."""

    number: str
    products: tuple[str, ...]


@needs_a_sign(_MINE, _RESUMES, *(pattern for _, pattern in _BEGINS), otherwise=None)
def heard(text: str) -> Heard | None:
    """我要退货, 茶壶想报修, 改一下地址, 继续, 我的申请; not 怎么退货, 退货运费谁出."""
    words = compact(text)
    if not 0 < len(words) <= 40:
        return None
    if _MINE.fullmatch(words):
        return Heard("mine")
    if resumes(text):
        return Heard("resume")
    if _ASKS_HOW.search(words):
        return None
    for form, pattern in _BEGINS:
        if found := pattern.fullmatch(words):
            return Heard("begin", form, _kept(found["words"] or ""))
    return None


def _kept(words: str) -> str:
    return words.strip("就是的个把口只件套那这想要给")


def leaves(text: str) -> bool:
    return bool(_LEAVES.fullmatch(compact(text)))


def resumes(text: str) -> bool:
    return bool(_RESUMES.fullmatch(compact(text)))


def goes_back(text: str) -> bool:
    return bool(_BACK.fullmatch(compact(text)))


def sends(text: str) -> bool:
    return bool(_SENDS.fullmatch(compact(text)))


def came_bad(text: str) -> bool:
    """收到就是碎的, 少了一只, 茶有霉味: nothing that a repair would help."""
    return bool(_CAME_BAD.search(compact(text)))


def is_a_question(text: str) -> bool:
    """Meant for somebody else than the form."""
    return len(compact(text)) > 2 and bool(_QUESTION.search(compact(text)))


def step_of(form: Form, answers: Answers) -> Step | None:
    """The first that is not answered yet; None when all are."""
    for step in form.steps:
        wanted = step.only_if is None or answers.get(step.only_if[0]) in step.only_if[1]
        if wanted and step.name not in answers:
            return step
    return None


def told_early(form: Form, answers: Answers, text: str) -> dict[str, Any]:
    """盖子松, said when they were asked something else: the answer of a later step that cannot be mistaken."""
    for step in form.steps:
        if step.name not in answers and step.kind in ("choice", "phone") and not _place(compact(text)):
            given = answer_to(step, text, ())
            if given is not None:
                return {step.name: given}
    return {}


def without_last(form: Form, answers: Answers) -> dict[str, Any]:
    """One step back; an order that chose itself goes with what came after it."""
    given = [step.name for step in form.steps if step.name in answers]
    return {name: value for name, value in answers.items() if name in given[:-1]}


def answer_to(step: Step, text: str, picks: Sequence[Pick]) -> str | list[str] | None:
    """The answer, checked; None when it is none. Pictures come by themselves: here is only that there are none."""
    words = compact(text)
    if step.may_skip and _SKIPS.fullmatch(words):
        return [] if step.kind == "pictures" else ""
    match step.kind:
        case "order":
            return _order(text, words, picks)
        case "choice":
            return _choice(words, step.choices)
        case "phone":
            found = _PHONE.search(plain(text).translate(_SPOKEN).replace(" ", "").replace("-", ""))
            return found[0] if found else None
        case "words":
            said = text.strip()[: LONGEST + 1]
            return said if step.least <= len(words) and len(said) <= LONGEST else None
        case _:
            return None


def is_ready(text: str) -> bool:
    """They have sent all the pictures."""
    return bool(_READY.fullmatch(compact(text)))


def asked(step: Step, picks: Sequence[Pick]) -> str:
    lines = _numbered(step, picks)
    return CHOICES.format(ask=step.ask, lines=lines) if step.kind in ("choice", "order") else step.ask


def asked_again(step: Step, picks: Sequence[Pick] = ()) -> str:
    """What there is to choose from stands far up by now: it is shown again."""
    hint = AGAIN[step.kind].format(most=len(step.choices), least=step.least)
    lines = _numbered(step, picks)
    return f"{hint}\n{lines}" if lines else hint


def _numbered(step: Step, picks: Sequence[Pick]) -> str:
    shown = [f"{'、'.join(pick.products[:2])}（{pick.number}）" for pick in picks]
    shown = list(step.choices) if step.kind == "choice" else shown
    return "\n".join(f"{place}. {one}" for place, one in enumerate(shown, 1))


def summary(form: Form, answers: Answers) -> str:
    return SUMMARY.format(lines="\n".join(lines_of(form, answers)))


def lines_of(form: Form, answers: Answers) -> list[str]:
    lines = []
    for step in form.steps:
        value = answers.get(step.name)
        if isinstance(value, list):
            value = f"{len(value)} 张" if value else ""
        if value:
            lines.append(f"· {step.label}：{value}")
    return lines


def _order(text: str, words: str, picks: Sequence[Pick]) -> str | None:
    if (place := _place(words)) and place <= len(picks):
        return picks[place - 1].number
    if picks and _NEWEST.fullmatch(words):
        return picks[0].number
    named = [pick for pick in picks if compact(pick.number) in compact(text)]
    named = named or best_named(_kept(words), picks, lambda pick: pick.products)
    return named[0].number if len(named) == 1 else None


def _choice(words: str, choices: Sequence[str]) -> str | None:
    if place := _place(words):
        return choices[place - 1] if place <= len(choices) else None
    named = [choice for choice in choices if words and (words in compact(choice) or compact(choice) in words)]
    return named[0] if len(named) == 1 else meant(words, choices)


def _place(words: str) -> int:
    found = _NUMBER.fullmatch(words)
    if not found:
        return 0
    return int(found[1]) if found[1].isascii() else _NUMBERS.index(found[1]) + 1
