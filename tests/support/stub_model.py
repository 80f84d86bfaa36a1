"""A server that speaks OpenAI's chat completions, on loopback: says what it was given to say, and keeps what it was asked."""

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Said = (
    str | tuple[str, dict[str, Any]] | bytes | int | float
)  # text, a tool call, raw, a status, seconds of silence


class StubModel:
    def __init__(self, port: int) -> None:
        self.url = f"http://127.0.0.1:{port}/v1"
        self.says: list[Said] = []
        self.asked: list[dict[str, Any]] = []
        self.keys: list[str] = []

    def told(self) -> str:
        """All that stood in the last request's messages."""
        return "\n".join(str(one["content"]) for one in self.asked[-1]["messages"])


@contextmanager
def serving() -> Iterator[StubModel]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    stub = StubModel(server.server_address[1])
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
        stub: StubModel = self.server.stub  # type: ignore[attr-defined]
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        stub.asked.append(body)
        stub.keys.append(self.headers.get("Authorization", ""))
        said = stub.says.pop(0) if stub.says else "好的。"
        if isinstance(said, float):
            time.sleep(said)
            said = "太晚了。"
        status = said if isinstance(said, int) else 200
        raw = said if isinstance(said, bytes) else json.dumps(_completion(said)).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(raw)))
        self.end_headers()
        try:
            self.wfile.write(raw)
        except ConnectionError:
            return

    def log_message(self, *_words: object) -> None:
        pass


def _completion(said: Said) -> dict[str, Any]:
    message: dict[str, Any] = {"role": "assistant", "content": said if isinstance(said, str) else None}
    if isinstance(said, tuple):
        name, arguments = said
        called = {
            "id": "call-1",
            "type": "function",
            "function": {"name": name, "arguments": json.dumps(arguments)},
        }
        message["tool_calls"] = [called]
    return {"choices": [{"message": message}], "usage": {"total_tokens": 100}}
