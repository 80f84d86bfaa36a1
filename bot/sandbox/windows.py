"""Reply windows: how many customer-service messages an action of the customer opens, and for how long.

§4.1 of the platform's rules (2023): each kind of action has a ledger of its own, and a new action of the
kind sets its ledger back to the full number; it does not add to it.
"""

from datetime import datetime, timedelta

from bot.sandbox.errors import Refused
from bot.sandbox.state import Follower, Window

OPENS: dict[str, tuple[int, timedelta]] = {
    "message": (5, timedelta(hours=48)),
    "menu": (3, timedelta(minutes=1)),
    "follow": (3, timedelta(minutes=1)),
    "scan": (3, timedelta(minutes=1)),
}


def open_window(follower: Follower, action: str, now: datetime) -> None:
    number, lasts = OPENS[action]
    follower.windows[action] = Window(number, now + lasts)


def take_one(follower: Follower, now: datetime) -> None:
    """Uses up one message, of the window that closes first; 45015 when none is open, 45047 when all are empty."""
    now_open = [window for action, window in follower.windows.items() if _is_open(action, window, now)]
    if not follower.following or not now_open:
        raise Refused(45015)
    with_some_left = [window for window in now_open if window.left]
    if not with_some_left:
        raise Refused(45047)
    min(with_some_left, key=lambda window: window.until).left -= 1


def left(follower: Follower, now: datetime) -> int:
    """How many messages could be sent now, all windows together."""
    return sum(window.left for action, window in follower.windows.items() if _is_open(action, window, now))


def _is_open(action: str, window: Window, now: datetime) -> bool:
    """Nothing is open before it was opened, either: in the sandbox the clock may be set back."""
    return window.until - OPENS[action][1] <= now < window.until
