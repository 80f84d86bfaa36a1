"""What one reading of WeChat's followers came to."""

from dataclasses import dataclass
from datetime import datetime


class AlreadyRunning(Exception):
    """Another process reads the followers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Synced:
    followers: int  # that WeChat named
    new: int  # of those, who was not known to follow
    gone: int = 0  # who followed here, and does not any more
    total: int = 0  # as WeChat counts them
    goes_on_at: datetime | None = None  # the quota of the day is used: not before then
    why: str = ""
