"""How pushing stands, for whoever asks."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Halted:
    channel: str  # or `pushes`: every push
    reason: str
    since: datetime
    until: datetime | None  # None: until a person lifts it
    by: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PushStatus:
    at: datetime
    stopped: bool
    halted: tuple[Halted, ...]
    due: int  # deliveries that could go out now
    under_way: int  # claimed
    unknown: int  # of all time
