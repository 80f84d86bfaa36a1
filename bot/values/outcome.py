"""How an attempt to reach somebody ended; each ending has a name and a reason."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Sent:
    """Done. `wechat_id` is the platform's msg_id where it gives one."""

    wechat_id: str = ""


@dataclass(frozen=True, slots=True)
class Accepted:
    """A mass send was taken; MASSSENDJOBFINISH or mass/get tells the rest."""

    wechat_id: str
    data_id: str = ""


@dataclass(frozen=True, slots=True)
class Later:
    """Certainly not sent; worth another try at `at`."""

    at: datetime
    reason: str
    is_trouble: bool = (
        False  # of the platform, not of this attempt: tried again later and later, and the breaker counts it
    )
    is_for_all: bool = False  # the same holds for everything on this channel until then


@dataclass(frozen=True, slots=True)
class Never:
    """Certainly not sent, and this attempt is over: wrong for this customer, content or channel."""

    reason: str


@dataclass(frozen=True, slots=True)
class Halt:
    """Certainly not sent, and nothing else will be on this channel until a person looks."""

    reason: str


@dataclass(frozen=True, slots=True)
class Unsure:
    """The request left and no answer came: sent or not, nobody knows. Never repeated by itself."""

    reason: str


Outcome = Sent | Accepted | Later | Never | Halt | Unsure
