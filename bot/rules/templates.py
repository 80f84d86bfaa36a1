"""`{customer.name|您}` in a content's text: the customer's own facts, with what to say when they are not known.

Only the names in `FIELDS` mean anything; nothing is ever evaluated, and what is put in is not looked at again.
"""

import re
from collections.abc import Callable

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


def render(text: str, profile: Profile) -> str:
    """The text for this customer. A place nobody knows stays as it is written."""

    def filled(place: re.Match[str]) -> str:
        field = FIELDS.get(place[1])
        return place[0] if field is None else field(profile) or place[2] or ""

    return PLACE.sub(filled, text)
