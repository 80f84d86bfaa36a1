"""Whether every number in an answer that looks like money, a discount or a stock stands in the data of that answer."""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

_AMOUNT = re.compile(
    r"[¥￥]\s*(\d+(?:\.\d+)?)|(\d+(?:\.\d+)?)\s*(?:元|块|角|毛|折|钱|％|%)|(?:满|减|省|价|卖|付|抵)\s*(\d+(?:\.\d+)?)"
)
_SPELLED = re.compile(r"[一二两三四五六七八九十百千万半]+(?:元|块(?!儿)|折|角|毛)")
_STOCK = re.compile(r"(?:现有|只剩)\s*(\d+)\s*件")
_PRICED = re.compile(r"¥(\d+\.\d\d)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Sold:
    name: str
    price: Decimal
    stock: int
    description: str = ""


def invented(answer: str, sold: Sequence[Sold], theirs: Iterable[str]) -> list[str]:
    """What is in the answer and in no data. `theirs`: texts it may quote: its own entry, their vouchers, offers, orders."""
    named = [one for one in sold if one.name in answer]
    known = "\n".join([*theirs, *(one.description for one in named)])
    amounts = _amounts(known) | {one.price.normalize() for one in named} | _sums(answer, named)
    found = [str(one) for one in sorted(_amounts(answer) - amounts)]
    found += [words for words in _SPELLED.findall(answer) if words not in known]
    found += [
        f"{one} pieces" for one in _STOCK.findall(answer) if int(one) not in {each.stock for each in named}
    ]
    return found + [line for line in answer.splitlines() if _is_mispriced(line, named, amounts)]


def _sums(answer: str, named: Sequence[Sold]) -> set[Decimal]:
    """What so many pieces of each thing it names cost, and all of them together; nothing where a thing is in no line of its own."""
    told = [(one, line) for line in answer.splitlines() for one in named if line.startswith(f"{one.name}：¥")]
    each = [one.price * _pieces(line.removeprefix(one.name)) for one, line in told]
    return {amount.normalize() for amount in (*each, sum(each, Decimal(0)))}


def _pieces(line: str) -> int:
    found = re.search(r"× (\d+) =", line)
    return int(found[1]) if found else 1


def _is_mispriced(line: str, named: Sequence[Sold], amounts: set[Decimal]) -> bool:
    """A line that names one product and goes on with a price must name that product's."""
    here = [one for one in named if f"{one.name}：¥" in line]
    return any(
        Decimal(price) != one.price
        for one in here
        for price in _PRICED.findall(line.split(f"{one.name}：", 1)[1])[:1]
    )


def _amounts(text: str) -> set[Decimal]:
    plain = unicodedata.normalize("NFKC", text)
    return {Decimal(next(filter(None, found))).normalize() for found in _AMOUNT.findall(plain)}
