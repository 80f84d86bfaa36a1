"""One connection to an endpoint: posts a body and says what was answered, within a time, wherever it may go.

The address is judged after it is resolved, and the very address that was judged is called: a name that changes its
mind in between gains nothing. Redirects are not followed, no proxy is used, and nothing of the answer's body is kept.
"""

import io
import socket
import ssl
import time
from collections.abc import Iterator, Mapping
from http.client import HTTPConnection, HTTPException, RemoteDisconnected
from typing import Any
from urllib.parse import urlsplit

from bot.rules.webhooks.webhook_addresses import is_public
from bot.values.webhooks import Answer

MOST_READ = 64 * 1024  # bytes of an answer; with more the connection is not used again
PORTS = {"http": 80, "https": 443}
LONGEST_REASON = 200
_WORDS: tuple[tuple[type[Exception], str], ...] = (
    (TimeoutError, "no answer in time"),
    (RemoteDisconnected, "hung up without an answer"),
    (socket.gaierror, "its name is not known"),
)


class Refused(OSError):
    """An address in our own network."""


class Wire:
    """For the calls of one batch, one after the other. Not for two threads."""

    def __init__(self, url: str, *, allow_private: bool, timeout: float) -> None:
        """`timeout` in seconds is for each call as a whole, the connection included."""
        parts = urlsplit(url)
        self._target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        self._timeout = timeout
        self._connection = _Connection(
            parts.hostname or "", parts.port or PORTS[parts.scheme], parts.scheme == "https", allow_private
        )

    def post(self, body: bytes, headers: Mapping[str, str]) -> Answer:
        was_open = self._connection.sock is not None
        self._connection.until = time.monotonic() + self._timeout
        try:
            return self._once(body, headers)
        except (ConnectionError, HTTPException) as error:
            if was_open:  # it may have been closed while nobody used it
                self.close()
                return self._anew(body, headers)
            return self._failed(error)
        except OSError as error:
            return self._failed(error)

    def close(self) -> None:
        self._connection.close()

    def _anew(self, body: bytes, headers: Mapping[str, str]) -> Answer:
        try:
            return self._once(body, headers)
        except (OSError, HTTPException) as error:
            return self._failed(error)

    def _once(self, body: bytes, headers: Mapping[str, str]) -> Answer:
        self._connection.request(
            "POST",
            self._target,
            body,
            {"Content-Type": "application/json", "User-Agent": "Weilan", **headers},
        )
        with self._connection.getresponse() as answered:
            if len(answered.read(MOST_READ + 1)) > MOST_READ:
                self.close()
        reason = "" if 200 <= answered.status < 300 else f"HTTP {answered.status}"
        return Answer(answered.status, reason, _seconds(answered.headers.get("Retry-After")))

    def _failed(self, error: Exception) -> Answer:
        self.close()
        return Answer(0, _reason(error)[:LONGEST_REASON])


class _Connection(HTTPConnection):
    def __init__(self, host: str, port: int, is_tls: bool, allow_private: bool) -> None:
        super().__init__(host, port)
        self.until = 0.0  # of time.monotonic()
        self._tls = ssl.create_default_context() if is_tls else None
        self._allow_private = allow_private
        self.default_port = PORTS["https"] if is_tls else PORTS["http"]  # for the Host header

    def connect(self) -> None:
        plain = self._dialled()
        try:
            plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            plain.settimeout(_left(self.until))
            found = self._tls.wrap_socket(plain, server_hostname=self.host) if self._tls else plain
        except BaseException:
            plain.close()
            raise
        self.sock: Any = _Timely(found, self)

    def _dialled(self) -> socket.socket:
        failed: OSError | None = None
        for family, address in self._addresses():
            plain = socket.socket(family, socket.SOCK_STREAM)
            try:
                plain.settimeout(_left(self.until))
                plain.connect(address)
            except OSError as error:
                plain.close()
                failed = error
            else:
                return plain
        raise failed or Refused(f"{self.host} is an address of a private network; see webhooks.allow_private")

    def _addresses(self) -> Iterator[tuple[int, Any]]:
        for family, _, _, _, address in socket.getaddrinfo(self.host, self.port, type=socket.SOCK_STREAM):
            if self._allow_private or is_public(str(address[0])):
                yield family, address


class _Timely:
    """A socket as `http.client` uses one; whoever drips a byte at a time has no more time than others.

    It is closed when the connection and the answer that is read from it both are.
    """

    def __init__(self, found: socket.socket, connection: _Connection) -> None:
        self._socket = found
        self._connection = connection
        self._holders = 1

    def sendall(self, data: bytes) -> None:
        self._socket.settimeout(_left(self._connection.until))
        self._socket.sendall(data)

    def receive(self, buffer: Any) -> int:
        self._socket.settimeout(_left(self._connection.until))
        return self._socket.recv_into(buffer)

    def makefile(self, _mode: str) -> io.BufferedReader:
        self._holders += 1
        return io.BufferedReader(_Reader(self))

    def close(self) -> None:
        self._holders -= 1
        if self._holders == 0:
            self._socket.close()


class _Reader(io.RawIOBase):
    def __init__(self, timely: _Timely) -> None:
        self._timely = timely

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        return self._timely.receive(buffer)

    def close(self) -> None:
        if not self.closed:
            self._timely.close()
        super().close()


def _left(until: float) -> float:
    left = until - time.monotonic()
    if left <= 0:
        raise TimeoutError
    return left


def _seconds(words: str | None) -> float | None:
    """Of a Retry-After; one that gives a date is not heeded."""
    return float(words) if words and words.isascii() and words.isdigit() and len(words) < 10 else None


def _reason(error: Exception) -> str:
    for kind, words in _WORDS:
        if isinstance(error, kind):
            return words
    match error:
        case ssl.SSLCertVerificationError():
            return f"certificate: {error.verify_message}"
        case ssl.SSLError():
            return f"TLS: {error.reason}"
        case Refused():
            return str(error)
        case OSError():
            return error.strerror or type(error).__name__
        case _:
            return f"not HTTP: {type(error).__name__}"
