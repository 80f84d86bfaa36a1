"""A WeChat on a real socket with moods: answers well, busy, over its quota, in garbage, too late, or not at all."""

import json
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

TOKEN = {"access_token": "a-token", "expires_in": 7200}
REFUSED = {"busy": -1, "quota": 45009, "window": 45015}
REACHES = {
    "well",
    "slow",
    "garbage",
    "silent",
    "broken",
    "error",
}  # the message may have arrived all the same


class Moody:
    """`mood` is asked for each message: one of REACHES or REFUSED."""

    def __init__(self, mood: Callable[[], str]) -> None:
        self.mood = mood
        self.reached: Counter[str] = Counter()  # openid → messages that arrived
        self.asked = 0
        self.lock = threading.Lock()
        self.stop = threading.Event()

    def takes(self, openid: str) -> str:
        with self.lock:
            mood = self.mood()
            self.asked += 1
            if mood in REACHES:
                self.reached[openid] += 1
            return mood


@contextmanager
def moody_wechat(mood: Callable[[], str]) -> Iterator[tuple[Moody, str]]:  # noqa: C901  one class, and its server
    """Gives it and the address of its API."""
    moody = Moody(mood)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            if "stable_token" in self.path:
                self._say(json.dumps(TOKEN).encode())
                return
            mood = moody.takes(json.loads(body)["touser"])
            if mood in REFUSED:
                self._say(json.dumps({"errcode": REFUSED[mood], "errmsg": mood}).encode())
            elif mood == "garbage":
                self._say(b"<html>502</html>")
            elif mood == "error":
                self._say(b"", 500)
            elif mood == "silent":
                moody.stop.wait(5)
                self.close_connection = True
            elif mood == "broken":
                self.close_connection = True
                self.connection.close()
            else:
                time.sleep(0.2 if mood == "slow" else 0.002)
                self._say(b'{"errcode": 0, "errmsg": "ok"}')

        def _say(self, body: bytes, status: int = 200) -> None:
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            """Says nothing."""

        def finish(self) -> None:
            try:
                super().finish()
            except OSError:
                return

    class Server(ThreadingHTTPServer):
        request_queue_size = 128
        daemon_threads = True

        def handle_error(self, request: object, client_address: object) -> None:
            """Connections break here on purpose."""

    server = Server(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield moody, f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        moody.stop.set()
        server.shutdown()
        server.server_close()
