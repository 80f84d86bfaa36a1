"""How fast one customer may write before nobody answers: a flood costs rows in the log, and no thought.

Counted in this process's memory, so it costs nothing. Where there is Redis, who has written a quarter of what is borne is counted
there from then on, over all processes; without it each process bears as much. What they write is kept all the same, and a
wish to be left alone is heard at any pace.
"""

import threading
import time
from collections import defaultdict
from collections.abc import Callable
from datetime import timedelta
from typing import Literal

from bot.rules.talk import texts
from bot.store.keys import Keys, KeysAreDown
from bot.values.incoming import Incoming, Voice
from bot.values.incoming import Text as Said
from bot.values.reply import Silence, Text
from handlers.chat import stop_pushes
from handlers.chat.speaking import Answer, Context

MOST = 40  # messages in words of one customer within a span
SPAN = 10.0  # seconds
COUNTED_HERE = 4  # a quarter of them, for each process, before they are counted together
HANDLER = "pace"  # the name of who "answered"

Together = Callable[[str], int | None]  # counts one more of an openid over all processes; None: not known
Verdict = Literal["fine", "told", "silent"]


class Pace:
    """One per process, shared by its threads. A span is everybody's: it starts anew when it is over."""

    def __init__(
        self, most: int = MOST, clock: Callable[[], float] = time.monotonic, together: Together | None = None
    ) -> None:
        self._most = most
        self._clock = clock
        self._together = together
        self._lock = threading.Lock()
        self._said: dict[str, dict[str, int]] = defaultdict(dict)  # customer, message, its number
        self._since = clock()

    def of(self, incoming: Incoming) -> Verdict:
        """`told` for the first message too many, `silent` for those after it. Counts the message, a repeat of it not."""
        if not isinstance(incoming, Said | Voice):
            return "fine"
        over = self._number(incoming) - self._most
        return "fine" if over <= 0 else "told" if over == 1 else "silent"

    def _number(self, incoming: Said | Voice) -> int:
        """Which one it is of theirs in this span."""
        with self._lock:
            now = self._clock()
            if now - self._since >= SPAN:
                self._said.clear()
                self._since = now
            said = self._said[incoming.openid]
            is_new = incoming.once_key not in said
            number = said.setdefault(incoming.once_key, len(said) + 1)
        few = self._most // COUNTED_HERE
        if self._together is None or number <= few or not is_new:
            return number
        more = self._together(incoming.openid)  # out of the lock: it may take a way over the network
        if more is None:
            return number
        with self._lock:
            said[incoming.once_key] = few + more
        return few + more


def counted_in(keys: Keys, clock: Callable[[], float] = time.time) -> Together:
    def together(openid: str) -> int | None:
        span = int(clock() // SPAN)
        try:
            return keys.count(f"pace:{openid}:{span}", lasts=timedelta(seconds=2 * SPAN))
        except KeysAreDown:
            return None

    return together


def answer_told(context: Context) -> tuple[str, Answer]:
    return _stopped(context) or (HANDLER, Answer(reply=Text(texts.TOO_FAST)))


def answer_silent(context: Context) -> tuple[str, Answer]:
    return _stopped(context) or (HANDLER, Answer(reply=Silence()))


def _stopped(context: Context) -> tuple[str, Answer] | None:
    incoming = context.incoming
    found = stop_pushes.recognise(incoming, context.profile) if isinstance(incoming, Said) else None
    return None if found is None else ("stop_pushes", stop_pushes.answer(found, context))
