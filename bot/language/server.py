"""The one door to servers that speak OpenAI's API: posts what is asked, gives the lines of what is answered, all within a time.

Connections are kept for the next question. Redirects are not followed, nothing is tried twice but a question that a
server hung up on before it said a byte, on a connection that had been kept.
"""

import json
import queue
import time
from collections.abc import Generator, Iterator, Mapping
from http.client import HTTPException, HTTPResponse
from typing import Any
from urllib.parse import urlsplit

from pydantic import SecretStr

from bot.timely import Connection
from bot.values.language import ModelFailed

KEPT = 8  # connections nobody uses at the moment
AT_ONCE = 64 * 1024  # bytes


class Server:
    """For any number of threads."""

    def __init__(self, url: str, key: SecretStr) -> None:
        self._url = url
        self._path = urlsplit(url).path.rstrip("/")
        self._headers = {"Content-Type": "application/json", "User-Agent": "Weilan"}
        if key.get_secret_value():
            self._headers["Authorization"] = f"Bearer {key.get_secret_value()}"
        self._kept: queue.LifoQueue[Connection] = queue.LifoQueue(KEPT)

    def asked(self, path: str, body: Mapping[str, Any], seconds: float, most: int) -> bytes:
        """All that is answered, up to `most` bytes. Raises `ModelFailed`."""
        return b"".join(self.lines(path, body, seconds, most))

    def lines(
        self, path: str, body: Mapping[str, Any], seconds: float, most: int
    ) -> Generator[bytes, None, None]:
        """Each line as soon as it is whole, with its end; the last may have none. Raises `ModelFailed`."""
        connection, until = self._connection(), time.monotonic() + seconds
        is_over = False
        try:
            answer = self._answer(connection, until, path, json.dumps(body).encode())
            if answer.status != 200:
                raise ModelFailed(f"HTTP {answer.status}")
            yield from _lines(answer, most)
            is_over = answer.isclosed()
        except (OSError, HTTPException) as error:
            raise ModelFailed(type(error).__name__) from None
        finally:
            self._keep(connection, is_usable=is_over)

    def close(self) -> None:
        while not self._kept.empty():
            self._kept.get_nowait().close()

    def _answer(self, connection: Connection, until: float, path: str, body: bytes) -> HTTPResponse:
        connection.until = until
        was_kept = connection.sock is not None
        try:
            return self._once(connection, path, body)
        except ConnectionError:
            if not was_kept:
                raise
            connection.close()
            return self._once(connection, path, body)

    def _once(self, connection: Connection, path: str, body: bytes) -> HTTPResponse:
        connection.request("POST", self._path + path, body, self._headers)
        return connection.getresponse()

    def _connection(self) -> Connection:
        try:
            return self._kept.get_nowait()
        except queue.Empty:
            return Connection(self._url)

    def _keep(self, connection: Connection, *, is_usable: bool) -> None:
        try:
            if is_usable:
                self._kept.put_nowait(connection)
                return
        except queue.Full:
            pass
        connection.close()


def _lines(answer: HTTPResponse, most: int) -> Iterator[bytes]:
    rest, read = b"", 0
    with answer:
        while piece := answer.read1(AT_ONCE):
            read += len(piece)
            if read > most:
                raise ModelFailed("an answer too long")
            *whole, rest = (rest + piece).split(b"\n")
            yield from (line + b"\n" for line in whole)
    if rest:
        yield rest
