"""What is said to somebody who wants a person: that one comes, when, who waits before them, and how it went. Pure."""

from bot.rules.talk import texts
from bot.rules.talk.visit_words import OPTION
from bot.values.reply import Menu

FIRST_OF_ALL = "请先照顾好自己：需要就医就马上去，东西先别再用，实物和票据都留着。"
YOUR_MANAGER = "您的客户经理是{manager}。需要的话回复「人工」，我转过去。"
NO_MANAGER = "您还没有专属的客户经理。有事回复「人工」，哪位同事都会帮您。"
IN_ENGLISH = "A colleague will answer you here, in service hours. To go on with me instead, reply “back”."
AT_REST = "现在不是服务时间，同事{when} 开始回复，您写在这里的他们都会看到。"
NOBODY_SAYS_WHEN = "现在不是服务时间，同事上班后会回复您，您写在这里的他们都会看到。"
IS_READING = "同事已经在看您的情况了，会在这里回复您。"
NEXT = "您排在第一位。"
AHEAD = "前面还有 {ahead} 位客人在等。"
BACK_AFTER_QUIET = "同事暂时没有回话，我先来回答您。您的请求还在同事那里；想继续等同事，回复「人工」。"
BACK_FROM_PERSON = "我回来了，接着为您服务。"
SETTLED = "您反映的问题，同事已经处理完了，谢谢您告诉我们。"
HOW_WAS_IT = "这次的人工接待您满意吗？点一下，或者回复 1 到 5。"
RATINGS = (("5", "非常满意"), ("4", "满意"), ("3", "一般"), ("2", "不满意"), ("1", "非常不满意"))


def comes(*, complains: bool, when: str | None) -> str:
    """The first answer; `when` somebody begins to serve, "" for nobody knows, None for now."""
    if complains:
        return texts.COMPLAINT_TAKEN if when is None else f"{texts.COMPLAINT_TAKEN}\n{_rest(when)}"
    if when is None:
        return texts.PERSON_COMES
    return f"好的，已为您记下。{_rest(when)}这段时间我先不打扰；想继续由我回答，回复「返回」即可。"


def comes_already(*, ahead: int, is_taken: bool, when: str | None) -> str:
    """The answer to the second time they ask."""
    if is_taken:
        return IS_READING
    if when is not None:
        return f"{_rest(when)}想由我先回答，回复「返回」即可。"
    place = AHEAD.format(ahead=ahead) if ahead else NEXT
    return f"{place}{texts.PERSON_COMES_ALREADY}"


def question(*, complained: bool) -> Menu:
    """How satisfied they are; the options are those of a return visit, and answered in the same way."""
    head = f"{SETTLED}\n{HOW_WAS_IT}" if complained else HOW_WAS_IT
    return Menu(head, tuple((f"{OPTION}{number}", words) for number, words in RATINGS))


def _rest(when: str) -> str:
    return AT_REST.format(when=when) if when else NOBODY_SAYS_WHEN
