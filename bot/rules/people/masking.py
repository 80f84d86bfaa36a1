"""Hides what tells who somebody is, in lists: telephone numbers, identity cards, e-mail, openids."""

import re

_HIDDEN: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"(?<![\w@.])([\w.+-])[\w.+-]*@([\w-]+(?:\.[\w-]+)+)", re.ASCII), r"\1***@\2"),
    (re.compile(r"(?<!\d)(\d{3})\d{11}(\d{3}[\dXx])(?!\d)"), r"\1***********\2"),  # identity card
    (re.compile(r"(?<!\d)(\d{4})\d{8,11}(\d{4})(?!\d)"), r"\1********\2"),  # bank card
    (re.compile(r"(?<!\d)(1[3-9]\d)([ -]?)\d{4}([ -]?)(\d{4})(?!\d)"), r"\1\2****\3\4"),
    (re.compile(r"(?<!\d)(0\d{2,3})-\d{3,4}(\d{4})(?!\d)"), r"\1-****\2"),
)


def masked(text: str) -> str:
    for pattern, hidden in _HIDDEN:
        text = pattern.sub(hidden, text)
    return text


def short(openid: str) -> str:
    """Enough to tell two apart while reading, too little to use."""
    return f"{openid[:3]}…{openid[-4:]}" if len(openid) > 9 else openid[:2] + "…" if openid else ""
