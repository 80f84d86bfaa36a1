"""A TCP door before a server that can be shut in everybody's face and opened again."""

import contextlib
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager


class Cuttable:
    def __init__(self, target: tuple[str, int]) -> None:
        self._target = target
        self._open = True
        self._pairs: list[socket.socket] = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def cut(self) -> None:
        """Breaks every connection, in the middle of whatever it carries, and takes no new one."""
        self._open = False
        for one in self._pairs:
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
            one.close()
        self._pairs.clear()

    def mend(self) -> None:
        self._open = True

    def close(self) -> None:
        self.cut()
        self._listener.close()

    def _accept(self) -> None:
        while True:
            try:
                inner, _ = self._listener.accept()
            except OSError:
                return
            if not self._open:
                inner.close()
                continue
            outer = socket.create_connection(self._target)
            self._pairs += [inner, outer]
            for here, there in ((inner, outer), (outer, inner)):
                threading.Thread(target=_carry, args=(here, there), daemon=True).start()


def _carry(here: socket.socket, there: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while data := here.recv(65536):
            there.sendall(data)
    for one in (here, there):
        with contextlib.suppress(OSError):
            one.shutdown(socket.SHUT_RDWR)


@contextmanager
def cuttable(host: str, port: int) -> Iterator[Cuttable]:
    door = Cuttable((host, port))
    try:
        yield door
    finally:
        door.close()
