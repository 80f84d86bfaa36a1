"""What the shop's products are, as entries to search: never what they cost or whether they are there, which changes."""

import re
from collections.abc import Iterable

from bot.values.knowledge import Entry

LONGEST = 600  # characters of a description; what a product is stands in its beginning
_SENTENCES = re.compile(r"[^。！？!?;；\n]+[。！？!?;；]?")
_CHANGES = re.compile(
    r"[¥￥]|\d\s*(?:元|块钱)|价格|售价|原价|现价|特价|折扣|[\d一二三四五六七八九]折|优惠|包邮|库存|现货|有货|缺货|补货|限量|仅剩"
)


def product_entry(external_id: str, name: str, description: str, also: Iterable[str] = ()) -> Entry | None:
    """None where nothing is left to tell."""
    told = lasting(description)
    if not told:
        return None
    return Entry(id=external_id, question=name, answer=told, keywords=" ".join(also))


def lasting(description: str) -> str:
    """Without the sentences that name a price or a stock: those come from the shop's data, as they are now."""
    sentences = _SENTENCES.findall(description[:LONGEST])
    return "".join(one for one in sentences if not _CHANGES.search(one)).strip()


def first_sentence(description: str) -> str:
    """What it is, in the shop's own words and without a price."""
    return next(iter(_SENTENCES.findall(lasting(description))), "").strip()
