"""A server on loopback that answers each POST as it is told to; what stands in for somebody else's service is made of it."""

import json
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass(frozen=True)
class Answer:
    """`pieces` go out one by one, as a stream, unless there is a `body`."""

    status: int = 200
    body: bytes | None = None
    pieces: Iterable[bytes] = ()
    breaks_off: bool = False  # after the last piece, without an end
    hangs_up: bool = False  # after the body, without a word


Answers = Callable[[dict[str, Any], str], Answer]  # to the body and the authorization that were posted


@contextmanager
def serving(answers: Answers) -> Iterator[str]:
    """Gives the address."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    server.answers = answers  # type: ignore[attr-defined]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}/v1"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    timeout = 5

    def handle(self) -> None:
        with suppress(ConnectionError):  # who asked has gone
            super().handle()

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        answer = self.server.answers(body, self.headers.get("Authorization", ""))  # type: ignore[attr-defined]
        self._say(answer)

    def _say(self, answer: Answer) -> None:
        self.send_response(answer.status)
        if answer.body is not None:
            self.send_header("Content-Length", str(len(answer.body)))
            self.end_headers()
            self.wfile.write(answer.body)
            self.close_connection = answer.hangs_up
            return
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        for piece in answer.pieces:
            self.wfile.write(b"%x\r\n%s\r\n" % (len(piece), piece))
        if answer.breaks_off:
            self.close_connection = True
        else:
            self.wfile.write(b"0\r\n\r\n")

    def log_message(self, *_words: object) -> None:
        pass
