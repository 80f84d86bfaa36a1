"""A server that speaks OpenAI's chat completions, on loopback: says what it was given to say, and keeps what it was asked.

Words are said as a whole, as by a server that knows no streams; a `Stream` as chunks.
"""

import json
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Event
from typing import Any, TypeAlias

from tests.support import loopback
from tests.support.loopback import Answer

Called: TypeAlias = tuple[str, dict[str, Any]]


@dataclass(frozen=True)
class Stream:
    says: Sequence[
        str | float | Event | Called
    ]  # words, seconds of silence, silence until it is set, a tool call
    breaks_off: bool = False
    bytes_at_once: int = 0  # of the stream, wherever that cuts it; 0: line by line
    ended: str = "stop"
    tokens: int | None = 100  # None: it does not say


Said: TypeAlias = str | Called | bytes | int | float | Stream  # words, a tool call, raw, a status, silence


class StubModel:
    def __init__(self) -> None:
        self.url = ""
        self.says: list[Said] = []
        self.says_to: dict[str, Said] = {}  # whose question has these words
        self.asked: list[dict[str, Any]] = []
        self.keys: list[str] = []
        self.hangs_up = False  # after each answer

    def told(self) -> str:
        """All that stood in the last request's messages."""
        return "\n".join(str(one["content"]) for one in self.asked[-1]["messages"])

    def answer(self, body: dict[str, Any], key: str) -> Answer:
        self.asked.append(body)
        self.keys.append(key)
        question = str(body["messages"][1]["content"])
        said = next((self.says_to[words] for words in self.says_to if words in question), None)
        if said is None:
            said = self.says.pop(0) if self.says else "好的。"
        if isinstance(said, float):
            time.sleep(said)
            said = "太晚了。"
        if isinstance(said, Stream):
            return Answer(pieces=_cut(_lines(said), said.bytes_at_once), breaks_off=said.breaks_off)
        if isinstance(said, int):
            return Answer(said, b"{}")
        raw = said if isinstance(said, bytes) else json.dumps(_completion(said)).encode()
        return Answer(200, raw, hangs_up=self.hangs_up)


@contextmanager
def serving() -> Iterator[StubModel]:
    stub = StubModel()
    with loopback.serving(stub.answer) as stub.url:
        yield stub


def _completion(said: str | Called) -> dict[str, Any]:
    message: dict[str, Any] = {"role": "assistant", "content": said if isinstance(said, str) else None}
    if isinstance(said, tuple):
        message["tool_calls"] = [{"id": "call-1", "type": "function", "function": _function(said)}]
    return {"choices": [{"message": message}], "usage": {"total_tokens": 100}}


def _function(called: Called) -> dict[str, str]:
    return {"name": called[0], "arguments": json.dumps(called[1])}


def _lines(stream: Stream) -> Iterator[bytes]:
    yield b": welcome\n\n"
    yield _chunk({"delta": {"role": "assistant", "content": ""}})
    for number, said in enumerate(stream.says):
        match said:
            case float():
                time.sleep(said)
            case Event():
                said.wait(60)
            case str():
                yield _chunk({"delta": {"content": said}})
            case _:
                yield from _parts_of_a_call(number, said)
    if stream.breaks_off:
        return
    yield _chunk({"delta": {}, "finish_reason": stream.ended})
    if stream.tokens is not None:
        yield _event({"choices": [], "usage": {"total_tokens": stream.tokens}})
    yield b"data: [DONE]\n\n"


def _parts_of_a_call(number: int, called: Called) -> Iterator[bytes]:
    """Its name first, then its arguments in two halves."""
    function = _function(called)
    named = {"index": number, "id": f"call-{number}", "type": "function"}
    yield _chunk(
        {"delta": {"tool_calls": [named | {"function": {"name": function["name"], "arguments": ""}}]}}
    )
    for half in (function["arguments"][:5], function["arguments"][5:]):
        yield _chunk({"delta": {"tool_calls": [{"index": number, "function": {"arguments": half}}]}})


def _chunk(choice: dict[str, Any]) -> bytes:
    return _event({"choices": [{"index": 0, "finish_reason": None} | choice], "usage": None})


def _event(chunk: dict[str, Any]) -> bytes:
    return b"data: " + json.dumps(chunk, ensure_ascii=False).encode() + b"\n\n"


def _cut(lines: Iterator[bytes], size: int) -> Iterator[bytes]:
    if not size:
        yield from lines
        return
    for line in lines:
        for at in range(0, len(line), size):
            yield line[at : at + size]
