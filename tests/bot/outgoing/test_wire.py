"""One connection to an endpoint, against a real server on loopback."""

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

import pytest

from bot.outgoing import sealing
from bot.outgoing.wire import MOST_READ, Wire
from tests.support.receiver import Receiver, receiving

TIMEOUT = 5.0


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as receiver:
        yield receiver


Open = Callable[..., Wire]


@pytest.fixture
def wire() -> Iterator[Open]:
    opened: list[Wire] = []

    def open_to(url: str, *, timeout: float = TIMEOUT, allow_private: bool = True) -> Wire:
        opened.append(Wire(url, allow_private=allow_private, timeout=timeout))
        return opened[-1]

    yield open_to
    for one in opened:
        one.close()


@contextmanager
def answering(*pieces: bytes, pause: float = 0.0) -> Iterator[str]:
    """A server that sends these bytes to each that connects, whatever it says; yields its address."""
    listening = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        with suppress(OSError):
            while True:
                accepted, _ = listening.accept()
                with accepted, suppress(OSError):
                    while not accepted.recv(65536).endswith(b"{}"):
                        pass
                    for piece in pieces:
                        accepted.sendall(piece)
                        time.sleep(pause)

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}/"
    finally:
        listening.shutdown(socket.SHUT_RDWR)
        listening.close()
        thread.join()


def test_the_body_arrives_as_it_was_signed(receiver: Receiver, wire: Open) -> None:
    answer = wire(f"{receiver.url}?shop=1").post("{茶}".encode(), {"webhook-id": "a1"})
    assert (answer.is_taken, answer.reason) == (True, "")
    [heard] = receiver.heard
    assert (heard.path, heard.body, heard.id) == ("/hook?shop=1", "{茶}".encode(), "a1")
    assert heard.headers["content-type"] == "application/json"


def test_several_calls_share_a_connection_and_one_that_was_closed_is_opened_again(
    receiver: Receiver, wire: Open
) -> None:
    one = wire(receiver.url)
    receiver.answers = [204, (200, {"Connection": "close"}), 204]
    assert [one.post(b"{}", {"webhook-id": str(n)}).status for n in range(4)] == [204, 200, 204, 204]
    assert receiver.ids == ["0", "1", "2", "3"]
    assert receiver.connections == 2


def test_a_redirect_is_not_followed(receiver: Receiver, wire: Open) -> None:
    receiver.answers = [(307, {"Location": receiver.url})]
    answer = wire(receiver.url).post(b"{}", {"webhook-id": "a1"})
    assert (answer.status, answer.is_taken, answer.reason) == (307, False, "HTTP 307")
    assert len(receiver.heard) == 1


def test_the_busy_say_how_long(receiver: Receiver, wire: Open) -> None:
    receiver.answers = [(429, {"Retry-After": "30"}), (503, {"Retry-After": "tomorrow"})]
    one = wire(receiver.url)
    assert one.post(b"{}", {"webhook-id": "1"}).retry_after == 30
    assert one.post(b"{}", {"webhook-id": "2"}).retry_after is None


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("http://127.0.0.1:{port}/", "private network"),
        ("http://localhost:{port}/", "private network"),
        ("http://2130706433:{port}/", "private network"),
        ("http://[::ffff:127.0.0.1]:{port}/", "private network"),
    ],
)
def test_our_own_network_is_not_called(receiver: Receiver, wire: Open, url: str, reason: str) -> None:
    port = receiver.url.split(":")[2].split("/")[0]
    answer = wire(url.format(port=port), allow_private=False).post(b"{}", {})
    assert answer.status == 0
    assert reason in answer.reason
    assert receiver.heard == []


def test_who_does_not_answer_in_time_is_given_up(receiver: Receiver, wire: Open) -> None:
    receiver.may_answer.clear()
    began = time.monotonic()
    answer = wire(receiver.url, timeout=0.3).post(b"{}", {"webhook-id": "a1"})
    assert (answer.status, answer.reason) == (0, "no answer in time")
    assert time.monotonic() - began < 20


def test_who_drips_has_no_more_time_than_others(wire: Open) -> None:
    with answering(b"HTTP/1.1 200 OK\r\n", *[b"a: b\r\n"] * 400, pause=0.1) as url:
        began = time.monotonic()
        answer = wire(url, timeout=0.5).post(b"{}", {})
        assert answer.reason == "no answer in time"
        assert time.monotonic() - began < 20


def test_nobody_there_is_a_reason_not_an_error(wire: Open) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    assert wire(f"http://127.0.0.1:{port}/").post(b"{}", {}).reason == "Connection refused"
    assert wire("http://nobody.invalid/").post(b"{}", {}).reason == "its name is not known"


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        (b"", "hung up without an answer"),
        (b"SSH-2.0-OpenSSH_9.2\r\n", "not HTTP"),
        (b"HTTP/1.1 OK\r\n\r\n", "not HTTP"),
    ],
)
def test_what_is_no_answer_is_a_reason(wire: Open, said: bytes, reason: str) -> None:
    with answering(said) as url:
        answer = wire(url).post(b"{}", {})
    assert answer.status == 0
    assert reason in answer.reason


def test_of_a_long_answer_only_the_beginning_is_read(wire: Open) -> None:
    with answering(b"HTTP/1.1 200 OK\r\n\r\n", b"x" * MOST_READ, b"y" * MOST_READ) as url:
        assert wire(url).post(b"{}", {}).is_taken


def test_plain_http_where_tls_is_expected_is_a_reason(receiver: Receiver, wire: Open) -> None:
    answer = wire(receiver.url.replace("http:", "https:")).post(b"{}", {})
    assert answer.reason.startswith("TLS: ")


def test_a_sealed_secret_is_opened_by_the_same_key_only() -> None:
    secret = sealing.new_secret()
    token = sealing.sealed(secret, "key")
    assert secret not in token
    assert sealing.opened(token, "key") == secret
    with pytest.raises(sealing.Unreadable):
        sealing.opened(token, "another")
