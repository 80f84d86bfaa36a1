"""Reads what a chat completion answers, line by line: chunks of a stream as server-sent events, or one answer as a whole."""

import json
from collections.abc import Callable, Iterator, Mapping
from itertools import chain
from typing import Any

from bot.values.language import Call, Completion, ModelFailed

MOST_WHOLE = 256 * 1024  # bytes of an answer that is no stream
EVENTS = (b"data:", b"event:", b"id:", b"retry:", b":")  # how a line of a stream begins
OVER = b"[DONE]"
CUT = "length"  # why it ended: more was not allowed

Hears = Callable[[str], None]
WRONG = (ValueError, LookupError, TypeError, AttributeError)


def read(lines: Iterator[bytes], hears: Hears) -> Completion:
    """Raises `ModelFailed`, also when a stream ends without saying that it is over."""
    first = next((line for line in lines if line.strip()), b"")
    try:
        if first.startswith(EVENTS):
            return _streamed(first, lines, hears)
        return _whole(first, lines, hears)
    except WRONG:
        raise ModelFailed("an answer of another shape") from None


def _whole(first: bytes, lines: Iterator[bytes], hears: Hears) -> Completion:
    raw = first
    for line in lines:
        raw += line
        if len(raw) > MOST_WHOLE:
            break
    if len(raw) > MOST_WHOLE:
        raise ModelFailed("an answer too long")
    found = json.loads(raw)
    choice = found["choices"][0]
    message = choice["message"]
    text = message.get("content") or ""
    calls = tuple(_call(one["id"], one["function"]) for one in message.get("tool_calls") or ())
    hears(text)
    return Completion(
        text=_text(text),
        calls=calls,
        tokens=_tokens(found),
        is_cut=choice.get("finish_reason") == CUT,
    )


def _streamed(first: bytes, lines: Iterator[bytes], hears: Hears) -> Completion:
    stream = _Stream(hears)
    try:
        for line in chain([first], lines):
            if stream.take(line):
                break
    except ModelFailed:
        if not stream.is_over:
            raise
    if not stream.is_over:
        raise ModelFailed("the stream broke off")
    return stream.completion()


class _Stream:
    """What the chunks so far say together."""

    def __init__(self, hears: Hears) -> None:
        self.is_over = False
        self._hears = hears
        self._text: list[str] = []
        self._calls: list[dict[str, str]] = []
        self._at: dict[int, int] = {}  # of a call's index, where it stands in `_calls`
        self._tokens = 0
        self._is_cut = False

    def take(self, line: bytes) -> bool:
        """True after the last."""
        name, _, said = line.strip().partition(b":")
        if name != b"data":
            return False
        if said.strip() == OVER:
            self.is_over = True
            return True
        self._chunk(json.loads(said))
        return False

    def completion(self) -> Completion:
        return Completion(
            text="".join(self._text),
            calls=tuple(_call(one["id"], one) for one in self._calls),
            tokens=self._tokens,
            is_cut=self._is_cut,
        )

    def _chunk(self, chunk: Mapping[str, Any]) -> None:
        if chunk.get("error"):
            raise ModelFailed("an error in the stream")
        self._tokens = _tokens(chunk) or self._tokens
        for choice in chunk.get("choices") or ():
            delta = choice.get("delta") or {}
            if words := _text(delta.get("content") or ""):
                self._text.append(words)
                self._hears(words)
            for call in delta.get("tool_calls") or ():
                self._part_of_a_call(call)
            if ended := choice.get("finish_reason"):
                self.is_over = True
                self._is_cut = ended == CUT

    def _part_of_a_call(self, part: Mapping[str, Any]) -> None:
        """The first part names it; those that follow have its index and more of its arguments."""
        index, id_ = int(part.get("index") or 0), str(part.get("id") or "")
        at = self._at.get(index)
        if at is None or (id_ and self._calls[at]["id"] and self._calls[at]["id"] != id_):
            at = self._at[index] = len(self._calls)
            self._calls.append({"id": "", "name": "", "arguments": ""})
        call, function = self._calls[at], part.get("function") or {}
        call["id"] = call["id"] or id_
        call["name"] = call["name"] or str(function.get("name") or "")
        call["arguments"] += str(function.get("arguments") or "")


def _call(id_: str, function: Mapping[str, Any]) -> Call:
    arguments = json.loads(function.get("arguments") or "{}")
    return Call(str(id_), str(function["name"]), arguments if isinstance(arguments, dict) else {})


def _text(said: Any) -> str:
    if not isinstance(said, str):
        raise ModelFailed("an answer of another shape")
    return said


def _tokens(answer: Mapping[str, Any]) -> int:
    return int((answer.get("usage") or {}).get("total_tokens") or 0)
