"""A content as a customer would see it, message by message."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """One message: words, or a card with a picture. `picture` is the hash of a file of ours."""

    kind: str
    text: str = ""
    title: str = ""
    picture: str = ""
    file: str = ""  # what it is made of: a picture's hash, or that of a voice or video
    media_id: str = ""
    url: str = ""  # where a tap leads; of a mini-program its page
    options: tuple[str, ...] = ()
    tail: str = ""
    body: str = ""  # of an article, as it is read
    author: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Filled:
    """As a notice by template: its title and lines. `fits`: whether each field can take this customer's words."""

    channel: str
    title: str
    lines: tuple[tuple[str, str], ...]  # label and words
    leads: str = ""  # where a tap leads
    fits: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    customer_id: int | None
    openid: str
    name: str
    cards: tuple[Card, ...]
    filled: tuple[Filled, ...] = ()
    by_mass: tuple[Card, ...] = ()  # as it looks when many get it alike, where that is another
    unknown: tuple[str, ...] = ()  # places that had to say their fallback
