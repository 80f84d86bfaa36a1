"""An HTTP connection whose calls end on time as a whole: whoever drips a byte at a time has no more time than others.

The address is judged after it is resolved, and the very address that was judged is called. No proxy is used.
"""

import io
import socket
import ssl
import time
from collections.abc import Callable, Iterator
from http.client import HTTPConnection
from typing import Any
from urllib.parse import urlsplit

PORTS = {"http": 80, "https": 443}


class Refused(OSError):
    """An address that may not be called."""


def anywhere(_address: str) -> bool:
    return True


class Connection(HTTPConnection):
    """Before each call its end is set: `until`. Not for two threads."""

    def __init__(self, url: str, may_call: Callable[[str], bool] = anywhere) -> None:
        """To the host of `url`; `may_call` judges the addresses its name has."""
        parts = urlsplit(url)
        is_tls = parts.scheme == "https"
        super().__init__(parts.hostname or "", parts.port or PORTS[parts.scheme])
        self.until = 0.0  # of time.monotonic()
        self._tls = ssl.create_default_context() if is_tls else None
        self._may_call = may_call
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
        raise failed or Refused(f"{self.host} is an address of a private network")

    def _addresses(self) -> Iterator[tuple[int, Any]]:
        for family, _, _, _, address in socket.getaddrinfo(self.host, self.port, type=socket.SOCK_STREAM):
            if self._may_call(str(address[0])):
                yield family, address


class _Timely:
    """A socket as `http.client` uses one; whoever drips a byte at a time has no more time than others.

    It is closed when the connection and the answer that is read from it both are.
    """

    def __init__(self, found: socket.socket, connection: Connection) -> None:
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
