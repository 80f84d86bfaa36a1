"""What every intention of the private chat is made of: `recognise` finds, `answer` answers.

A module of this package is a `Handler`: it has the two functions. `order.py` lists them, first match answers.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Protocol

from bot.services import Services
from bot.store.database import Session
from bot.values.incoming import Incoming, Voice
from bot.values.incoming import Text as Said
from bot.values.profile import Profile
from bot.values.reply import Reply, Text
from bot.values.tone import Told


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """What an answer may use. The session is the message's own transaction: no network while it is open."""

    session: Session
    services: Services
    profile: Profile
    incoming: Incoming
    message_id: int
    now: datetime

    @property
    def today(self) -> date:
        """In the shop's zone."""
        return self.now.astimezone(self.services.config.push.zone).date()


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    reply: Reply  # as everybody gets it
    source_id: str = ""  # the knowledge entry it was made from, for the admin
    told: tuple[Told, ...] = ()  # the same in parts, for who likes it otherwise; empty: it has one form only


def nothing_yet() -> None:
    return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Slow:
    """An answer that needs the network or long thought: made outside the transaction, within four seconds.

    When it is ready later it goes out as a customer-service message. `work` is run again after a crash, from
    the stored message, so it changes nothing by itself.

    `part`, called by others while `work` runs, gives what can be said already, once: `work` then ends with the rest.
    """

    work: Callable[[], Answer]
    part: Callable[[], Answer | None] = nothing_yet


def in_parts(told: Told, source_id: str = "") -> Answer:
    """An answer in words that may be told in the customer's tone."""
    return Answer(reply=Text(told.plain), source_id=source_id, told=(told,))


@dataclass(frozen=True, slots=True)
class Words:
    text: str


def in_words(incoming: Said | Voice, _profile: Profile) -> Words | None:
    """Anything said in words: `recognise` of who finds out only while answering whether it is theirs."""
    return Words(incoming.text) if incoming.text.strip() else None


class Handler(Protocol):
    """`recognise` gives what it found in the message, or None; `answer` is called with exactly that.

    What `recognise` takes, its annotation says: of other kinds of messages it is not asked.
    An answer that depends on what was asked before, which only the store knows, may be None: the next ones are asked.
    """

    __name__: str

    def recognise(self, incoming: Any, profile: Profile) -> Any | None: ...

    def answer(self, found: Any, context: Context) -> Answer | Slow | None: ...
