"""A server that speaks OpenAI's embeddings, on loopback: near is what was said to mean the same, else what shares characters."""

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

LENGTH = 64


class StubEncoder:
    def __init__(self, port: int) -> None:
        self.url = f"http://127.0.0.1:{port}/v1"
        self.means: dict[str, str] = {}  # a sentence, and one that means the same
        self.asked: list[list[str]] = []
        self.keys: list[str] = []
        self.silent_for = 0.0  # seconds before each answer
        self.raw: bytes | None = None  # said instead
        self.status = 200

    def vector(self, text: str) -> list[float]:
        found = [0.001] * LENGTH
        for sign in self.means.get(text, text):
            found[ord(sign) * 2654435761 % 2**32 % LENGTH] += 1.0
        return found


@contextmanager
def serving() -> Iterator[StubEncoder]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    stub = StubEncoder(server.server_address[1])
    server.stub = stub  # type: ignore[attr-defined]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield stub
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class _Handler(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        stub: StubEncoder = self.server.stub  # type: ignore[attr-defined]
        body: dict[str, Any] = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        stub.asked.append(body["input"])
        stub.keys.append(self.headers.get("Authorization", ""))
        time.sleep(stub.silent_for)
        data = [{"index": at, "embedding": stub.vector(text)} for at, text in enumerate(body["input"])]
        raw = json.dumps({"data": data[::-1]}).encode() if stub.raw is None else stub.raw
        try:
            self.send_response(stub.status)
            self.send_header("Content-Length", str(len(raw)))
            self.end_headers()
            self.wfile.write(raw)
        except ConnectionError:
            return

    def log_message(self, *_words: object) -> None:
        pass
