"""Numbers as people write them: 200, 一百五, 两千三, 3.5: pure, told only text."""

from datetime import date
from decimal import Decimal

NUMERAL = r"(?:[0-9]{1,7}(?:\.[0-9]{1,2})?|[零一二两三四五六七八九十百千万]{1,9})"

_DIGITS = {sign: value for value, sign in enumerate("零一二三四五六七八九")} | {"两": 2}
_UNITS = {"十": 10, "百": 100, "千": 1_000}
_SHORTENED = ("百", "千")  # behind which a last digit is of the next unit
_MYRIAD = 10_000


def number_of(words: str) -> Decimal:
    """Of what `NUMERAL` matches; 一百五 is 150, as it is said."""
    if words[0].isascii():
        return Decimal(words)
    high, _, low = words.rpartition("万")
    if high and len(low) == 1 and low in _DIGITS:  # 一万二
        return Decimal(_small(high) * _MYRIAD + _DIGITS[low] * _MYRIAD // 10)
    return Decimal((_small(high) or 1) * _MYRIAD + _small(low) if "万" in words else _small(low))


def full_year(year: int, today: date) -> int:
    """Of a year of birth: 90 is 1990, and 05 is 2005."""
    return year if year >= 100 else year + (2000 if year <= today.year % 100 else 1900)


def _small(words: str) -> int:
    """Under ten thousand; signs in an order nobody says count as they stand."""
    total, digit, unit = 0, 0, 1
    for sign in words:
        if sign in _UNITS:
            unit = _UNITS[sign]
            total, digit = total + (digit or 1) * unit, 0
        else:
            digit = _DIGITS.get(sign, 0)
    is_said_short = words[-2:-1] in _SHORTENED
    return total + (digit * unit // 10 if is_said_short else digit)
