"""WeChat's side of the wire for tests of the client: a function answers each request, no socket is opened."""

import json
import threading
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

from bot.wechat.wire import Request, Response

Answer = (
    Mapping[str, Any] | bytes | int | Exception
)  # JSON, anything else with 200, an HTTP status, a broken wire


class Asked:
    """One request as the platform sees it."""

    def __init__(self, request: Request) -> None:
        address = urlsplit(request.address)
        self.path = address.path
        self.token = parse_qs(address.query).get("access_token", [""])[0]
        self.raw = request.body
        self.is_json = self.raw.startswith(b"{")

    @property
    def body(self) -> Any:
        return json.loads(self.raw)


class Platform:
    """`answer` is asked for everything but tokens; tokens are t1, t2 … as `stable_token` gives them out."""

    def __init__(self, answer: Callable[[Asked], Answer]) -> None:
        self.asked: list[Asked] = []
        self.token_requests: list[bool] = []  # each: was it forced
        self.tokens = 1
        self.token_answer: Answer | None = None
        self._answer = answer
        self._lock = threading.Lock()

    def carry(self, request: Request) -> Response:
        asked = Asked(request)
        with self._lock:
            answer = self._token(asked) if asked.path.endswith("/stable_token") else self._said(asked)
        if isinstance(answer, Exception):
            raise answer
        if isinstance(answer, int):
            return Response(answer, b"")
        return Response(200, answer if isinstance(answer, bytes) else json.dumps(answer).encode())

    def _said(self, asked: Asked) -> Answer:
        self.asked.append(asked)
        return self._answer(asked)

    def _token(self, asked: Asked) -> Answer:
        self.token_requests.append(asked.body["force_refresh"])
        if asked.body["force_refresh"]:
            self.tokens += 1
        return (
            self.token_answer
            if self.token_answer is not None
            else {"access_token": f"t{self.tokens}", "expires_in": 7200}
        )


class MemoryKeys:
    """A key store of one process; its spans are kept for the test to look at and never end."""

    def __init__(self) -> None:
        self.kept: dict[str, str] = {}
        self.spans: dict[str, timedelta] = {}
        self._lock = threading.Lock()

    def get(self, key: str) -> str | None:
        return self.kept.get(key)

    def set(self, key: str, value: str, *, lasts: timedelta) -> None:
        with self._lock:
            self.kept[key], self.spans[key] = value, lasts

    def add(self, key: str, value: str, *, lasts: timedelta) -> bool:
        with self._lock:
            if key in self.kept:
                return False
            self.kept[key], self.spans[key] = value, lasts
            return True

    def delete(self, key: str, *, holding: str | None = None) -> None:
        with self._lock:
            if holding is None or self.kept.get(key) == holding:
                self.kept.pop(key, None)

    def count(self, key: str, *, by: int = 1, lasts: timedelta) -> int:
        with self._lock:
            self.kept[key] = str(int(self.kept.get(key, "0")) + by)
            self.spans.setdefault(key, lasts)
            return int(self.kept[key])
