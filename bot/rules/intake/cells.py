"""What one cell of somebody's table means: an instant, an amount, a phone number. Pure; raises `Wrong` and nothing else.

A cell is what CSV or JSON gives: text, a number, a yes or no. Empty cells are not asked here.
"""

import re
import unicodedata
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")  # an instant without a zone is the shop's
AHEAD = timedelta(hours=8)  # of UTC, all the year round …
STEADY_SINCE = 1992  # … since this year
MOST_MONEY = Decimal("9999999999.99")
MOST_WHOLE = 2_147_483_647
MOST_DIGITS = 10**20  # longer numbers are no cell's, and slow to write
YEARS = range(1900, 2200)
A_YEAR = f"a year from {YEARS.start} to {YEARS.stop - 1}"

_MONEY = re.compile(r"\d{1,10}(?:\.\d{1,2}0*)?", re.ASCII)
_WRITTEN_MONEY = re.compile(
    r"(?:¥|￥|CNY|RMB)?\s*(\d{1,3}(?:,\d{3})+|\d{1,10})(\.\d+)?\s*(?:元|CNY|RMB)?", re.ASCII | re.IGNORECASE
)
_WHOLE = re.compile(r"(-?(?:\d{1,15}|\d{1,3}(?:,\d{3})+))(?:\.0+)?", re.ASCII)
_DAY = re.compile(
    r"(\d{4})(?:-(\d{1,2})-(\d{1,2})|/(\d{1,2})/(\d{1,2})|年(\d{1,2})月(\d{1,2})日|(\d\d)(\d\d))(?:[ T](\S.*))?",
    re.ASCII,
)
_TIME = re.compile(
    r"(\d{1,2}):(\d\d)(?::(\d\d)(?:[.,](\d{1,6})\d*)?)?\s*(Z|[+-]\d\d:?(?:\d\d)?)?", re.ASCII | re.IGNORECASE
)
_MOBILE = re.compile(r"1[3-9]\d{9}", re.ASCII)
_FOREIGN = re.compile(r"\+[1-9]\d{6,14}", re.ASCII)
_IN_PHONES = re.compile(r"[\s\-()（）]+")
_UNSAFE = frozenset({"Cc", "Cs", "Cn", "Zl", "Zp"})

_YES = frozenset({"true", "yes", "y", "1", "是", "有", "在售", "上架", "已上架", "启用"})
_NO = frozenset({"false", "no", "n", "0", "否", "无", "停售", "下架", "已下架", "停用"})


class Wrong(ValueError):
    """What was expected."""


def text(most: int, *, lines: bool = False) -> Callable[[Any], str]:
    """Up to `most` characters; several lines only where they make sense."""
    allowed = "\n\t" if lines else ""

    def read(cell: Any) -> str:
        words = (cell if type(cell) is str else _words(cell)).strip()
        if len(words) > most:
            raise Wrong(f"at most {most} characters")
        if not words.isprintable():  # an ideographic space is not "printable" either, so look closer
            words = words.replace("\r\n", "\n") if lines else words
            if any(unicodedata.category(sign) in _UNSAFE and sign not in allowed for sign in words):
                raise Wrong("text without control characters")
        if not words:
            raise Wrong("some text")
        return words

    return read


def instant(cell: Any) -> datetime:
    """Aware, in UTC."""
    words = cell if type(cell) is str else _words(cell)
    if len(words) == 19 and words[4] == "-" == words[7] and words[10] in " T" and words.isascii():
        try:
            at = datetime.fromisoformat(f"{words}+00:00")  # two steps fewer than to add the zone afterwards
        except ValueError:
            return _in_utc(_written(words))
        if STEADY_SINCE <= at.year < YEARS.stop:
            return at - AHEAD
    return _in_utc(_written(words))


def day(cell: Any) -> date:
    found = _written(_words(cell)).date()
    if found.year not in YEARS:
        raise Wrong(A_YEAR)
    return found


def money(cell: Any) -> Decimal:
    """Not negative, in yuan, to the cent."""
    words = cell if type(cell) is str else _words(cell)
    if _MONEY.fullmatch(words):
        return _cents(Decimal(words))
    found = _WRITTEN_MONEY.fullmatch(_halfwidth(words))
    if found is None:
        raise Wrong("an amount such as 1299.00, not negative")
    return _cents(Decimal(found[1].replace(",", "") + (found[2] or "")))


def whole(least: int, most: int = MOST_WHOLE) -> Callable[[Any], int]:
    def read(cell: Any) -> int:
        written = _WHOLE.fullmatch(_halfwidth(_words(cell)))
        found = int(written[1].replace(",", "")) if written else None
        if found is None or not least <= found <= most:
            raise Wrong(f"a whole number from {least} to {most}")
        return found

    return read


def yes(cell: Any) -> bool:
    if isinstance(cell, bool):
        return cell
    words = _words(cell).strip().lower()
    if words in _YES or words in _NO:
        return words in _YES
    raise Wrong("yes or no")


def phone(cell: Any) -> str:
    """Bare digits for the mainland, + and digits for elsewhere."""
    words = _IN_PHONES.sub("", _halfwidth(_words(cell)))
    bare = re.sub(r"^(?:\+|00)?86(?=1)", "", words)
    if _MOBILE.fullmatch(bare):
        return bare
    abroad = re.sub(r"^00", "+", words)
    if _FOREIGN.fullmatch(abroad):
        return abroad
    raise Wrong("a mobile number of 11 digits, or one that begins with + and the country")


def one_of(synonyms: Mapping[str, str]) -> Callable[[Any], str]:
    """`synonyms` say what each word means; the meanings themselves are understood."""
    meanings = {meaning: meaning for meaning in synonyms.values()} | dict(synonyms)
    expected = f"one of {', '.join(dict.fromkeys(synonyms.values()))}"

    def read(cell: Any) -> str:
        words = _words(cell).strip()
        found = meanings.get(words) or meanings.get(words.lower())
        if found is None:
            raise Wrong(expected)
        return found

    return read


def given(cell: Any) -> str:
    """The cell as a report may show it: short, on one line."""
    if isinstance(cell, (list, tuple, dict)):
        return "an object" if isinstance(cell, dict) else "a list"
    whole_cell = hex(cell) if isinstance(cell, int) and abs(cell) > MOST_DIGITS else str(cell)
    shown = "".join(sign if sign.isprintable() else "�" for sign in whole_cell[:41])
    return shown if len(shown) <= 40 else shown[:39] + "…"


def _halfwidth(words: str) -> str:
    """Digits as a Chinese keyboard may give them, as digits."""
    return (words if words.isascii() else unicodedata.normalize("NFKC", words)).strip()


def _words(cell: Any) -> str:
    if isinstance(cell, str):
        return cell
    if isinstance(cell, (int, float)) and not isinstance(cell, bool) and abs(cell) <= MOST_DIGITS:
        return str(cell)
    if isinstance(cell, Decimal) and cell.is_finite() and -20 < cell.adjusted() < 20:
        return format(cell, "f")
    raise Wrong("text or a number")


def _cents(amount: Decimal) -> Decimal:
    try:
        cents = amount.quantize(Decimal("0.01"))
    except InvalidOperation:
        raise Wrong(f"at most {MOST_MONEY}") from None
    if cents != amount:
        raise Wrong("an amount to the cent")
    if cents > MOST_MONEY:
        raise Wrong(f"at most {MOST_MONEY}")
    return cents


def _in_utc(at: datetime) -> datetime:
    if at.year not in YEARS:
        raise Wrong(A_YEAR)
    return (at if at.tzinfo else at.replace(tzinfo=SHANGHAI)).astimezone(UTC)


def _written(words: str) -> datetime:
    found = _DAY.fullmatch(_halfwidth(words))
    if found is None:
        raise Wrong("a date such as 2025-01-02, or a time such as 2025-01-02 03:04:05")
    year, month, of_month = (int(part) for part in found.groups()[:-1] if part)
    try:
        at = datetime(year, month, of_month)  # noqa: DTZ001
        return _at_time(at, found[10]) if found[10] else at
    except ValueError:
        raise Wrong("a day and a time that exist") from None


def _at_time(at: datetime, words: str) -> datetime:
    found = _TIME.fullmatch(words)
    if found is None:
        raise ValueError(words)
    at = at.replace(
        hour=int(found[1]),
        minute=int(found[2]),
        second=int(found[3] or 0),
        microsecond=int((found[4] or "0").ljust(6, "0")),
    )
    if found[5]:
        zone = found[5].upper().replace("Z", "+00:00").replace(":", "")
        at = at.replace(tzinfo=datetime.strptime(zone.ljust(5, "0"), "%z").tzinfo)
    return at
