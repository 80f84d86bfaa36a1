"""A call of the API and its answer, as they cross the wire."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from bot.sandbox.media import Upload

JSON = "application/json; encoding=utf-8"


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """`path` begins with /, without the sandbox's own prefix."""

    method: str
    path: str
    args: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    file: Upload | None = None
    caller: str = "127.0.0.1"


@dataclass(frozen=True, slots=True)
class Answer:
    """`ending` "broken": the connection breaks before the answer is complete."""

    content: bytes
    status: int = 200
    content_type: str = JSON
    ending: Literal["whole", "broken"] = "whole"


def json_answer(answer: dict[str, Any]) -> Answer:
    return Answer(json.dumps(answer, ensure_ascii=False).encode())
