"""The bodies of requests: connections that stop sending half way hold threads, but not those that work.

Granian hands a request on as soon as its headers are there, and reading the rest waits without an end; nor can it be
given up, because granian waits for the reader before it lets go of the request. So the server has `SPARE` threads more
than may work on pages at once: whoever reads a body lets another one work meanwhile. WeChat's messages need no such
place: the interpreter and the shared commit let them in, and each handing over costs as much as sealing an answer.
"""

import io
from collections.abc import Callable, Iterable
from queue import SimpleQueue
from typing import Any, Protocol

SPARE = 32

Application = Callable[[dict[str, Any], Any], Iterable[bytes]]


class Input(Protocol):
    def read(self, size: int = -1, /) -> bytes: ...


class Workplaces:
    """One for each of the threads that may work at once, shared by all of a process's."""

    def __init__(self, places: int) -> None:
        self._free: SimpleQueue[None] = SimpleQueue()  # a semaphore in C: a request passes it three times
        for _ in range(places):
            self._free.put(None)

    def before(self, application: Application) -> Application:
        def answer(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
            environ["wsgi.input"] = _Body(environ["wsgi.input"], self)
            self.take()
            try:
                return application(environ, start_response)
            finally:
                self.give()

        return answer

    def take(self) -> None:
        self._free.get()

    def give(self) -> None:
        self._free.put(None)


class _Body(io.RawIOBase):
    """What stands in `wsgi.input` instead of the server's own."""

    def __init__(self, body: Input, places: Workplaces) -> None:
        self._body = body
        self._places = places

    def read(self, size: int | None = -1) -> bytes:
        self._places.give()
        try:
            return self._body.read(size) if size is not None and size >= 0 else self._body.read()
        finally:
            self._places.take()

    def readinto(self, buffer: Any) -> int:
        read = self.read(len(buffer))
        buffer[: len(read)] = read
        return len(read)
