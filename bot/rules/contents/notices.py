"""What the fields of a notice by template take, and a content's words put into them. Pure.

Subscription notices and template messages have the same kinds of fields. The kinds and their limits are the
platform's: https://developers.weixin.qq.com/doc, "订阅通知", page of bizsend, and "模板消息".
"""

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import TypeVar

from bot.rules.contents import templates
from bot.values.notice import Notice, NoticeTemplate, TemplateMessage
from bot.values.profile import Profile

LONGEST_PAGE = 1024
CUTS = {"thing": 20, "keyword": 20, "name": 10, "phrase": 5}  # too long a word of these is cut and ends in …
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
OLD_KINDS: Mapping[str, tuple[str, str]] = {  # of template messages that were chosen before there were kinds
    "keyword": KINDS["thing"]
}
DROPPED = frozenset({"first", "remark"})  # of template messages: shown to nobody since 4 May 2023
_EMOJI = re.compile("[\U0001f000-\U0001faff\u2600-\u27bf\ufe0f]")  # taken out of template messages since then
_APP_ID = re.compile(r"wx[0-9a-f]{16}")

Form = TypeVar("Form", Notice, TemplateMessage)


class BadNotice(ValueError):
    """One line: which field, and what was expected."""


def check(notice: Notice) -> None:
    """What can be seen without the account's templates. Raises `BadNotice`."""
    _check_page(notice.page)
    _check_data(notice.data, KINDS)


def check_message(message: TemplateMessage) -> None:
    """The same of a template message, with where a tap leads."""
    _check_page(message.page)
    if len(message.url) > LONGEST_PAGE or (message.url and not re.match(r"https?://\S+$", message.url)):
        raise BadNotice(f"url: expected http:// or https:// and at most {LONGEST_PAGE} characters")
    if message.app_id and not _APP_ID.fullmatch(message.app_id):
        raise BadNotice("app_id: expected a mini-program's, wx and 16 letters or digits")
    if message.page and not message.app_id:
        raise BadNotice("page: expected app_id beside it, as it is a page of a mini-program")
    if shown_to_nobody := sorted(DROPPED.intersection(message.data)):
        raise BadNotice(
            f"data.{shown_to_nobody[0]}: WeChat shows neither first nor remark to anybody; leave it out"
        )
    _check_data(message.data, {**KINDS, **OLD_KINDS})
    for name, words in message.data.items():
        if _EMOJI.search(words):
            raise BadNotice(f"data.{name}: expected no emoji, which WeChat takes out")


def _check_page(page: str) -> None:
    if len(page) > LONGEST_PAGE:
        raise BadNotice(f"page: expected at most {LONGEST_PAGE} characters")


def _check_data(data: Mapping[str, str], kinds: Mapping[str, tuple[str, str]]) -> None:
    if not data:
        raise BadNotice('data: expected the template\'s fields, such as data = { thing1 = "…" }')
    for name, words in data.items():
        kind = kind_of(name)
        if kind not in kinds:
            raise BadNotice(
                f"data.{name}: expected a field such as thing1; its kind one of {', '.join(kinds)}"
            )
        try:
            templates.check(words)
        except templates.BadTemplate as error:
            raise BadNotice(f"data.{name}: {error}") from None
        if not templates.names_in(words) and not _suits(kind, words):
            raise BadNotice(f"data.{name}: expected {kinds[kind][1]}, found {words!r:.60}")


def check_against(form: Notice | TemplateMessage, template: NoticeTemplate) -> None:
    """Each field of the template that is shown, and no other. Raises `BadNotice`."""
    shown = {name: label for name, label in template.fields.items() if name not in DROPPED}
    if missing := [name for name in shown if name not in form.data]:
        labels = ", ".join(f"{name} ({shown[name]})" for name in missing)
        raise BadNotice(f"data: the template {template.title} also wants {labels}")
    if unknown := [name for name in form.data if name not in shown]:
        raise BadNotice(f"data.{unknown[0]}: the template {template.title} has {', '.join(shown)}")


def filled(
    form: Form, profile: Profile, further: Mapping[str, str] = templates.NOTHING_FURTHER
) -> Form | None:
    """With this customer's words; None where a field cannot take them, even cut."""
    words = words_for(form.data, profile, further)
    return None if words is None else replace(form, data=words)


def words_for(
    data: Mapping[str, str], profile: Profile, further: Mapping[str, str]
) -> Mapping[str, str] | None:
    words = {
        name: _cut(kind_of(name), templates.render(text, profile, further)) for name, text in data.items()
    }
    return words if all(_suits(kind_of(name), said) for name, said in words.items()) else None


def told(form: Notice | TemplateMessage) -> str:
    """For the conversation log."""
    return "；".join(form.data.values())


def kind_of(name: str) -> str:
    return name.rstrip("0123456789")


def takes(name: str, words: str) -> bool:
    """Whether a field of a template takes these words as they are."""
    return _suits(kind_of(name), words)


def _suits(kind: str, words: str) -> bool:
    return re.fullmatch((KINDS.get(kind) or OLD_KINDS[kind])[0], words) is not None


def _cut(kind: str, words: str) -> str:
    words = " ".join(words.split())
    most = CUTS.get(kind)
    if most is None or len(words) <= most or (kind == "name" and _suits(kind, words)):
        return words
    return f"{words[: most - 1]}…"
