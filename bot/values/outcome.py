"""How an attempt to reach somebody ended; each ending has a name and a reason."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

# what a refusal says about the ledgers, beyond this attempt
Lesson = Literal[
    "", "window_closed", "window_used_up", "not_following", "no_consent", "refuses_channel", "quota_spent", "banned"
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Sent:
    """Done. `wechat_id` is the platform's msg_id where it gives one."""

    wechat_id: str = ""


@dataclass(frozen=True, slots=True)
class Accepted:
    """A mass send was taken; MASSSENDJOBFINISH or mass/get tells the rest."""

    wechat_id: str
    is_known: bool = False  # WeChat took it before, under the same key: a request like this one came already


@dataclass(frozen=True, slots=True)
class Later:
    """Certainly not sent; worth another try at `at`."""

    at: datetime
    reason: str
    is_trouble: bool = (
        False  # of the platform, not of this attempt: tried again later and later, and the breaker counts it
    )
    is_for_all: bool = False  # the same holds for everything on this channel until then
    is_pending: bool = False  # a person is asked to confirm the call, which may then take effect by itself


@dataclass(frozen=True, slots=True)
class Never:
    """Certainly not sent, and this attempt is over: wrong for this customer, content or channel."""

    reason: str
    lesson: Lesson = ""


@dataclass(frozen=True, slots=True)
class Halt:
    """Certainly not sent, and nothing else will be on this channel until a person looks.

    With the lesson `quota_spent` until the channel's period is over, which needs nobody; with `banned` nothing goes
    out by any other channel either.
    """

    reason: str
    advice: str = field(default="", compare=False)  # what a person has to do, where that is known
    lesson: Lesson = ""
    may_pass: bool = False  # by itself: the delivery is tried once more, later, before anything stops

    @property
    def told(self) -> str:
        return f"{self.reason}: {self.advice}" if self.advice else self.reason


@dataclass(frozen=True, slots=True)
class Unsure:
    """The request left and no answer came: sent or not, nobody knows. Never repeated by itself."""

    reason: str


Outcome = Sent | Accepted | Later | Never | Halt | Unsure
