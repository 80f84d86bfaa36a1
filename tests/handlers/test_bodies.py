"""Who works holds one of the few places, and gives it to others while a body is on its way."""

import threading
from collections.abc import Iterator
from io import BytesIO
from typing import Any

import pytest

from handlers.bodies import Workplaces


class Stuck:
    """A body whose sender is gone, until the test ends."""

    def __init__(self) -> None:
        self.is_read = threading.Event()
        self.ends = threading.Event()

    def read(self, _size: int = -1) -> bytes:
        self.is_read.set()
        self.ends.wait(60)
        return b""


@pytest.fixture
def stuck() -> Iterator[Stuck]:
    body = Stuck()
    yield body
    body.ends.set()


def reading(environ: dict[str, Any], _start: Any) -> list[bytes]:
    return [environ["wsgi.input"].read(3)]


def asked(application: Any, body: Any) -> threading.Thread:
    thread = threading.Thread(target=application, args=({"wsgi.input": body}, None), daemon=True)
    thread.start()
    return thread


def test_whoever_waits_for_a_body_lets_another_work(stuck: Stuck) -> None:
    application = Workplaces(1).before(reading)
    asked(application, stuck)
    assert stuck.is_read.wait(60)
    assert application({"wsgi.input": BytesIO(b"whole")}, None) == [b"who"]


def test_no_more_work_at_once_than_there_are_places() -> None:
    begun, go_on = threading.Semaphore(0), threading.Event()

    def working(_environ: dict[str, Any], _start: Any) -> list[bytes]:
        begun.release()
        go_on.wait(60)
        return []

    application = Workplaces(2).before(working)
    threads = [asked(application, BytesIO()) for _ in range(3)]
    assert begun.acquire(timeout=60)
    assert begun.acquire(timeout=60)
    assert not begun.acquire(timeout=0.2)
    go_on.set()
    for thread in threads:
        thread.join(60)
        assert not thread.is_alive()


def test_a_failure_gives_the_place_back() -> None:
    def failing(_environ: dict[str, Any], _start: Any) -> list[bytes]:
        raise RuntimeError("as planned")

    places = Workplaces(1)
    with pytest.raises(RuntimeError, match="as planned"):
        places.before(failing)({"wsgi.input": BytesIO()}, None)
    assert places.before(reading)({"wsgi.input": BytesIO(b"next")}, None) == [b"nex"]


def test_a_body_is_read_in_all_the_ways_a_server_offers() -> None:
    def application(environ: dict[str, Any], _start: Any) -> list[bytes]:
        body = environ["wsgi.input"]
        filled = bytearray(2)
        assert body.readinto(filled) == 2
        return [bytes(filled), body.read(2), body.readline(), *body.readlines(1), body.read()]

    environ = {"wsgi.input": BytesIO(b"! one\ntwo\nthree")}
    assert Workplaces(1).before(application)(environ, None) == [b"! ", b"on", b"e\n", b"two\n", b"three"]
