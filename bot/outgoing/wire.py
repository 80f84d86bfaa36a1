"""One connection to an endpoint: posts a body and says what was answered, within a time, wherever it may go.

The address is judged after it is resolved, and the very address that was judged is called: a name that changes its
mind in between gains nothing. Redirects are not followed, no proxy is used, and nothing of the answer's body is kept.
"""

import socket
import ssl
import time
from collections.abc import Mapping
from http.client import HTTPException, RemoteDisconnected
from urllib.parse import urlsplit

from bot.rules.webhooks.webhook_addresses import is_public
from bot.timely import Connection, Refused, anywhere
from bot.values.webhooks import Answer

MOST_READ = 64 * 1024  # bytes of an answer; with more the connection is not used again
LONGEST_REASON = 200
_WORDS: tuple[tuple[type[Exception], str], ...] = (
    (TimeoutError, "no answer in time"),
    (RemoteDisconnected, "hung up without an answer"),
    (socket.gaierror, "its name is not known"),
)


class Wire:
    """For the calls of one batch, one after the other. Not for two threads."""

    def __init__(self, url: str, *, allow_private: bool, timeout: float) -> None:
        """`timeout` in seconds is for each call as a whole, the connection included."""
        parts = urlsplit(url)
        self._target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        self._timeout = timeout
        self._connection = Connection(url, may_call=anywhere if allow_private else is_public)

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
            return f"{error}; see webhooks.allow_private"
        case OSError():
            return error.strerror or type(error).__name__
        case _:
            return f"not HTTP: {type(error).__name__}"
