"""A server that speaks OpenAI's embeddings, on loopback: near is what was said to mean the same, else what shares characters."""

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from tests.support import loopback
from tests.support.loopback import Answer

LENGTH = 64


class StubEncoder:
    def __init__(self) -> None:
        self.url = ""
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

    def answer(self, body: dict[str, Any], key: str) -> Answer:
        self.asked.append(body["input"])
        self.keys.append(key)
        time.sleep(self.silent_for)
        data = [{"index": at, "embedding": self.vector(text)} for at, text in enumerate(body["input"])]
        raw = json.dumps({"data": data[::-1]}).encode() if self.raw is None else self.raw
        return Answer(self.status, raw)


@contextmanager
def serving() -> Iterator[StubEncoder]:
    stub = StubEncoder()
    with loopback.serving(stub.answer) as stub.url:
        yield stub
