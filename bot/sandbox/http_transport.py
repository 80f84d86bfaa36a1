"""Posts callbacks over real HTTP, as the platform does: a connection of its own, five seconds in all."""

import http.client
import socket
import time
from collections.abc import Mapping
from urllib.parse import urlencode, urlsplit

from bot.sandbox.pusher import AT_MOST, Transport

MOST_BYTES = 1 << 20


def http_transport(webhook: str) -> Transport:
    """`webhook` is the address WeChat would be given, such as http://127.0.0.1:8000/wechat."""
    parts = urlsplit(webhook)
    connection_class = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection

    def post(query: Mapping[str, str], body: bytes) -> tuple[int, bytes]:
        until = time.monotonic() + AT_MOST
        connection = connection_class(parts.hostname or "127.0.0.1", parts.port, timeout=AT_MOST)
        try:
            connection.request(
                "POST",
                f"{parts.path or '/'}?{urlencode(query)}",
                body,
                {"Content-Type": "text/xml", "User-Agent": "Mozilla/4.0"},
            )
            _allow_until(connection.sock, until)
            response = connection.getresponse()
            return response.status, response.read(MOST_BYTES)
        except http.client.HTTPException as error:
            raise ConnectionError(str(error)) from error
        finally:
            connection.close()

    return post


def _allow_until(sock: socket.socket | None, until: float) -> None:
    """What connecting took is taken off; each read may then take the rest."""
    if sock is not None:
        sock.settimeout(max(until - time.monotonic(), 0.01))
