"""The threads of one process that talk to WeChat, and how many of its requests may be under way at once.

Whatever has left and is not written down yet becomes unknown if the process dies: `push.at_once` is that many at most.
"""

import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import contextmanager
from typing import TypeVar

A = TypeVar("A")
B = TypeVar("B")

SLOW = 0.25  # seconds; what came back by then is written down, and does not wait for the slowest


class Senders:
    """One a process, used by all its workers. `close` waits for what is under way."""

    def __init__(self, at_once: int) -> None:
        self._pool = ThreadPoolExecutor(at_once, thread_name_prefix="send")
        self._chunk = max(1, at_once // 2)  # one is written down while the other is under way
        self._free = at_once
        self._changed = threading.Condition()

    @contextmanager
    def room(self, wanted: int) -> Iterator[int]:
        """Waits until that many more may leave, or as many as leave together at most; gives how many."""
        number = min(wanted, self._chunk)
        with self._changed:
            self._changed.wait_for(lambda: self._free >= number)
            self._free -= number
        try:
            yield number
        finally:
            with self._changed:
                self._free += number
                self._changed.notify_all()

    def each(self, attempt: Callable[[A], B], many: Sequence[A]) -> Iterator[list[B]]:
        """What the attempts came to, in groups as they come to an end; raises at last what the first of them raised."""
        waiting = {self._pool.submit(attempt, one) for one in many}
        failure: BaseException | None = None
        while waiting:
            done, waiting = wait(waiting, timeout=SLOW)
            failures = [error for one in done if (error := one.exception())]
            failure = failure or next(iter(failures), None)
            if came := [one.result() for one in done if not one.exception()]:
                yield came
        if failure is not None:
            raise failure

    def close(self) -> None:
        self._pool.shutdown(wait=True)
