"""How satisfied they say they are, when a return visit asks; and what is answered. Pure."""

import re

from bot.rules.talk.wording import compact

OPTION = "visit-"  # of a menu in a visit's content: visit-1 … visit-5
WORDS = {
    "非常满意": 5, "很满意": 5, "特别满意": 5, "十分满意": 5, "满意": 4, "比较满意": 4, "还满意": 4, "挺满意": 4,
    "一般": 3, "一般般": 3, "还行": 3, "还可以": 3, "不满意": 2, "不太满意": 2, "不怎么满意": 2, "很不满意": 1, "非常不满意": 1,
    "特别不满意": 1,
}  # fmt: skip
_NUMBER = re.compile(r"(?:我?(?:打|给))?([1-5一二三四五])(?:分|星|颗星)?(?:吧|啦|了)?")
_PLAIN = re.compile(r"(?:我|这次|东西|服务|都|对|用着|感觉|觉得)*(.+?)(?:的|了|吧|啊|哦|呀|谢谢)*")

GLAD = "谢谢您的{rating}分，您满意，我们就高兴。往后有哪里需要，随时说一声。"
NOTED = "谢谢您实话实说，{rating}分记下了。哪里还能做得更好，直接写在这里，会有人看。"
SORRY = "对不起，这次让您不满意了，{rating}分我们记下了。是哪里没做好，您直接写在这里；想马上找人说，回复「转人工」。"


def rating_in(text: str, option: str = "") -> int | None:
    """From 1 to 5; `option` is that of the menu they tapped, if they did."""
    if option.startswith(OPTION):
        number = option.removeprefix(OPTION)
        return int(number) if number in {"1", "2", "3", "4", "5"} else None
    words = compact(text)
    if found := _NUMBER.fullmatch(words):
        said = found[1]
        return int(said) if said.isdecimal() else "一二三四五".index(said) + 1
    if words in WORDS:
        return WORDS[words]
    found = _PLAIN.fullmatch(words)
    return WORDS.get(found[1]) if found else None


def thanks(rating: int) -> str:
    sentence = GLAD if rating >= 4 else NOTED if rating == 3 else SORRY
    return sentence.format(rating=rating)
