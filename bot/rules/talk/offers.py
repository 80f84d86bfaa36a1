"""Offers to choose from: what a file says of their options, which words choose, and how they are told. Pure."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from bot.rules.talk.signs import needs_a_sign
from bot.rules.talk.wording import compact
from bot.values.offers import Chosen, Open, Option

LETTERS = "ABCDEFGHI"
KINDS = ("voucher", "cash", "gift")
MOST_DAYS = 3660
LONGEST_LEANING = 14  # characters
LEAST_NAMED = 3  # of an option, where they say no more
FACT = "offer_choice"  # the attribute that remembers what they like

_ASKS = re.compile(
    r"(?:现在|最近|今天|你们|请问|店里|双十一|双十二|双11|双12|618)*(?:有没有|有什么|有啥|有哪些|搞什么|什么|还有|有)?(?:优惠|活动|折扣|促销|福利|礼品|赠品)(?:活动|可以(?:领|选))?(?:吗|呢|么|有哪些|是什么)?"
    r"|(?:我要|我想|怎么|可以)?(?:选|领|领取|挑)(?:优惠|礼品|赠品|礼物|福利|活动)(?:吗|吧)?"
    r"|(?:我要|我想|怎么|怎样|如何|在哪里?|哪里|从哪里?)?(?:领|领取)(?:一张)?(?:优惠)?券(?:吗|吧|呢)?|(?:优惠)?券(?:怎么|怎样|如何|在哪里?|从哪里?)(?:领|领取)(?:呢|啊|呀)?"
)
_CHOOSES = re.compile(
    r"(?:我|就|那|那就|请|帮我|想|要|给我)*(?:选|选择|要|领|挑|换)?(?:第)?(?P<what>[a-i]|[1-9]|[一二三四五六七八九])(?:个|项|款|号|吧|谢谢|了|选项)*"
)
_NAMES = re.compile(
    r"(?:我|就|那|那就|请|帮我)*(?:想要|要|选|选择|领|拿|来)(?:那个|这个|一个|一份|一张|那张|那份|份|张)?(?P<what>.{1,12}?)(?:吧|谢谢|了|可以吗|行吗)*"
)
_CHANGES = re.compile(
    r"(?:我|还|那|可以|能|能不能|可不可以|想|要)*(?:换成|改成|改选|换|改|再选|再领|再要)(?:第)?(?:[a-i]|[1-9]|[一二三四五六七八九]|别的|其他的?|另外?一?个|一个|.{2,12}?)?(?:个|项)?(?:吗|么|吧|不|行吗|可以吗)*"
)
_NUMBERS = "一二三四五六七八九"
_LISTED = re.compile(r"^([A-I])\. ", re.MULTILINE)
_TAKES = re.compile(r"回复「([A-I])」领取")
_PRICED = "：¥"  # stands behind a product that is told

MENU = "{title}：\n{intro}{lines}\n每位只能选一样，{month} 月 {day} 日为止。回复字母就好，例如「{letter}」。"
TAKEN = "给您留好了：{name}\n凭码：{code}\n{use}有效到 {until}。下单或到店报这个码就能用；回复「我的券」随时查看。"
ALREADY = "这次活动您已经选过「{name}」了，凭码是 {code}。每位只能选一样，谢谢您。"
GONE = "「{name}」刚刚被领完了，抱歉。还可以选：\n{lines}"
ALL_GONE = "这次活动的东西都被领完了，抱歉让您白跑一趟。下次有活动，我们早一点告诉您。"
USE = {
    "voucher": "满 ¥{least:.2f} 减 ¥{value:.2f}，",
    "cash": "直接减 ¥{value:.2f}，",
    "gift": "随您的下一单一起寄出，",
}


@dataclass(frozen=True, slots=True)
class Wish:
    """`what`: a letter or a number that chooses; empty: they ask what there is.

    Only of what was shown last: `name` chooses by it (`is_all`: they said no more), `changes` asks for another than what
    they took.
    """

    what: str = ""
    name: str = ""
    changes: bool = False
    is_all: bool = False

    @property
    def leans(self) -> bool:
        return bool(self.name or self.changes or (self.what and not is_letter(self.what)))


def options(value: Any) -> tuple[Option, ...]:
    """Out of a file. Raises `ValueError` with what was expected."""
    if (
        not isinstance(value, list)
        or not 2 <= len(value) <= len(LETTERS)
        or not all(isinstance(one, dict) for one in value)
    ):
        raise ValueError(
            f"expected 2 to {len(LETTERS)} [[offer.option]] tables: there is nothing to choose otherwise"
        )
    return tuple(_option(LETTERS[place], one) for place, one in enumerate(value))


def _option(letter: str, raw: dict[str, Any]) -> Option:
    allowed = {"kind", "name", "value", "least", "stock", "valid_days"}
    if unknown := sorted(set(raw) - allowed):
        raise ValueError(f"option {letter}: {unknown[0]}: unknown key; expected {', '.join(sorted(allowed))}")
    kind, name = raw.get("kind"), raw.get("name")
    if kind not in KINDS:
        raise ValueError(f"option {letter}: kind: expected {', '.join(KINDS)}, found {kind!r:.40}")
    if not isinstance(name, str) or not 1 <= len(name.strip()) <= 40:
        raise ValueError(f"option {letter}: name: expected 1 to 40 characters")
    money = {field: _yuan(letter, field, raw.get(field, 0)) for field in ("value", "least")}
    if kind != "gift" and money["value"] <= 0:
        raise ValueError(f"option {letter}: value: expected the yuan it takes off")
    if kind == "voucher" and money["least"] < money["value"]:
        raise ValueError(f"option {letter}: least: expected an order of at least its value")
    stock, days = raw.get("stock"), raw.get("valid_days", 30)
    if stock is not None and not _whole(stock, 1, 10_000_000):
        raise ValueError(
            f"option {letter}: stock: expected a whole number from 1, or nothing where there is no end of it"
        )
    if not _whole(days, 1, MOST_DAYS):
        raise ValueError(f"option {letter}: valid_days: expected 1 to {MOST_DAYS}")
    return Option(id=letter, kind=kind, name=name.strip(), stock=stock, valid_days=days, **money)


def _whole(value: Any, least: int, most: int) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and least <= value <= most


def _yuan(letter: str, field: str, value: Any) -> Decimal:
    try:
        found = Decimal(str(value))
        is_money = 0 <= found <= 1_000_000 and found == round(found, 2) and not isinstance(value, bool)
    except InvalidOperation:
        is_money = False
    if not is_money:
        raise ValueError(f"option {letter}: {field}: expected yuan as 20 or 19.90, found {value!r:.40}")
    return round(found, 2)


@needs_a_sign(_ASKS, _CHOOSES, otherwise=None)
def wish_of(text: str) -> Wish | None:
    """有什么优惠, 选B, 要第二个, A; whether an offer is open is the store's to know."""
    words = compact(text)
    if _ASKS.fullmatch(words):
        return Wish()
    found = _CHOOSES.fullmatch(words)
    return Wish(found["what"].upper()) if found else None


def wish_behind_an_offer(text: str) -> Wish | None:
    """要那个桂花小罐, 还能换成A吗: nothing of the kind where no offer was shown."""
    words = compact(text)
    if len(words) > LONGEST_LEANING:
        return None
    if _CHANGES.fullmatch(words):
        return Wish(changes=True)
    found = _NAMES.fullmatch(words)
    return Wish(name=found["what"]) if found else None


def option_named(text: str) -> Wish | None:
    """桂花小罐, and no more."""
    words = compact(text)
    return Wish(name=words, is_all=True) if LEAST_NAMED <= len(words) <= LONGEST_LEANING else None


def letters_shown(said: str) -> list[str]:
    """Of the list of an offer, or of what somebody may have off a price: the letter in each line, empty where there is none."""
    if listed := _LISTED.findall(said):
        return listed
    found = [_TAKES.search(line) for line in said.splitlines() if line.startswith("· ")]
    return [one[1] if one else "" for one in found] if any(found) and _PRICED not in said else []


def is_letter(what: str) -> bool:
    return what in LETTERS


def letter_of(what: str, shown: Sequence[str] = LETTERS) -> str:
    """B, 2 and 二 are the same, where all were shown; empty where what stands in that place is none."""
    if what in LETTERS:
        return what
    place = int(what) if what.isascii() else _NUMBERS.index(what) + 1
    return shown[place - 1] if place <= len(shown) else LETTERS[place - 1]


def menu(offer: Open) -> str:
    left = [option for option in offer.options if option.stock != 0]
    if not left:
        return ALL_GONE
    return MENU.format(
        title=offer.title,
        intro=f"{offer.intro}\n" if offer.intro else "",
        lines=lines_of(left),
        month=offer.ends.month,
        day=offer.ends.day,
        letter=left[-1].id,
    )


def lines_of(left: Sequence[Option]) -> str:
    return "\n".join(
        f"{one.id}. {one.name}{f'（还剩 {one.stock} 份）' if one.stock is not None else ''}" for one in left
    )


def taken(chosen: Chosen, until: datetime) -> str:
    """`until` in the shop's zone."""
    option = chosen.option
    use = USE[option.kind].format(least=option.least, value=option.value)
    return TAKEN.format(name=option.name, code=chosen.code, use=use, until=f"{until:%Y-%m-%d}")
