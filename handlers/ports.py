"""The port to listen on: one line when somebody else has it."""

import socket
import time

FREE_WITHIN = 1.5  # seconds a process whose parent was killed may need to let go of the port
LOOKS_EVERY = 0.3


class PortBusy(Exception):
    """One line for the person who starts it."""


def address_of(host: str) -> str:
    """Its number: granian listens to no name, not even to localhost. IPv4 if it has both."""
    try:
        found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    except OSError as error:
        raise PortBusy(f"server.host: cannot listen on {host}: {error.strerror}") from None
    return str(min(found)[4][0])


def free_port(host: str, port: int) -> int:
    """The port, or a free one for 0. Granian itself would share it with whoever shares his, so this asks alone."""
    until = time.monotonic() + FREE_WITHIN
    while True:
        try:
            return _bound(host, port)
        except OSError as error:
            if time.monotonic() > until:
                raise PortBusy(f"cannot listen on {host}:{port}: {error.strerror}") from None
        time.sleep(LOOKS_EVERY)


def _bound(host: str, port: int) -> int:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.bind((host, port))
        probe.listen(1)
        bound: int = probe.getsockname()[1]
        return bound
