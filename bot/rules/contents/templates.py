"""`{customer.name|您}` in a content's text: the customer's own facts, with what to say when they are not known.

Only the names in `FIELDS` mean anything; nothing is ever evaluated, and what is put in is not looked at again.
"""

import re
from collections.abc import Callable, Iterable, Mapping

from bot.values.profile import Profile

FIELDS: dict[str, Callable[[Profile], str]] = {
    "customer.name": lambda profile: profile.name,
    "customer.province": lambda profile: profile.province,
    "customer.city": lambda profile: profile.city,
    "customer.level": lambda profile: profile.level,
    "customer.points": lambda profile: (
        str(profile.points) if profile.openid else ""
    ),  # of nobody in particular: unknown
}
# known only when asked for: `store/people/personal.py` looks them up for those whose content names them
FURTHER = (
    "customer.last_product",  # of their newest order that stands
    "customer.orders",
    "customer.days_since_order",
    "customer.days_since_follow",
    "customer.points_expiring",  # within a month
    "customer.points_expire_on",
)
FIELDS |= dict.fromkeys(FURTHER, lambda _profile: "")
WORDS = {
    "customer.name": "您", "customer.province": "当地", "customer.city": "当地", "customer.level": "会员",
    "customer.points_expiring": "一部分", "customer.points_expire_on": "近日",
    "customer.last_product": "您买的商品", "customer.days_since_order": "好几", "customer.days_since_follow": "好几",
}  # fmt: skip
NOTHING_FURTHER: Mapping[str, str] = {}

PLACE = re.compile(r"\{([^{}|]*)(?:\|([^{}]*))?\}")


class BadTemplate(ValueError):
    """One line that shows the place and what was expected."""


def names_in(text: str) -> list[str]:
    """What stands in braces, in order, known or not."""
    return [place[1] for place in PLACE.finditer(text)]


def check(text: str) -> None:
    """Raises `BadTemplate` for a name nobody knows, and for a brace that opens or closes nothing."""
    for name in names_in(text):
        if name not in FIELDS:
            raise BadTemplate(f"no name {{{name}}}; there are {', '.join(FIELDS)}")
    if stray := re.search(r"[{}]", PLACE.sub("", text)):
        raise BadTemplate(f"a {stray[0]} without its other half; expected as in {{customer.name|您}}")


def without_fallback(text: str) -> list[tuple[str, str]]:
    """Places that say nothing when the fact is not known, each with words that would do."""
    return [
        (place[1], WORDS[place[1]])
        for place in PLACE.finditer(text)
        if place[1] in WORDS and place[2] is None
    ]


def further_in(texts: Iterable[str]) -> frozenset[str]:
    """The names in them that have to be looked up."""
    return frozenset(name for text in texts for name in names_in(text)) & frozenset(FURTHER)


def render(text: str, profile: Profile, further: Mapping[str, str] = NOTHING_FURTHER) -> str:
    """The text for this customer; `further`: what was looked up. A place nobody knows stays as it is written."""

    def filled(place: re.Match[str]) -> str:
        field = FIELDS.get(place[1])
        if field is None:
            return place[0]
        return further.get(place[1]) or field(profile) or place[2] or ""

    return PLACE.sub(filled, text)
