"""The server's manners, with real processes: started as a script, asked over HTTP, killed."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from pathlib import Path

import pytest

from handlers.ports import PortBusy, address_of, free_port
from handlers.server import Ending as _Ends
from handlers.server import _Server
from tests.support.processes import lives
from tests.support.servers import free_port as any_port
from tests.support.waiting import PATIENCE

SCRIPT = """
import os, sys, urllib.request
from pathlib import Path
from handlers.server import Loaded, serve

def application(environ, start_response):
    environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [str(os.getpid()).encode()]

def load():
    def note(word):
        with Path(sys.argv[2]).open("a") as ended:
            print(word, file=ended)
    return Loaded(application, quieten=lambda: note(ask()), stop=lambda: note("stopped"))

def ask():
    with urllib.request.urlopen(f"http://127.0.0.1:{sys.argv[1]}/", timeout=60) as answer:
        return f"quiet {answer.status}"

if __name__ == "__main__":
    serve(load, host="127.0.0.1", port=int(sys.argv[1]), processes=1, threads=2)
"""


def comes(found: Callable[[], object], within: float = PATIENCE) -> object:
    """What `found` gives as soon as it gives something: other processes take their own time."""
    until = time.monotonic() + within
    while not (answer := found()):
        assert time.monotonic() < until, "it did not come"
        time.sleep(0.05)
    return answer


class Served:
    def __init__(self, folder: Path) -> None:
        self.port = any_port()
        self.stopped = folder / "stopped"
        script = folder / "script.py"
        script.write_text(SCRIPT, encoding="utf-8")
        environment = os.environ | {"PYTHONPATH": str(Path(__file__).parents[2])}
        command = [sys.executable, str(script), str(self.port), str(self.stopped)]
        self.process = subprocess.Popen(command, env=environment, stderr=subprocess.PIPE)

    def worker(self) -> int | None:
        """The process that answers; None while none does."""
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/", timeout=20) as answer:
                return int(answer.read())
        except OSError:
            return None


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Served]:
    server = Served(tmp_path)
    yield server
    server.process.kill()
    server.process.communicate()


def test_sigterm_ends_what_acts_by_itself_while_requests_are_answered_and_then_the_rest(
    served: Served,
) -> None:
    comes(served.worker)
    served.process.terminate()
    assert served.process.wait(timeout=PATIENCE) == 0
    assert served.stopped.read_text().split("\n") == ["quiet 200", "stopped", ""]


class Ending:
    """A process of granian's that has ended, which is told only at the third look."""

    idx = 0
    interrupt_by_parent = True

    def __init__(self) -> None:
        self.inner = self
        self.looks = 0
        self.was_killed = False

    def terminate(self) -> None: ...

    def join(self, _timeout: float | None = None) -> None: ...

    def is_alive(self) -> bool:
        self.looks += 1
        return self.looks < 4

    def kill(self) -> None:
        self.was_killed = True


def test_a_process_that_has_just_ended_is_not_said_to_refuse_to(caplog: pytest.LogCaptureFixture) -> None:
    server, process = _Server(_Ends(), "nothing", workers_kill_timeout=1), Ending()
    server.wrks.append(process)  # type: ignore[arg-type]
    server._stop_workers()
    assert not process.was_killed
    assert not caplog.records


def test_a_worker_whose_parent_was_killed_ends_by_itself(served: Served) -> None:
    worker = comes(served.worker)
    assert isinstance(worker, int)
    served.process.kill()
    comes(lambda: not lives(worker))


def test_a_worker_that_dies_is_started_again(served: Served) -> None:
    worker = comes(served.worker)
    assert isinstance(worker, int)
    os.kill(worker, signal.SIGKILL)
    comes(lambda: served.worker() not in {None, worker})


@pytest.mark.parametrize(
    ("name", "number"), [("localhost", "127.0.0.1"), ("::1", "::1"), ("0.0.0.0", "0.0.0.0")]
)
def test_the_server_listens_to_a_name_by_its_number(name: str, number: str) -> None:
    assert address_of(name) == number


def test_a_name_that_nobody_has_is_one_line() -> None:
    with pytest.raises(PortBusy, match=r"^server.host: cannot listen on nobody.invalid: "):
        address_of("nobody.invalid")


def test_a_busy_port_is_one_line_and_zero_is_any_free_one() -> None:
    with closing(socket.socket()) as other:
        other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        other.bind(("127.0.0.1", 0))
        other.listen(1)
        port = other.getsockname()[1]
        with pytest.raises(PortBusy, match=rf"^cannot listen on 127.0.0.1:{port}: Address already in use$"):
            free_port("127.0.0.1", port)
    assert free_port("127.0.0.1", 0) > 0


def test_bodies_that_stop_half_way_leave_threads_to_the_others(served: Served) -> None:
    comes(served.worker)
    with ExitStack() as open_ones:
        for _ in range(8):
            open_ones.enter_context(closing(half_sent(served.port)))

        assert comes(served.worker)
        asked = urllib.request.Request(f"http://127.0.0.1:{served.port}/", data=b"whole")
        with urllib.request.urlopen(asked, timeout=60) as answer:
            assert answer.status == 200


def half_sent(port: int) -> socket.socket:
    connection = socket.create_connection(("127.0.0.1", port), timeout=60)
    connection.sendall(b"POST / HTTP/1.1\r\nHost: here\r\nContent-Length: 99\r\n\r\n<xml>")
    return connection
