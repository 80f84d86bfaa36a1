"""What the fields of a subscription notice take, and a content's words put into them. Pure.

The kinds and their limits are the platform's: https://developers.weixin.qq.com/doc, "订阅通知", page of bizsend.
"""

import re
from collections.abc import Mapping
from dataclasses import replace

from bot.rules.contents import templates
from bot.values.notice import Notice, NoticeTemplate
from bot.values.profile import Profile

LONGEST_PAGE = 1024
CUTS = {"thing": 20, "name": 10, "phrase": 5}  # too long a word of these is cut and ends in …
_TIME = r"(\d{4}[年/-]\d{1,2}[月/-]\d{1,2}日? ?)?\d{1,2}:\d{2}(:\d{2})?"
_DAY = r"\d{4}[年/-]\d{1,2}[月/-]\d{1,2}日?"
KINDS: Mapping[str, tuple[str, str]] = {  # kind → what it must look like, and how that is said
    "thing": (r"[^\r\n]{1,20}", "1 to 20 characters on one line"),
    "number": (r"-?\d{1,32}(\.\d+)?", "at most 32 digits"),
    "letter": (r"[A-Za-z]{1,32}", "1 to 32 letters"),
    "symbol": (r"[^\w\s]{1,5}", "1 to 5 symbols"),
    "character_string": (r"[\x21-\x7e]{1,32}", "1 to 32 letters, digits or symbols"),
    "time": (rf"{_TIME}(~{_TIME})?", "a time such as 15:01 or 2026年12月1日 15:01"),
    "date": (rf"({_DAY}( ?\d{{1,2}}:\d{{2}})?)(~{_DAY})?", "a day such as 2026年12月1日"),
    "amount": (r"[^\w\s]?\d{1,10}(\.\d{1,2})?元?", "an amount such as ¥12.80 or 128元"),
    "phone_number": (r"[\d+()-]{1,17}", "1 to 17 digits"),
    "car_number": (r"\w{1,8}", "1 to 8 characters"),
    "name": (r"[^\r\n\d]{1,10}|[A-Za-z .]{1,20}", "at most 10 Chinese characters or 20 letters"),
    "phrase": (r"[\u4e00-\u9fff…]{1,5}", "1 to 5 Chinese characters"),
}


class BadNotice(ValueError):
    """One line: which field, and what was expected."""


def check(notice: Notice) -> None:
    """What can be seen without the account's templates. Raises `BadNotice`."""
    if not notice.data:
        raise BadNotice('data: expected the template\'s fields, such as data = { thing1 = "…" }')
    if len(notice.page) > LONGEST_PAGE:
        raise BadNotice(f"page: expected at most {LONGEST_PAGE} characters")
    for name, words in notice.data.items():
        kind = kind_of(name)
        if kind not in KINDS:
            raise BadNotice(
                f"data.{name}: expected a field such as thing1; its kind one of {', '.join(KINDS)}"
            )
        try:
            templates.check(words)
        except templates.BadTemplate as error:
            raise BadNotice(f"data.{name}: {error}") from None
        if not templates.names_in(words) and not _suits(kind, words):
            raise BadNotice(f"data.{name}: expected {KINDS[kind][1]}, found {words!r:.60}")


def check_against(notice: Notice, template: NoticeTemplate) -> None:
    """Each field of the template, and no other. Raises `BadNotice`."""
    if missing := [name for name in template.fields if name not in notice.data]:
        labels = ", ".join(f"{name} ({template.fields[name]})" for name in missing)
        raise BadNotice(f"data: the template {template.title} also wants {labels}")
    if unknown := [name for name in notice.data if name not in template.fields]:
        raise BadNotice(f"data.{unknown[0]}: the template {template.title} has {', '.join(template.fields)}")


def filled(notice: Notice, profile: Profile) -> Notice | None:
    """With this customer's words; None where a field cannot take them, even cut."""
    words = {name: _cut(kind_of(name), templates.render(text, profile)) for name, text in notice.data.items()}
    if not all(_suits(kind_of(name), said) for name, said in words.items()):
        return None
    return replace(notice, data=words)


def told(notice: Notice) -> str:
    """For the conversation log."""
    return "；".join(notice.data.values())


def kind_of(name: str) -> str:
    return name.rstrip("0123456789")


def _suits(kind: str, words: str) -> bool:
    return re.fullmatch(KINDS[kind][0], words) is not None


def _cut(kind: str, words: str) -> str:
    words = " ".join(words.split())
    most = CUTS.get(kind)
    if most is None or len(words) <= most or (kind == "name" and _suits(kind, words)):
        return words
    return f"{words[: most - 1]}…"
